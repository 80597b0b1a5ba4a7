//! What `make demo` promises: companies with logos, many small ones, and people with one, three and two hundred accounts.

use vestibule::actions::{self, DEMO_PASSWORD};
use vestibule::store::{accounts, companies, identities};

use crate::support::{Actor, World};

#[tokio::test]
async fn the_demo_has_the_companies_and_people_that_its_welcome_names() {
    let world = World::with(|c| c.development = true).await;
    let activation = |token: &str| format!("http://localhost:8080/activate/{token}");
    let seed = async || actions::seed_demo(&world.app, "http://licence-desk.localhost:8081", activation, world.now()).await.expect("no fault").expect("seeded");
    let app = seed().await;
    for (company, name) in [("northwind", "Northwind Traders"), ("contoso", "Contoso Bâtiment"), ("fabrikam", "Fabrikam Health")] {
        let found = companies::named(&world.app.store.db, company).await.expect("a read").expect("a company");
        assert_eq!((found.name.as_str(), found.logo.is_some()), (name, true));
        let logo = world.browser().get(&format!("/logo/{}", found.logo.expect("one"))).await;
        assert_eq!((logo.status.as_u16(), &logo.headers["content-type"]), (200, &"image/png".parse().expect("a header")));
    }
    for (email, many) in [("tom@example.test", 1), ("amelie@example.test", 3), ("olga@example.test", 3), ("hugo@example.test", 200)] {
        let name = vestibule::domain::SignInName::typed(email);
        let who = identities::meant_by(&world.app.store.db, &name).await.expect("a read").expect("somebody").identity.id;
        assert_eq!(accounts::count(&world.app.store.db, &who, 1000).await.expect("a read"), many, "{email}");
        let mut person = Actor { id: who, name: email.to_owned(), browser: world.browser() };
        let page = person.browser.open("/sign-in").await;
        let home = person.browser.submit(&page, "/sign-in", &[("identifier", email), ("password", DEMO_PASSWORD)]).await;
        let title = if email.starts_with("amelie") { "Vos comptes" } else { "Your accounts" };
        assert_eq!(home.text("h1"), title, "{email}");
    }
    assert!(world.mailed_link("nina@example.test", "/activate/").await.len() > 20);
    // A second start finds what is there, with a new secret for the app.
    let again = seed().await;
    assert_eq!(again.client_id, app.client_id);
    assert_ne!(again.client_secret.expose(), app.client_secret.expose());
}
