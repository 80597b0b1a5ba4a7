//! How a company looks: its logo, and the faces of its domains; and the permissions that can be given in it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{self, Call, answered, because, done, member, not_here};
use super::companies::found;
use super::refusals::Refusals;
use crate::actions::{self, AddBrand, App, BrandFace, NewLogo, Stop};
use crate::domain::{Brand, Colour};
use crate::protocol::ProtocolFailure;
use crate::types::{DisplayText, EmailAddress, RowId};
use crate::web::paths;

/// One of a company's domains.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct DomainItem {
    /// Its id, `brand_id` where people are added.
    brand_id: String,
    /// The domain, with its port where it has one.
    host: String,
    /// What stands in place of the provider's name.
    product_name: String,
    /// The colour on light pages, as #rrggbb.
    accent: Option<String>,
    /// The colour on dark pages.
    accent_dark: Option<String>,
    /// Where people find help.
    support_url: Option<String>,
    /// The sender of its mails; the operator's to choose.
    sender: Option<String>,
    /// Where its logo is.
    logo_uri: Option<String>,
}

/// How a company looks.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct BrandingItem {
    /// Where its logo is.
    logo_uri: Option<String>,
    /// Its domains, by name.
    domains: Vec<DomainItem>,
}

/// How a domain shall look.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct FaceBody {
    /// What stands in place of the provider's name.
    product_name: String,
    /// The colour on light pages, as #rrggbb, readable there.
    accent: Option<String>,
    /// The colour on dark pages.
    accent_dark: Option<String>,
    /// Where people find help: https or mailto.
    support_url: Option<String>,
}

/// A domain to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct DomainBody {
    /// The domain as a browser sends it, with its port where it has one.
    host: String,
    /// What stands in place of the provider's name.
    product_name: String,
    /// The colour on light pages, as #rrggbb, readable there.
    accent: Option<String>,
    /// The colour on dark pages.
    accent_dark: Option<String>,
    /// Where people find help: https or mailto.
    support_url: Option<String>,
    /// The sender of its mails.
    sender: Option<String>,
}

/// A domain that was added.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct DomainMade {
    /// Its id.
    brand_id: String,
}

/// A permission that can be given in a company.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct ListedPermissionItem {
    /// Its name.
    permission: String,
    /// In words, where its API gives some.
    description: Option<String>,
    /// The API that declares it; null for the provider's own, and for those that only roles know.
    declared_by: Option<String>,
}

/// The permissions that can be given in a company.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct PermissionList {
    /// By name.
    permissions: Vec<ListedPermissionItem>,
}

fn logo_uri(app: &App, digest: Option<&str>) -> Option<String> {
    digest.map(|d| app.config.url(&paths::logo(d)))
}

fn domain(app: &App, b: &Brand) -> DomainItem {
    DomainItem {
        brand_id: b.id.to_string(),
        host: b.host.clone(),
        product_name: b.product_name.clone(),
        accent: b.accent.map(Colour::css),
        accent_dark: b.accent_dark.map(Colour::css),
        support_url: b.support_url.clone(),
        sender: b.sender.clone(),
        logo_uri: logo_uri(app, b.logo.as_deref()),
    }
}

/// Reads how a company looks.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}/branding",
    operation_id = "getBranding",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug")),
    responses((status = 200, description = "How it looks", body = BrandingItem), Refusals),
    security(("access_token" = ["companies.read"]))
)]
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call) -> Response {
    let read = async {
        let (Some(company), _) = found(&app, &call, &org, false).await? else { return Ok(not_here(&app)) };
        let domains = actions::brands_of(&app, &company.id).await?.iter().map(|b| domain(&app, b)).collect();
        Ok::<_, Stop>(Json(BrandingItem { logo_uri: logo_uri(&app, company.logo.as_deref()), domains }).into_response())
    };
    answered(&app, &call.asked, read.await)
}

/// Sets a company's logo: a PNG of at most 64 KB and 2048 pixels.
#[utoipa::path(
    put,
    path = "/api/v1/organizations/{org}/logo",
    operation_id = "setLogo",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug")),
    request_body(content = Vec<u8>, content_type = "image/png", description = "The image"),
    responses((status = 204, description = "It is there"), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn set_logo(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call, bytes: Bytes) -> Response {
    let set = async { faced(&app, &call, &org, NewLogo::Replace(bytes.to_vec())).await };
    answered(&app, &call.asked, set.await)
}

/// Takes a company's logo away; a monogram stands in its place.
#[utoipa::path(
    delete,
    path = "/api/v1/organizations/{org}/logo",
    operation_id = "removeLogo",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug")),
    responses((status = 204, description = "It is gone"), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn remove_logo(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call) -> Response {
    let gone = async { faced(&app, &call, &org, NewLogo::Remove).await };
    answered(&app, &call.asked, gone.await)
}

async fn faced(app: &App, call: &Call, org: &str, logo: NewLogo) -> Result<Response, Stop> {
    let (Some(company), caller) = found(app, call, org, true).await? else { return Ok(not_here(app)) };
    if matches!(logo, NewLogo::Replace(_)) && call.headers.get(header::CONTENT_TYPE).is_none_or(|t| t != "image/png") {
        return Err(ProtocolFailure::invalid_request("the body must be image/png").into());
    }
    let result = actions::change_face(app, &company, &logo, company.publicly_named, &caller.origin, call.asked.now).await?;
    Ok(result.map_or_else(|refused| because(app, "refused", &refused.to_string()), |()| done()))
}

/// Adds a domain with a face; for who runs the provider, who must have it lead here.
#[utoipa::path(
    post,
    path = "/api/v1/organizations/{org}/domains",
    operation_id = "addDomain",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug"), ("Idempotency-Key" = Option<String>, Header, description = "Any text of your own: a repetition with the same one is answered as the first was")),
    request_body = DomainBody,
    responses((status = 201, description = "It is there", body = DomainMade), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn add_domain(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call, bytes: Bytes) -> Response {
    let added = async {
        let (Some(company), caller) = found(&app, &call, &org, true).await? else { return Ok(not_here(&app)) };
        caller.everything()?;
        let b: DomainBody = call::body(&call.headers, &bytes)?;
        let wish = AddBrand {
            company: company.id.to_string(),
            host: b.host,
            product_name: member("product_name", DisplayText::parse(&b.product_name))?,
            logo: None,
            accent: b.accent,
            accent_dark: b.accent_dark,
            support_url: b.support_url,
            sender: b.sender.map(|s| member("sender", EmailAddress::parse(&s))).transpose()?,
        };
        Ok::<_, Stop>(match actions::add_brand(&app, wish, &caller.origin, call.asked.now).await? {
            Ok(id) => (StatusCode::CREATED, Json(DomainMade { brand_id: id.to_string() })).into_response(),
            Err(refused) => because(&app, "refused", &refused.0),
        })
    };
    answered(&app, &call.asked, added.await)
}

/// Changes how a domain looks; its logo stays.
#[utoipa::path(
    put,
    path = "/api/v1/organizations/{org}/domains/{brand}",
    operation_id = "setDomain",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug"), ("brand" = String, Path, description = "The domain's `brand_id`")),
    request_body = FaceBody,
    responses((status = 204, description = "It is so now"), Refusals),
    security(("access_token" = ["companies"]))
)]
pub(in crate::web) async fn set_domain(State(app): State<Arc<App>>, Path((org, brand)): Path<(String, String)>, call: Call, bytes: Bytes) -> Response {
    let changed = async {
        let (Some(company), caller) = found(&app, &call, &org, true).await? else { return Ok(not_here(&app)) };
        let Ok(id) = brand.parse::<RowId>() else { return Ok(not_here(&app)) };
        let b: FaceBody = call::body(&call.headers, &bytes)?;
        let product_name = member("product_name", DisplayText::parse(&b.product_name))?;
        let face = BrandFace { product_name, logo: NewLogo::Keep, accent: b.accent, accent_dark: b.accent_dark, support_url: b.support_url };
        Ok::<_, Stop>(match actions::change_brand(&app, &company.id, &id, &face, &caller.origin, call.asked.now).await? {
            Ok(()) => done(),
            Err(actions::FaceRefused::Gone) => not_here(&app),
            Err(refused) => because(&app, "refused", &refused.to_string()),
        })
    };
    answered(&app, &call.asked, changed.await)
}

/// Lists the permissions that can be given in a company: the provider's own, those that the APIs of its apps declare, and those that its roles
/// bundle.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}/permissions",
    operation_id = "listPermissions",
    tag = "organizations",
    params(("org" = String, Path, description = "The company's id or slug")),
    responses((status = 200, description = "The permissions", body = PermissionList), Refusals),
    security(("access_token" = ["companies.read"]))
)]
pub(in crate::web) async fn permissions(State(app): State<Arc<App>>, Path(org): Path<String>, call: Call) -> Response {
    let listed = async {
        let (Some(company), _) = found(&app, &call, &org, false).await? else { return Ok(not_here(&app)) };
        let item = |l: actions::ListedPermission| ListedPermissionItem { permission: l.permission, description: l.description, declared_by: l.declared_by };
        let permissions = actions::permissions_of_company(&app, &company.id).await?.into_iter().map(item).collect();
        Ok::<_, Stop>(Json(PermissionList { permissions }).into_response())
    };
    answered(&app, &call.asked, listed.await)
}
