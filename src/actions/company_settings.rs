//! What a company decides for its accounts: which kinds it takes, whether they may be linked, what it calls its managers.

use super::{App, Origin, Stop};
use crate::domain::{AccountKind, AccountView, FactorPolicy, Wanted};
use crate::store::links::Touching;
use crate::store::{audit, companies};
use crate::types::{CompanyId, DisplayText, Timestamp};

/// The settings as they stand, or as they shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanySettings {
    /// The kinds of accounts it takes from now on; those that are there stay.
    pub kinds: Vec<AccountKind>,
    /// Whether its accounts are kept out of one-way links.
    pub forbids_links: bool,
    /// What it calls an account manager's access; without one, "account manager".
    pub manager_title: Option<DisplayText>,
    /// What it asks of whoever enters it. When its level was raised is set here, not by who asks for it.
    pub policy: FactorPolicy,
}

/// Why settings were not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsRefused {
    /// No kind that could run the company is left.
    #[error("account-kinds-none")]
    NoKinds,
    /// An age below what people could live with, or a grace beyond what is safe.
    #[error("policy")]
    Policy,
    /// It takes a passkey, and at this issuer there are none.
    #[error("policy-unmeetable")]
    Unmeetable,
}

/// Reads them.
pub async fn company_settings(app: &App, company: &CompanyId) -> Result<CompanySettings, Stop> {
    let kinds = companies::allowed_kinds(&app.store.db, company).await?;
    let (forbids_links, title) = companies::link_policy_and_title(&app.store.db, company).await?;
    let policy = companies::named(&app.store.db, company.as_str()).await?.map(|c| c.policy).unwrap_or_default();
    Ok(CompanySettings { policy, kinds, forbids_links, manager_title: title.and_then(|t| DisplayText::parse(&t).ok()) })
}

/// Whether the holder of an account may change them: full access, and not through a link.
pub fn may_change_settings(account: &AccountView) -> bool {
    account.is_active() && account.kind.has_full_access()
}

/// Keeps them. Forbidding links closes at once what was entered through one (design.md section 3, 5); the links themselves
/// rest until the company allows them again.
pub async fn change_company_settings(
    app: &App,
    company: &CompanyId,
    wish: &CompanySettings,
    origin: &Origin,
    now: Timestamp,
) -> Result<Result<(), SettingsRefused>, Stop> {
    if !wish.kinds.iter().any(|k| k.has_full_access()) {
        return Ok(Err(SettingsRefused::NoKinds));
    }
    if wish.policy.max_age.is_some_and(|age| age < FactorPolicy::MAX_AGE_LEAST) || !(0..=FactorPolicy::GRACE_MOST.0).contains(&wish.policy.grace.0) {
        return Ok(Err(SettingsRefused::Policy));
    }
    if !app.operator_wants().and(&Wanted::by(&wish.policy, now)).can_be_met(|f| app.offers(f)) {
        return Ok(Err(SettingsRefused::Unmeetable));
    }
    let before = company_settings(app, company).await?;
    let since = if wish.policy.level > before.policy.level { Some(now) } else { before.policy.since };
    let policy = FactorPolicy { since, ..wish.policy.clone() };
    let mut tx = app.store.begin().await?;
    companies::set_allowed_kinds(&mut tx, company, &wish.kinds).await?;
    companies::set_forbids_links(&mut tx, company, wish.forbids_links).await?;
    companies::set_manager_title(&mut tx, company, wish.manager_title.as_ref().map(DisplayText::as_str)).await?;
    companies::set_policy(&mut tx, company, &policy).await?;
    if wish.forbids_links && !before.forbids_links {
        super::links::close_entered(app, &mut tx, Touching::Company(company), "policy-forbids-link", now).await?;
    }
    for changed in differences(&before, wish) {
        let event = app.event("company.settings_changed", origin, now).in_company(company).reason(changed);
        audit::append(&mut tx, &event).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// The names of what differs, one event each.
fn differences(before: &CompanySettings, wish: &CompanySettings) -> Vec<&'static str> {
    let mut names = Vec::new();
    if before.kinds != wish.kinds {
        names.push("allowed_account_kinds");
    }
    if before.forbids_links != wish.forbids_links {
        names.push(if wish.forbids_links { "links_forbidden" } else { "links_allowed" });
    }
    if before.manager_title != wish.manager_title {
        names.push("manager_title");
    }
    if (FactorPolicy { since: before.policy.since, ..wish.policy.clone() }) != before.policy {
        names.push(match wish.policy.level.cmp(&before.policy.level) {
            std::cmp::Ordering::Greater => "policy_raised",
            std::cmp::Ordering::Less => "policy_lowered",
            std::cmp::Ordering::Equal => "policy",
        });
    }
    names
}

/// Suspends a company: nothing in it can be entered, and no token for it counts, until it may act again.
pub async fn suspend_company(app: &App, company: &CompanyId, suspended: bool, origin: &Origin, now: Timestamp) -> Result<(), Stop> {
    let mut tx = app.store.begin().await?;
    companies::set_suspended(&mut tx, company, suspended.then_some(now)).await?;
    let kind = if suspended { "company.suspended" } else { "company.resumed" };
    audit::append(&mut tx, &app.event(kind, origin, now).in_company(company)).await?;
    Ok(tx.commit().await?)
}
