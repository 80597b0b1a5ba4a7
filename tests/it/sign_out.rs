//! RP-initiated logout (standards.md 2.2, 3.19): a redirect only with a proven hint and exactly a registered address.

use crate::support::World;

#[tokio::test]
async fn signing_out_by_an_app() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    let other = world.client().await;
    let bye = "https://app.example.test/bye";
    let hint = alice.enters(&mut desk, "shop").await.id_token.expect("one");
    let mut bent = hint.clone();
    bent.replace_range(hint.len() - 8..hint.len() - 4, "AAAA");
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", hint.split('.').nth(1).expect("claims"));
    for (what, query) in [
        ("an address that is not registered", format!("id_token_hint={hint}&post_logout_redirect_uri=https://evil.test/")),
        ("a query added to the address", format!("id_token_hint={hint}&post_logout_redirect_uri={bye}%3Fx=1")),
        ("a hint with a bent signature", format!("id_token_hint={bent}&post_logout_redirect_uri={bye}")),
        ("a hint without signature", format!("id_token_hint={unsigned}&post_logout_redirect_uri={bye}")),
        ("a hint of another client", format!("id_token_hint={hint}&client_id={}&post_logout_redirect_uri={bye}", other.client_id)),
        ("no hint", format!("post_logout_redirect_uri={bye}&client_id={}", desk.client_id)),
        ("nothing", String::new()),
        ("a state alone", "state=x".to_owned()),
    ] {
        let answer = alice.browser.open(&format!("/end_session?{query}")).await;
        assert_eq!(answer.location(), None, "{what}");
        assert_eq!(alice.browser.get("/").await.status, 200, "{what}: still signed in");
    }
    // Without a proven hint the person is asked, and what they answer is done.
    let question = alice.browser.open("/end_session?state=x").await;
    assert_eq!(question.text("h1"), "Sign out?");
    // In another browser the hint proves nothing about who sits there (forced sign-out).
    let mut mallory = world.browser();
    let elsewhere = mallory.open(&format!("/end_session?id_token_hint={hint}&post_logout_redirect_uri={bye}")).await;
    assert_eq!(elsewhere.location(), None);
    assert_eq!(alice.browser.get("/").await.status, 200);

    let out = alice.browser.open(&format!("/end_session?id_token_hint={hint}&post_logout_redirect_uri={bye}&state=a%20b%26c")).await;
    assert_eq!(out.location(), Some("https://app.example.test/bye?state=a+b%26c"));
    let silent = alice.follows(&desk, &[("prompt", "none")]).await.redirect_parameters();
    assert_eq!(silent["error"], "login_required");
    let again = alice.browser.open(&format!("/end_session?id_token_hint={hint}&post_logout_redirect_uri={bye}")).await;
    assert_eq!(again.location(), Some(bye), "there is nothing left to ask");
}

#[tokio::test]
async fn a_cross_site_post_leads_to_the_question_whose_answer_is_a_form_of_ours() {
    let world = World::new().await;
    let (mut alice, _) = world.person_with_accounts("alice@example.test", ["Shop"]).await;
    let mut desk = world.client().await;
    let hint = alice.enters(&mut desk, "shop").await.id_token.expect("one");
    let body = format!("id_token_hint={hint}&post_logout_redirect_uri=https://app.example.test/bye");
    let question = alice.browser.open("/end_session").await;
    assert_eq!(question.text("h1"), "Sign out?");
    let request = axum::http::Request::post("/end_session")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", "")
        .body(body.into())
        .expect("a request");
    let asked = alice.browser.send(request).await;
    assert_eq!(asked.status, 303);
    let mut elsewhere = world.browser();
    let page = elsewhere.follow(asked.clone()).await;
    assert_eq!(page.text("h1"), "Sign out?", "another browser is asked");
    let confirmed = elsewhere.submit(&page, "/end_session/confirm", &[]).await;
    assert_eq!(confirmed.location(), Some("https://app.example.test/bye"), "its answer leads back, and signs out nobody elsewhere");
    assert_eq!(alice.browser.get("/").await.status, 200);
    let answer = alice.browser.follow(asked).await;
    assert_eq!(answer.location(), Some("https://app.example.test/bye"), "judged on the GET");
    assert_eq!(alice.browser.get("/").await.location(), Some("/sign-in"));
}
