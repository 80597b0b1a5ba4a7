//! Branding domains (design.md section 4, S4; threats.md T46; docs/decisions/0007): doors with a face, never a place to sign in.

use vestibule::actions::{self, AddBrand, Origin};
use vestibule::domain::AccountKind;
use vestibule::protocol::ConsentPolicy;
use vestibule::types::{DisplayText, EmailAddress};

use crate::support::{Actor, NEW_PASSWORD, World};

const ACME: &str = "http://login.acme.test:8080";

fn brand(host: &str, name: &str) -> AddBrand {
    AddBrand {
        company: "shop".into(),
        host: host.into(),
        product_name: DisplayText::parse(name).expect("a name"),
        logo: None,
        accent: Some("#7a1f5c".into()),
        accent_dark: Some("#f0b6dc".into()),
        support_url: Some("https://help.acme.test/".into()),
        sender: EmailAddress::parse("welcome@acme.test").ok(),
    }
}

/// Shop with these brands, and Olga, who owns it, on its page of people.
async fn shop(brands: &[(&str, &str)]) -> (World, Actor, String) {
    let world = World::new().await;
    world.company("Shop").await;
    for (host, name) in brands {
        actions::add_brand(&world.app, brand(host, name), &Origin::default(), world.now()).await.expect("no fault").expect("added");
    }
    let mut olga = world.person("olga@example.test").await;
    let own = world.account(&olga, "shop", AccountKind::Owner).await;
    olga.is_home().await;
    (world, olga, format!("/portal/a/{own}/users"))
}

#[tokio::test]
async fn s4_an_account_managers_mail_leads_to_the_chosen_domain_with_its_face_and_on_to_a_sign_in_that_wears_it_too() {
    let (world, mut olga, users) = shop(&[("login.acme.test:8080", "Acme Phones"), ("id.other.test", "Other")]).await;
    let page = olga.browser.open(&users).await;
    assert_eq!(page.count("#brand option"), 2, "asked where there are several");
    let chosen = page
        .html()
        .select(&scraper::Selector::parse("#brand option").expect("css"))
        .find(|o| o.inner_html().contains("acme"))
        .and_then(|o| o.attr("value"))
        .expect("a value")
        .to_owned();
    let fields = [("email", "marc@example.test"), ("given_name", "Marc"), ("kind", "manager"), ("locale", "fr"), ("brand", chosen.as_str())];
    olga.browser.submit(&page, "/users/add", &fields).await;
    let mail = world.mails().await.into_iter().find(|m| m["to"] == "marc@example.test").expect("a mail");
    let body = mail["body"].as_str().expect("text").to_owned();
    assert!(
        mail["from"] == "welcome@acme.test" && mail["language"] == "fr" && body.contains("Acme Phones") && body.contains("mot de passe provisoire"),
        "{mail}"
    );
    let link = body.split_whitespace().find(|w| w.starts_with(ACME)).expect("a link on the brand's domain").to_owned();
    assert!(link.starts_with(&format!("{ACME}/activate/")));

    let mut door = world.browser().at(ACME);
    let page = door.open(&link).await;
    assert!(page.has_form("/set-password") && page.text("header").contains("Acme Phones") && page.text("footer").contains("Help"), "{}", page.body);
    let style = page
        .html()
        .select(&scraper::Selector::parse("link[rel=stylesheet]").expect("css"))
        .filter_map(|l| l.attr("href"))
        .next_back()
        .expect("colours")
        .to_owned();
    assert!(door.get(&style).await.body.contains("--accent:#7a1f5c"));
    let saved = door.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    let sign_in = saved.attribute("main a.primary", "href");
    assert!(sign_in.starts_with(&format!("{}/sign-in?brand=", world.config.issuer)), "one issuer: {sign_in}");
    // At the issuer, with the same face, and tokens from the one issuer.
    let mut marc = Actor { id: olga.id.clone(), name: "marc".into(), browser: world.browser() };
    let form = marc.browser.open(&sign_in).await;
    assert!(form.text("header").contains("Acme Phones"), "{}", form.body);
    let home = marc.browser.submit(&form, "/sign-in", &[("identifier", "marc"), ("password", NEW_PASSWORD)]).await;
    assert!(home.text("main").contains("Shop") && home.text("header").contains("Acme Phones"), "{}", home.body);
    let mut desk = world.client_with(|m| m.consent = ConsentPolicy::Implicit).await;
    let answer = marc.browser.open(&desk.request(&[("organization", "shop")])).await;
    assert_eq!(desk.complete(&answer).await.text("iss"), world.config.issuer);
    // A mail that is sent again wears the same face.
    world.advance(vestibule::types::Seconds(1));
    let page = olga.browser.open(&users).await;
    olga.browser.submit(&page, "/users/add", &[("email", "nora@example.test"), ("kind", "member"), ("brand", chosen.as_str())]).await;
    assert!(
        world
            .mails()
            .await
            .iter()
            .any(|m| m["to"] == "nora@example.test" && m["from"] == "welcome@acme.test" && m["body"].as_str().is_some_and(|b| b.contains(ACME)))
    );
}

#[tokio::test]
async fn s4_with_one_domain_nobody_is_asked_and_without_any_mails_lead_to_the_issuer() {
    for (brands, base) in [(&[("login.acme.test:8080", "Acme Phones")][..], ACME), (&[][..], "http://localhost:8080")] {
        let (world, mut olga, users) = shop(brands).await;
        let page = olga.browser.open(&users).await;
        assert_eq!(page.count("#brand"), 0);
        olga.browser.submit(&page, "/users/add", &[("email", "marc@example.test"), ("kind", "manager"), ("locale", "en")]).await;
        let mail = world.mails().await.into_iter().find(|m| m["to"] == "marc@example.test").expect("a mail");
        assert!(mail["body"].as_str().is_some_and(|b| b.contains(&format!("{base}/activate/"))), "{mail}");
    }
}

#[tokio::test]
async fn t46_a_branding_domain_opens_no_session_takes_no_credentials_and_hands_nothing_over() {
    let (world, mut olga, users) = shop(&[("login.acme.test:8080", "Acme Phones")]).await;
    // Even with the issuer's cookie, which no browser would send there, nothing of hers is shown: it all lives at the issuer.
    let mut door = olga.browser.at(ACME);
    door.cookies = olga.browser.cookies.clone();
    for path in ["/", &users, "/sign-in", "/authorize?client_id=x", "/userinfo", "/switch", "/errors/account-ended", "/undo"] {
        let answer = door.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, Some(format!("{}{path}", world.config.issuer).as_str())), "{path}");
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
    }
    let csrf = olga.browser.open("/").await.csrf();
    for path in ["/sign-out", "/portal/link/cut", "/token", "/revoke", "/authorize", "/interaction/int_x/sign-in", "/end_session/confirm"] {
        let answer = door.post(path, &[("csrf", &csrf)]).await;
        assert_eq!(answer.status, 421, "{path}: {}", answer.body);
    }
    assert!(!olga.browser.open("/").await.has_form("/sign-in"), "she is signed in as before");
    // However the domain is written, it is the same door.
    for host in ["http://LOGIN.acme.test:8080", "http://login.acme.test.:8080"] {
        let answer = world.browser().at(host).get("/sign-in").await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, Some(format!("{}/sign-in", world.config.issuer).as_str())), "{host}");
    }
    // A door's own form is taken from the door's pages alone.
    let page = olga.browser.open(&users).await;
    olga.browser.submit(&page, "/users/add", &[("email", "marc@example.test"), ("kind", "manager"), ("locale", "en")]).await;
    let link = world
        .mails()
        .await
        .iter()
        .find(|m| m["to"] == "marc@example.test")
        .and_then(|m| m["body"].as_str()?.split_whitespace().find(|w| w.starts_with(ACME)).map(str::to_owned))
        .expect("a link");
    let mut marc = world.browser().at(ACME);
    let page = marc.open(&link).await;
    let csrf = page.csrf();
    let post = async |origin: &str, browser: &mut crate::support::browser::Browser| {
        let body = format!("csrf={csrf}&password={0}&again={0}", "many+quiet+winters+by+the+lake");
        let request = axum::http::Request::post("/set-password").header("content-type", "application/x-www-form-urlencoded").header("origin", origin);
        browser.send(request.body(body.into()).expect("a request")).await.status.as_u16()
    };
    assert_eq!(post(&world.config.issuer, &mut marc).await, 403, "the issuer's pages are another origin there");
    assert_eq!(post("http://evil.test", &mut marc).await, 403);
    assert_eq!(post(ACME, &mut marc).await, 200);
    // A face is one of ours or none, and the documents name one issuer wherever they are asked for.
    let plain = world.browser().open("/sign-in?brand=evil").await;
    assert!(plain.text("header").contains("Vestibule"), "{}", plain.body);
    assert_eq!(world.browser().at(ACME).get("/.well-known/openid-configuration").await.json()["issuer"], world.config.issuer.as_str());
}

#[tokio::test]
async fn what_a_brand_may_not_be_is_refused_with_the_reason() {
    let (world, _, _) = shop(&[]).await;
    let add = async |change: &dyn Fn(&mut AddBrand)| {
        let mut wish = brand("id.acme.test", "Acme");
        change(&mut wish);
        actions::add_brand(&world.app, wish, &Origin::default(), world.now())
            .await
            .expect("no fault")
            .map(drop)
            .map_err(|e| e.to_string())
            .err()
            .unwrap_or_default()
    };
    for (said, change) in [
        ("write the domain", &(|b: &mut AddBrand| b.host = "ID.Acme.test".into()) as &dyn Fn(&mut AddBrand)),
        ("write the domain", &|b| b.host = "id.acme.test/x".into()),
        ("write the domain", &|b| b.host = "user@id.acme.test".into()),
        ("does not parse", &|b| b.host = "a b".into()),
        ("issuer", &|b| b.host = "localhost:8080".into()),
        ("contrast", &|b| b.accent = Some("#ffee00".into())),
        ("#rrggbb", &|b| b.accent_dark = Some("pink".into())),
        ("support_url", &|b| b.support_url = Some("javascript:alert(1)".into())),
        ("PNG", &|b| b.logo = Some(b"GIF89a".to_vec())),
    ] {
        let reason = add(change).await;
        assert!(reason.contains(said), "{said}: {reason}");
    }
    assert_eq!(add(&|_| {}).await, "");
    assert!(add(&|_| {}).await.contains("has a brand"), "a domain has one face");
}

#[tokio::test]
async fn t25_a_company_that_no_longer_manages_somebody_gets_no_link_to_their_password_on_its_domain() {
    let (world, mut olga, users) = shop(&[("login.acme.test:8080", "Acme Phones")]).await;
    let page = olga.browser.open(&users).await;
    olga.browser.submit(&page, "/users/add", &[("email", "marc@example.test"), ("given_name", "Marc"), ("kind", "member"), ("locale", "en")]).await;
    let link = async |world: &World| {
        world.advance(vestibule::types::Seconds(1));
        let mut browser = world.browser();
        let page = browser.open("/recover").await;
        browser.submit(&page, "/recover", &[("identifier", "marc@example.test")]).await;
        actions::answer_recoveries(&world.app, world.now()).await.expect("no fault");
        let mails = world.mails().await;
        let mail = mails.iter().find(|m| m["subject"] == "Your sign-in").expect("a mail");
        mail["body"].as_str().and_then(|b| b.split_whitespace().find(|w| w.contains("/activate/"))).expect("a link").to_owned()
    };
    let activation = world
        .mails()
        .await
        .iter()
        .find(|m| m["to"] == "marc@example.test")
        .and_then(|m| m["body"].as_str()?.split_whitespace().find(|w| w.starts_with(ACME)).map(str::to_owned))
        .expect("a link");
    let mut marc = world.browser().at(ACME);
    let page = marc.open(&activation).await;
    marc.submit(&page, "/set-password", &[("password", NEW_PASSWORD), ("again", NEW_PASSWORD)]).await;
    assert!(link(&world).await.starts_with(ACME), "the company that added him manages him");
    // He joins another company, and is his own person.
    world.company("Depot").await;
    let mut omar = world.person("omar@example.test").await;
    let depot = world.account(&omar, "depot", AccountKind::Owner).await;
    omar.is_home().await;
    let page = omar.browser.open(&format!("/portal/a/{depot}/users")).await;
    omar.browser.submit(&page, "/users/invite", &[("name", "marc@example.test"), ("kind", "member")]).await;
    let mut marc = Actor { id: omar.id.clone(), name: "marc@example.test".into(), browser: world.browser() };
    let form = marc.browser.open(&world.mailed_link("marc@example.test", "/invitation/").await).await;
    let form = marc.browser.open(&format!("{}/sign-in", form.path)).await;
    let page = marc.browser.submit(&form, "/sign-in", &[("identifier", "marc@example.test"), ("password", NEW_PASSWORD)]).await;
    marc.browser.submit(&page, "/accept", &[]).await;
    assert!(link(&world).await.starts_with(&world.config.issuer), "no company's domain sees it any more");
}
