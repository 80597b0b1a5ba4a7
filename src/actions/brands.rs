//! Brands: added by the operator, worn by activation pages and mails (docs/decisions/0007).

use std::sync::Arc;

use super::operator::{Answer, Refused, accept, find_company, keep_logo};
use super::{App, Origin, Stop};
use crate::domain::{BadColour, Brand, Colour, CompanyView};
use crate::store::{Tx, audit, brands, companies, config_version};
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

/// What becomes of a logo.
#[derive(Clone, Debug)]
pub enum NewLogo {
    /// It stays.
    Keep,
    /// None from now on.
    Remove,
    /// This PNG.
    Replace(Vec<u8>),
}

/// How a domain looks, as it shall be.
#[derive(Clone, Debug)]
pub struct BrandFace {
    /// What stands in place of our name.
    pub product_name: DisplayText,
    /// Its logo.
    pub logo: NewLogo,
    /// The colour on light pages, `#rrggbb`.
    pub accent: Option<String>,
    /// The colour on dark pages.
    pub accent_dark: Option<String>,
    /// Where people find help: https, or mailto.
    pub support_url: Option<String>,
}

/// Why a look was not taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FaceRefused {
    /// Not a PNG, or too large.
    #[error("{0}")]
    Logo(String),
    /// No colour, or one that cannot be read on light pages.
    #[error("accent: {0}")]
    Accent(BadColour),
    /// The same on dark pages.
    #[error("accent_dark: {0}")]
    AccentDark(BadColour),
    /// Neither https nor mailto.
    #[error("support_url must be https or mailto")]
    Support,
    /// It is not there.
    #[error("there is no such domain")]
    Gone,
}

impl FaceRefused {
    /// The name of its words on pages.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Logo(_) => "logo",
            Self::Accent(_) => "accent",
            Self::AccentDark(_) => "accent-dark",
            Self::Support => "support",
            Self::Gone => "gone",
        }
    }
}

fn colour(text: Option<&str>, read: impl Fn(&str) -> Result<Colour, BadColour>) -> Result<Option<Colour>, BadColour> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(read).transpose()
}

fn support(text: Option<&str>) -> Result<Option<String>, FaceRefused> {
    let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
    let url = url::Url::parse(text).ok().filter(|u| ["https", "mailto"].contains(&u.scheme()));
    url.map(|u| Some(u.into())).ok_or(FaceRefused::Support)
}

/// The digest of a logo from now on.
async fn logo_from(tx: &mut Tx, before: Option<String>, new: &NewLogo, now: Timestamp) -> Result<Result<Option<String>, FaceRefused>, Stop> {
    Ok(match new {
        NewLogo::Keep => Ok(before),
        NewLogo::Remove => Ok(None),
        NewLogo::Replace(bytes) => keep_logo(tx, Some(bytes), now).await?.map_err(|refused| FaceRefused::Logo(refused.0)),
    })
}

/// Changes how one of a company's domains looks; the domain itself and the sender of its mails are the operator's.
pub async fn change_brand(
    app: &App,
    company: &CompanyId,
    id: &RowId,
    face: &BrandFace,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), FaceRefused>, Stop> {
    let before = app.brands().await?.iter().find(|b| b.id == *id && b.company_id == *company).cloned();
    let Some(before) = before else { return Ok(Err(FaceRefused::Gone)) };
    let checked = || {
        let accent = colour(face.accent.as_deref(), Colour::for_light).map_err(FaceRefused::Accent)?;
        let accent_dark = colour(face.accent_dark.as_deref(), Colour::for_dark).map_err(FaceRefused::AccentDark)?;
        Ok((accent, accent_dark, support(face.support_url.as_deref())?))
    };
    let (accent, accent_dark, support_url) = match checked() {
        Ok(values) => values,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut tx = app.store.begin().await?;
    let logo = match logo_from(&mut tx, before.logo.clone(), &face.logo, now).await? {
        Ok(logo) => logo,
        Err(refused) => return Ok(Err(refused)),
    };
    let brand = Brand { product_name: face.product_name.as_str().to_owned(), logo, accent, accent_dark, support_url, ..before };
    brands::change(&mut tx, &brand).await?;
    config_version::bump(&mut tx).await?;
    audit::append(&mut tx, &app.event("brand.changed", origin, now).in_company(company).reason(&brand.host)).await?;
    tx.commit().await?;
    app.refresh_caches().await?;
    Ok(Ok(()))
}

/// Changes how a company looks in lists, and whether its name may be shown before sign-in (decisions.md 6).
pub async fn change_face(
    app: &App,
    company: &CompanyView,
    logo: &NewLogo,
    publicly_named: bool,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), FaceRefused>, Stop> {
    let mut tx = app.store.begin().await?;
    let logo = match logo_from(&mut tx, company.logo.clone(), logo, now).await? {
        Ok(logo) => logo,
        Err(refused) => return Ok(Err(refused)),
    };
    companies::set_face(&mut tx, &company.id, logo.as_deref(), publicly_named).await?;
    audit::append(&mut tx, &app.event("company.changed", origin, now).in_company(&company.id).reason("face")).await?;
    tx.commit().await?;
    Ok(Ok(()))
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
    let accent = accept!(colour(wish.accent.as_deref(), Colour::for_light).map_err(FaceRefused::Accent));
    let accent_dark = accept!(colour(wish.accent_dark.as_deref(), Colour::for_dark).map_err(FaceRefused::AccentDark));
    let support_url = accept!(support(wish.support_url.as_deref()));
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
        support_url,
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
