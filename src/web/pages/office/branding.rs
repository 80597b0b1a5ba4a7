//! How a company looks: its logo in lists, and the faces of its domains.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Entrance, Office, Room, entered};
use crate::actions::{self, App, BrandFace, FaceRefused, NewLogo, Stop};
use crate::domain::{Brand, Colour};
use crate::types::DisplayText;
use crate::web::form::Form;
use crate::web::pages::console::{answered, status_of};
use crate::web::pages::not_found;
use crate::web::visit::Visit;
use crate::web::{error, paths};

pub(in crate::web) async fn show<D: Entrance>(State(app): State<Arc<App>>, Path(id): Path<String>, visit: Visit) -> Response {
    answered!(&app, &visit, shown::<D>(&app, &visit, &id))
}

async fn shown<D: Entrance>(app: &App, visit: &Visit, id: &str) -> Result<Response, Stop> {
    let office = entered!(D, app, visit, id, Room::Branding);
    page(app, &office, None).await
}

/// What was not taken, where it was typed, and what it was.
struct Trouble {
    words: &'static str,
    at: String,
    typed: Value,
}

fn card(brand: &Brand) -> Value {
    json!({
        "id": brand.id.as_str(), "host": brand.host, "product_name": brand.product_name, "logo": brand.logo.as_deref().map(paths::logo),
        "accent": brand.accent.map(Colour::css), "accent_dark": brand.accent_dark.map(Colour::css), "support_url": brand.support_url, "sender": brand.sender,
    })
}

async fn page(app: &App, office: &Office, trouble: Option<Trouble>) -> Result<Response, Stop> {
    let mut brands: Vec<Value> = actions::brands_of(app, &office.company.id).await?.iter().map(card).collect();
    // What was typed is shown again where it was typed.
    if let Some(t) = &trouble {
        for brand in brands.iter_mut().filter(|b| b["id"] == t.at.as_str()) {
            for name in ["product_name", "accent", "accent_dark", "support_url"] {
                brand[name] = t.typed[name].clone();
            }
            brand["trouble"] = true.into();
        }
    }
    let words = trouble.as_ref().map(|t| t.words);
    let values = json!({
        "brands": brands, "publicly_named": office.company.publicly_named, "trouble": words,
        "trouble_in_company": trouble.as_ref().is_some_and(|t| t.at.is_empty()),
    });
    office.page(app, "pages/branding.html", status_of(words), values).await
}

/// The logo from a form: another one, none, or the one that is there.
fn new_logo(form: &Form) -> NewLogo {
    match form.file("logo") {
        Some(bytes) => NewLogo::Replace(bytes.to_vec()),
        None if form.field("no_logo") == "on" => NewLogo::Remove,
        None => NewLogo::Keep,
    }
}

pub(in crate::web) async fn submit<D: Entrance>(State(app): State<Arc<App>>, Path(id): Path<String>, form: Form) -> Response {
    answered!(&app, &form.visit, submitted::<D>(&app, &form, &id))
}

async fn submitted<D: Entrance>(app: &App, form: &Form, id: &str) -> Result<Response, Stop> {
    let office = entered!(D, app, &form.visit, id, Room::Branding);
    let (origin, now) = (&office.visit.origin, office.visit.now);
    let typed = |name: &str| Some(form.field(name).trim().to_owned()).filter(|t| !t.is_empty());
    let (at, result) = match form.field("do") {
        "company" => {
            let named = form.field("publicly_named") == "on";
            (String::new(), actions::change_face(app, &office.company, &new_logo(form), named, origin, now).await?.map_err(|r| r.words()))
        }
        "domain" => {
            let result = match (form.field("domain").parse(), DisplayText::parse(form.field("product_name"))) {
                (Err(_), _) => Err(FaceRefused::Gone.words()),
                (_, Err(_)) => Err("name"),
                (Ok(brand), Ok(product_name)) => {
                    let face = BrandFace {
                        product_name,
                        logo: new_logo(form),
                        accent: typed("accent"),
                        accent_dark: typed("accent_dark"),
                        support_url: typed("support_url"),
                    };
                    actions::change_brand(app, &office.company.id, &brand, &face, origin, now).await?.map_err(|r| r.words())
                }
            };
            (form.field("domain").to_owned(), result)
        }
        _ => return Ok(not_found(app, &office.visit)),
    };
    match result {
        Ok(()) => Ok(office.said("saved")),
        Err(words) => {
            let typed = json!({"product_name": form.field("product_name"), "accent": form.field("accent"), "accent_dark": form.field("accent_dark"), "support_url": form.field("support_url")});
            page(app, &office, Some(Trouble { words, at, typed })).await
        }
    }
}
