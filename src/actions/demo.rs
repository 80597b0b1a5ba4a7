//! The demo's companies, people and app: three companies with logos and roles, two hundred small ones, and people with
//! one, three and two hundred accounts.

use super::operator::{add_account, add_client, add_company, add_person, add_resource, add_role};
use super::rotate_secret;
use super::{AddAccount, AddBrand, AddClient, AddCompany, AddPerson, AddResource, AddRole, App, Origin, Refused, Stop, add_brand};
use crate::domain::AccountKind;
use crate::protocol::{ClientMetadata, GrantType, SigningAlgorithm};
use crate::store::companies;
use crate::store::resources::Resource;
use crate::types::{ClientId, DisplayText, EmailAddress, Locale, RedirectUri, ScopeSet, Seconds, Secret, Slug, Timestamp};

/// Everybody's password in the demo.
pub const DEMO_PASSWORD: &str = "open the demo door";

/// What the sample app needs to run.
#[derive(Debug)]
pub struct DemoApp {
    /// Its client.
    pub client_id: ClientId,
    /// Its secret, shown once.
    pub client_secret: Secret,
    /// The identifier of its API.
    pub resource: String,
}

const SMALL: [&str; 20] = [
    "Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbour", "Iris", "Juniper", "Kestrel", "Linden", "Maple", "Nimbus", "Orchard", "Pine",
    "Quartz", "River", "Spruce", "Tulip",
];
const TRADES: [&str; 10] = ["Bakery", "Books", "Cycles", "Dental", "Energy", "Films", "Garden", "Kitchens", "Logistics", "Travel"];

/// A plain picture for a logo: a coloured tile with a lighter shape in it.
fn logo(rgb: [u8; 3], shape: impl Fn(i32, i32) -> bool) -> anyhow::Result<Vec<u8>> {
    const SIZE: i32 = 96;
    let light = rgb.map(|c| c.saturating_add((255 - c) / 4 * 3));
    let pixels: Vec<u8> =
        (0..SIZE).flat_map(|y| (0..SIZE).map(move |x| (x - SIZE / 2, y - SIZE / 2))).flat_map(|(x, y)| if shape(x, y) { light } else { rgb }).collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, SIZE as u32, SIZE as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(out)
}

fn name(text: &str) -> Result<DisplayText, Refused> {
    DisplayText::parse(text).map_err(|e| Refused(e.to_string()))
}

macro_rules! accept {
    ($action:expr) => {
        match $action? {
            Ok(value) => value,
            Err(refused) => return Ok(Err(refused)),
        }
    };
}
macro_rules! valid {
    ($check:expr) => {
        match $check {
            Ok(value) => value,
            Err(e) => return Ok(Err(Refused(e.to_string()))),
        }
    };
}

/// Fills an empty database; on a filled one only makes a new secret for the app. `app_url` is where the sample app runs.
pub async fn seed_demo(app: &App, app_url: &str, activation: impl Fn(&str) -> String + Copy, now: Timestamp) -> Result<Result<DemoApp, Refused>, Stop> {
    let origin = Origin::default();
    let resource = format!("{app_url}/api");
    if companies::named(&app.store.db, "northwind").await?.is_some() {
        let client_id = match demo_client(app).await? {
            Some(id) => id,
            None => return Ok(Err(Refused("the database has a company northwind, but not from the demo".into()))),
        };
        let client_secret = accept!(rotate_secret(app, &client_id, None, &origin, now).await);
        return Ok(Ok(DemoApp { client_id, client_secret, resource }));
    }

    let person = |given: &str, family: &str, email: &str, locale: Locale| -> Result<AddPerson, Refused> {
        Ok(AddPerson {
            email: Some(EmailAddress::parse(email).map_err(|e| Refused(e.to_string()))?),
            username: None,
            verified: true,
            given_name: Some(name(given)?),
            family_name: Some(name(family)?),
            locale: Some(locale),
            password: Some(Secret::new(DEMO_PASSWORD.to_owned())),
        })
    };
    for (given, family, email, locale) in [
        ("Olga", "Winter", "olga@example.test", Locale::En),
        ("Tom", "Baker", "tom@example.test", Locale::En),
        ("Amélie", "Durand", "amelie@example.test", Locale::Fr),
        ("Hugo", "Reeves", "hugo@example.test", Locale::En),
    ] {
        accept!(add_person(app, valid!(person(given, family, email, locale)), activation, &origin, now).await);
    }
    // Somebody who has just been added: their activation mail waits in the mailbox.
    let newcomer = AddPerson { password: None, verified: false, ..valid!(person("Nina", "Novak", "nina@example.test", Locale::En)) };
    accept!(add_person(app, newcomer, activation, &origin, now).await);

    type Shape = fn(i32, i32) -> bool;
    let big: [(&str, &str, &str, [u8; 3], Shape); 3] = [
        ("Northwind Traders", "northwind", "eu-west", [22, 78, 99], |x, y| (x + y).abs() < 14 || (x * x + y * y) < 260),
        ("Contoso Bâtiment", "contoso", "eu-west", [124, 45, 18], |x, y| y > -x.abs() / 2 - 8 && y < 30 && x.abs() < 30),
        ("Fabrikam Health", "fabrikam", "us-east", [63, 98, 18], |x, y| (x.abs() < 9 && y.abs() < 30) || (y.abs() < 9 && x.abs() < 30)),
    ];
    // Accounts are created a minute apart, so that "the oldest" means something.
    let mut at = now - Seconds::days(400);
    for (title, slug, region, rgb, shape) in big {
        let wish = AddCompany {
            name: valid!(name(title)),
            slug: valid!(Slug::parse(slug)),
            region: region.to_owned(),
            publicly_named: true,
            logo: Some(logo(rgb, shape)?),
            owner: None,
        };
        accept!(add_company(app, wish, &origin, at).await);
        for (role, title, permissions) in
            [("licence-admin", "Licence administrator", vec!["licences.read", "licences.manage"]), ("licence-viewer", "Licence viewer", vec!["licences.read"])]
        {
            let wish = AddRole {
                company: slug.to_owned(),
                name: role.to_owned(),
                title: valid!(name(title)),
                permissions: permissions.into_iter().map(str::to_owned).collect(),
            };
            accept!(add_role(app, &wish, &origin, at).await);
        }
        let owner = AddAccount {
            person: "olga@example.test".into(),
            company: slug.to_owned(),
            kind: AccountKind::Owner,
            roles: vec!["licence-admin".into()],
            permissions: vec![],
        };
        accept!(add_account(app, &owner, &origin, at).await);
        at = at + Seconds::days(30);
    }
    // Contoso greets its people on two domains of its own, where the demo runs on this machine.
    let port = url::Url::parse(app.issuer()).ok().filter(|u| u.domain().is_some_and(|d| d == "localhost")).and_then(|u| u.port());
    if let Some(port) = port {
        for (domain, title, accent, accent_dark) in
            [("contoso", "Contoso Connect", "#7c2d12", "#fdba74"), ("chantiers", "Contoso Chantiers", "#14532d", "#86efac")]
        {
            let wish = AddBrand {
                company: "contoso".into(),
                host: format!("{domain}.localhost:{port}"),
                product_name: valid!(name(title)),
                logo: Some(logo([124, 45, 18], |x, y| y > -x.abs() / 2 - 8 && y < 30 && x.abs() < 30)?),
                accent: Some(accent.into()),
                accent_dark: Some(accent_dark.into()),
                support_url: Some("https://help.example.test/".into()),
                sender: Some(valid!(EmailAddress::parse("welcome@contoso.example.test").map_err(|e| Refused(e.to_string())))),
            };
            accept!(add_brand(app, wish, &origin, now).await);
        }
    }
    let accounts = [
        ("tom@example.test", "northwind", AccountKind::Member, "licence-viewer"),
        ("amelie@example.test", "contoso", AccountKind::Member, "licence-admin"),
        ("amelie@example.test", "northwind", AccountKind::Member, "licence-viewer"),
        ("amelie@example.test", "fabrikam", AccountKind::Manager, "licence-admin"),
    ];
    for (person, company, kind, role) in accounts {
        at = at + Seconds::days(3);
        accept!(
            add_account(
                app,
                &AddAccount { person: person.to_owned(), company: company.to_owned(), kind, roles: vec![role.to_owned()], permissions: vec![] },
                &origin,
                at
            )
            .await
        );
    }
    for (n, (first, trade)) in SMALL.iter().flat_map(|s| TRADES.iter().map(move |t| (s, t))).enumerate() {
        at = at + Seconds::hours(7);
        let slug = format!("{}-{}", first.to_lowercase(), trade.to_lowercase());
        let wish = AddCompany {
            name: valid!(name(&format!("{first} {trade}"))),
            slug: valid!(Slug::parse(&slug)),
            region: if n % 3 == 0 { "us-east" } else { "eu-west" }.to_owned(),
            publicly_named: false,
            logo: None,
            owner: None,
        };
        accept!(add_company(app, wish, &origin, at).await);
        let role =
            AddRole { company: slug.clone(), name: "licence-viewer".into(), title: valid!(name("Licence viewer")), permissions: vec!["licences.read".into()] };
        accept!(add_role(app, &role, &origin, at).await);
        let wish = AddAccount {
            person: "hugo@example.test".into(),
            company: slug,
            kind: AccountKind::Member,
            roles: vec!["licence-viewer".into()],
            permissions: vec![],
        };
        accept!(add_account(app, &wish, &origin, at).await);
    }

    let scopes = vec![("licences.read".to_owned(), "See licences".to_owned()), ("licences.manage".to_owned(), "Hand out and withdraw licences".to_owned())];
    let permissions = vec![
        ("licences.read".to_owned(), "See the licences of the company".to_owned()),
        ("licences.manage".to_owned(), "Hand out and withdraw the licences of the company".to_owned()),
    ];
    accept!(
        add_resource(
            app,
            AddResource(Resource { identifier: resource.clone(), name: "Licence desk".into(), algorithm: SigningAlgorithm::ES256, scopes, permissions }),
            &origin,
            now
        )
        .await
    );
    let uri = |path: &str| RedirectUri::parse(&format!("{app_url}{path}")).map_err(|e| Refused(e.to_string()));
    let metadata = ClientMetadata {
        redirect_uris: vec![valid!(uri("/callback"))],
        post_logout_redirect_uris: vec![valid!(uri("/"))],
        client_uri: Some(valid!(uri("/"))),
        initiate_login_uri: Some(valid!(uri("/sign-in"))),
        id_token_signed_response_alg: SigningAlgorithm::ES256,
        claims_in_id_token: true,
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::TokenExchange],
        scope: ScopeSet::parse("openid profile email licences.read licences.manage organizations"),
        ..ClientMetadata::default()
    };
    let (client_id, secret) = accept!(add_client(app, AddClient { name: valid!(name(DEMO_CLIENT)), metadata, companies: None }, &origin, now).await);
    let Some(client_secret) = secret else { return Ok(Err(Refused("the demo's client is confidential".into()))) };
    Ok(Ok(DemoApp { client_id, client_secret, resource }))
}

const DEMO_CLIENT: &str = "Licence desk";

async fn demo_client(app: &App) -> Result<Option<ClientId>, Stop> {
    Ok(crate::store::clients::named(&app.store.db, DEMO_CLIENT).await?)
}
