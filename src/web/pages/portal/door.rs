//! What the whole portal asks of who comes in, whichever page: what everybody is asked, and what they owe whoever they took over. The
//! security page alone stays open, for there it is set up.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::ask_for_more;
use crate::actions::{self, App, Stop};
use crate::domain::Wanted;
use crate::web::visit::Visit;
use crate::web::{error, paths};

/// Leads whoever is signed in here and has shown too little through what is missing, and then to the page.
pub(in crate::web) async fn guard(State(app): State<Arc<App>>, visit: Visit, mut request: Request, next: Next) -> Response {
    match missing(&app, &visit, request.method()).await {
        Ok(Some(answer)) => answer,
        Ok(None) => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Err(stop) => error::stopped(&app, &visit, stop),
    }
}

async fn missing(app: &App, visit: &Visit, method: &Method) -> Result<Option<Response>, Stop> {
    let Some(session) = &visit.session else { return Ok(None) };
    let wanted = Wanted::default();
    let Some(person) = session.signed_in.iter().find(|s| actions::asked_at_the_door(app, s, &wanted, visit.now).is_some()) else { return Ok(None) };
    // A form was not taken: they begin again where they can see what they do.
    let path = if matches!(*method, Method::GET | Method::HEAD) { visit.path.clone() } else { paths::HOME.to_owned() };
    ask_for_more(app, &Visit { path, ..visit.clone() }, session, &person.identity_id, wanted).await
}
