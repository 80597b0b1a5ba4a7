//! Brands: added by the operator, worn by activation pages and mails (docs/decisions/0007).

use std::sync::Arc;

use super::operator::{Answer, Refused, accept, find_company, keep_logo};
use super::{App, Origin, Stop};
use crate::domain::{Brand, Colour};
use crate::store::{Tx, audit, brands, config_version};
use crate::types::{CompanyId, DisplayText, EmailAddress, IdentityId, RowId, Timestamp};

/// A brand to add.
#[derive(Debug)]
pub struct AddBrand {
    /// Of which company: slug or id.
    pub company: String,
    /// The domain, with a port where it is not the scheme's own.
    pub host: String,
    /// What stands in place of our name.
    pub product_name: DisplayText,
    /// A PNG.
    pub logo: Option<Vec<u8>>,
    /// The colour on light pages, `#rrggbb`.
    pub accent: Option<String>,
    /// The colour on dark pages.
    pub accent_dark: Option<String>,
    /// Where people find help: https, or mailto.
    pub support_url: Option<String>,
    /// The sender of mails.
    pub sender: Option<EmailAddress>,
}

/// The scheme that every domain of ours shares.
fn scheme(app: &App) -> &str {
    app.issuer().split_once("://").map_or("https", |(scheme, _)| scheme)
}

/// Adds a brand. The domain must be written as a browser sends it, and may not be the issuer's.
pub async fn add_brand(app: &App, wish: AddBrand, origin: &Origin, now: Timestamp) -> Answer<RowId> {
    let company = accept!(find_company(app, &wish.company).await?);
    let parsed = accept!(url::Url::parse(&format!("{}://{}/", scheme(app), wish.host)).map_err(|_| Refused("the domain does not parse".into())));
    let host = parsed[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
    if host != wish.host || !parsed.username().is_empty() {
        return Ok(Err(Refused(format!("write the domain as a browser sends it: {host}"))));
    }
    if Some(host.as_str()) == app.issuer().split_once("://").map(|(_, authority)| authority) {
        return Ok(Err(Refused("the issuer's own domain takes no brand".into())));
    }
    let accent = accept!(wish.accent.as_deref().map(Colour::for_light).transpose().map_err(|e| Refused(format!("accent: {e}"))));
    let accent_dark = accept!(wish.accent_dark.as_deref().map(Colour::for_dark).transpose().map_err(|e| Refused(format!("accent_dark: {e}"))));
    let support = wish.support_url.as_deref().map(url::Url::parse).transpose().ok().flatten();
    if wish.support_url.is_some() && !support.as_ref().is_some_and(|u| ["https", "mailto"].contains(&u.scheme())) {
        return Ok(Err(Refused("support_url must be https or mailto".into())));
    }
    let mut tx = app.store.begin().await?;
    let logo = accept!(keep_logo(&mut tx, wish.logo.as_ref(), now).await?);
    let brand = Brand {
        id: RowId::mint(now, &mut app.rng()),
        company_id: company.clone(),
        host,
        product_name: wish.product_name.as_str().to_owned(),
        logo,
        accent,
        accent_dark,
        support_url: support.map(Into::into),
        sender: wish.sender.map(|s| s.as_str().to_owned()),
    };
    accept!(brands::add(&mut tx, &brand, now).await?);
    config_version::bump(&mut tx).await?;
    audit::append(&mut tx, &app.event("brand.added", origin, now).in_company(&company)).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(brand.id))
}

/// The brands of a company.
pub async fn brands_of(app: &App, company: &CompanyId) -> Result<Vec<Brand>, Stop> {
    Ok(app.brands().await?.iter().filter(|b| b.company_id == *company).cloned().collect())
}

/// The face that mails to a person wear, if it is one of a company's domains.
pub(super) async fn brand_of(app: &App, tx: &mut Tx, identity: &IdentityId) -> Result<Option<Brand>, Stop> {
    let Some(id) = brands::of_identity(tx, identity).await? else { return Ok(None) };
    let all: Arc<Vec<Brand>> = app.brands().await?;
    Ok(all.iter().find(|b| b.id == id).cloned())
}

/// A link of ours, on the domain of a brand.
pub(super) fn on_domain(app: &App, brand: Option<&Brand>, link: String) -> String {
    match (brand, link.strip_prefix(app.issuer())) {
        (Some(brand), Some(rest)) => format!("{}://{}{rest}", scheme(app), brand.host),
        _ => link,
    }
}

/// Where whoever was activated signs in: at the issuer, which wears the same face.
pub(super) fn sign_in_url(app: &App, brand: Option<&Brand>) -> String {
    let path = app.config.url("/sign-in");
    brand.map_or_else(|| path.clone(), |b| format!("{path}?brand={}", b.id))
}

/// The sender of mails with this face.
pub(super) fn sender(brand: Option<&Brand>) -> Option<String> {
    brand.and_then(|b| b.sender.clone())
}

impl App {
    /// The base URL of a brand's domain.
    pub fn base_of(&self, brand: &Brand) -> String {
        format!("{}://{}", scheme(self), brand.host)
    }
}
