//! The mailbox of the demo and of development: mails that wait in the outbox. Not routed otherwise (decisions.md 21, issue).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::actions::{App, Stop, TextMessage};
use crate::mail::Mail;
use crate::store::outbox;
use crate::web::error;
use crate::web::page::{Page, render};
use crate::web::visit::Visit;

pub(in crate::web) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Response {
    page(&app, &visit).await.unwrap_or_else(|stop| error::stopped(&app, &visit, stop))
}

async fn page(app: &App, visit: &Visit) -> Result<Response, Stop> {
    let waiting = outbox::waiting_mails(&app.store.db, 50).await?;
    let ours: Vec<String> = std::iter::once(app.issuer().to_owned()).chain(app.brands().await?.iter().map(|b| app.base_of(b))).collect();
    let mails: Vec<_> = waiting
        .iter()
        .filter_map(|m| serde_json::from_str::<Mail>(&m.payload).ok().map(|mail| (m, mail)))
        .map(|(m, mail)| {
            let lines: Vec<_> = mail.body.lines().map(|line| json!({"text": line, "link": ours.iter().any(|base| line.starts_with(base))})).collect();
            json!({"to": mail.to, "subject": mail.subject, "lang": mail.language, "from": mail.from, "lines": lines, "at": super::date(m.created_at.seconds())})
        })
        .collect();
    let texts = outbox::waiting_texts(&app.store.db, 20).await?;
    let texts: Vec<_> = texts
        .iter()
        .filter_map(|m| {
            serde_json::from_str::<TextMessage>(&m.payload).ok().map(|t| json!({"to": t.to, "text": t.text, "at": super::date(m.created_at.seconds())}))
        })
        .collect();
    Ok(render(app, visit, &Page::new("pages/mailbox.html", json!({"mails": mails, "texts": texts}))))
}
