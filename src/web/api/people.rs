//! The people of a company, for who may manage them (design.md S1, S3, S4).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{self, Call, answered, done, member, not_here, refused};
use super::me_accounts::Problem;
use crate::actions::{self, App, ChangeRefused, NewPerson, SignInHelp, Stop};
use crate::protocol::ProtocolFailure;
use crate::store::accounts;
use crate::types::{AccountId, DisplayText, EmailAddress, Locale, Timestamp};
use crate::web::paths;

/// Somebody of the company: never their other companies.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct PersonItem {
    /// Their account, `acc_...`.
    account_id: String,
    /// owner, member, manager or delegate.
    kind: String,
    /// Their name for display.
    name: String,
    /// Their address, if it is proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Seconds since 1970.
    created_at: i64,
    /// When a delegate's access ends, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_expires_at: Option<i64>,
}

/// A page of people.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct PersonList {
    /// In the order of their accounts.
    people: Vec<PersonItem>,
    /// Pass as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Somebody to add, whose address nobody has proved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct AddBody {
    /// Their address.
    email: String,
    /// First name.
    given_name: Option<String>,
    /// Last name.
    family_name: Option<String>,
    /// The language of their mail: en or fr.
    locale: Option<String>,
    /// owner, member, manager or delegate.
    kind: String,
    /// Roles, by name.
    #[serde(default)]
    roles: Vec<String>,
    /// Single permissions.
    #[serde(default)]
    permissions: Vec<String>,
    /// The id of the brand whose face the mail wears, where the company has several.
    brand_id: Option<String>,
}

/// What somebody may do from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct AccessBody {
    /// Roles, by name. Those that the token's account cannot give stay as they are.
    roles: Vec<String>,
    /// Single permissions. Those that the token's account does not hold stay as they are.
    permissions: Vec<String>,
    /// When a delegate's access ends, in seconds since 1970; left out, it does not end by itself.
    access_expires_at: Option<i64>,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(in crate::web) struct AccountMade {
    /// The account, `acc_...`.
    account_id: String,
}

/// Lists the people of a company.
#[utoipa::path(
    get,
    path = "/api/v1/organizations/{org}/people",
    operation_id = "listPeople",
    tag = "people",
    params(
        ("org" = String, Path, description = "The company's id or slug"),
        ("limit" = Option<i64>, Query, description = "Rows on one page, 1 to 100; 20 when left out", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("q" = Option<String>, Query, description = "Only people whose name or address has this in it", max_length = 100),
        ("kind" = Option<String>, Query, description = "Only accounts of this kind: owner, member, manager or delegate")
    ),
    responses(
        (status = 200, description = "One page of people", body = PersonList),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Path(org): Path<String>, Call { asked, token, .. }: Call, RawQuery(query): RawQuery) -> Response {
    let listed = async {
        let (desk, _) = actions::acting_desk(&app, &token, &org, &asked.origin, asked.now).await?;
        let (params, limit) = call::query(query)?;
        let search = params.get("q").filter(|q| !q.is_empty());
        if search.is_some_and(|q| q.chars().count() > 100) {
            return Err(ProtocolFailure::invalid_request("q is too long").into());
        }
        let after: Option<AccountId> =
            params.get("cursor").map(str::parse).transpose().map_err(|_| ProtocolFailure::invalid_request("cursor is not one of ours"))?;
        let kind = params.get("kind").map(|k| member("kind", k.parse())).transpose()?;
        let mut found = accounts::people(&app.store.db, &desk.company.id, kind, search, after.as_ref(), limit + 1).await?;
        let more = found.len() as i64 > limit;
        found.truncate(limit as usize);
        let next_cursor = found.last().filter(|_| more).map(|p| p.account_id.to_string());
        let people = found
            .into_iter()
            .map(|p| PersonItem {
                account_id: p.account_id.to_string(),
                kind: p.kind.to_string(),
                name: p.name,
                email: p.email,
                created_at: p.created_at.seconds(),
                access_expires_at: p.access_expires_at.map(Timestamp::seconds),
            })
            .collect();
        Ok::<_, Stop>(Json(PersonList { people, next_cursor }).into_response())
    };
    answered(&app, &asked, listed.await)
}

/// Adds somebody whose address nobody has proved: an account at once, and a mail to choose a password.
#[utoipa::path(
    post,
    path = "/api/v1/organizations/{org}/people",
    operation_id = "addPerson",
    tag = "people",
    params(("org" = String, Path, description = "The company's id or slug")),
    request_body = AddBody,
    responses(
        (status = 201, description = "The account is there, the mail on its way", body = AccountMade),
        (status = 400, description = "The body is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused; `type` names the reason, `add-user-exists-use-invite` among them", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many were added lately", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn add(State(app): State<Arc<App>>, Path(org): Path<String>, Call { asked, headers, token }: Call, bytes: Bytes) -> Response {
    let added = async {
        let (desk, origin) = actions::acting_desk(&app, &token, &org, &asked.origin, asked.now).await?;
        let b: AddBody = call::body(&headers, &bytes)?;
        let Ok(email) = EmailAddress::parse(&b.email) else { return Ok(refused(&app, "invalid-address")) };
        let locale = match b.locale.as_deref() {
            None => Locale::default(),
            Some(tag) => Locale::from_tag(tag).ok_or_else(|| ProtocolFailure::invalid_request("locale is en or fr"))?,
        };
        let name = |label: &str, text: Option<String>| text.map(|t| member(label, DisplayText::parse(&t))).transpose();
        let wish = NewPerson {
            email,
            given_name: name("given_name", b.given_name)?,
            family_name: name("family_name", b.family_name)?,
            locale,
            kind: member("kind", b.kind.parse())?,
            brand: b.brand_id.map(|id| member("brand_id", id.parse())).transpose()?,
            roles: b.roles,
            permissions: b.permissions,
        };
        let url = |token: &str| app.config.url(&paths::activate(token));
        let result = actions::add_user(&app, &desk, wish, url, &origin, asked.now).await?;
        Ok::<_, Stop>(match result {
            Ok(id) => (StatusCode::CREATED, Json(AccountMade { account_id: id.to_string() })).into_response(),
            Err(r) => refused(&app, &r.to_string()),
        })
    };
    answered(&app, &asked, added.await)
}

fn changed(app: &App, result: Result<(), ChangeRefused>) -> Response {
    match result {
        Ok(()) => done(),
        Err(ChangeRefused::NotHere) => not_here(app),
        Err(refusal) => refused(app, &refusal.to_string()),
    }
}

/// Sets what somebody may do; it acts at once on live tokens.
#[utoipa::path(
    put,
    path = "/api/v1/organizations/{org}/people/{account}",
    operation_id = "setAccess",
    tag = "people",
    params(("org" = String, Path, description = "The company's id or slug"), ("account" = String, Path, description = "Their account")),
    request_body = AccessBody,
    responses(
        (status = 204, description = "It counts now"),
        (status = 400, description = "The body is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account in this company", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused; `type` names the reason", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn set(
    State(app): State<Arc<App>>,
    Path((org, account)): Path<(String, String)>,
    Call { asked, headers, token }: Call,
    bytes: Bytes,
) -> Response {
    let set = async {
        let (desk, origin) = actions::acting_desk(&app, &token, &org, &asked.origin, asked.now).await?;
        let Ok(id) = account.parse::<AccountId>() else { return Ok(not_here(&app)) };
        let b: AccessBody = call::body(&headers, &bytes)?;
        let until = b.access_expires_at.map(Timestamp::from_seconds);
        if until.is_some_and(|t| t <= asked.now) {
            return Ok(refused(&app, "invalid-date"));
        }
        let result = actions::change_user(&app, &desk, &id, &b.roles, &b.permissions, until, &origin, asked.now).await?;
        Ok::<_, Stop>(changed(&app, result))
    };
    answered(&app, &asked, set.await)
}

/// What somebody who cannot sign in needs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct HelpBody {
    /// password: a mail with a link to choose another. factors: a mail, and days to say no, after which the password is enough once.
    pub(super) help: String,
}

/// Has a mail sent to somebody who cannot sign in. Only for a sign-in that the company made and whose owner has nothing elsewhere;
/// whoever reads the mail decides.
#[utoipa::path(
    post,
    path = "/api/v1/organizations/{org}/people/{account}/sign-in-help",
    operation_id = "helpSignIn",
    tag = "people",
    params(("org" = String, Path, description = "The company's id or slug"), ("account" = String, Path, description = "Their account")),
    request_body = HelpBody,
    responses(
        (status = 204, description = "The mail is on its way"),
        (status = 400, description = "The body is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account in this company", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused; `type` names the reason, `not-managed` and `no-second-factor` among them", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many mails were asked for lately", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn help(
    State(app): State<Arc<App>>,
    Path((org, account)): Path<(String, String)>,
    Call { asked, headers, token }: Call,
    bytes: Bytes,
) -> Response {
    let helped = async {
        let (desk, origin) = actions::acting_desk(&app, &token, &org, &asked.origin, asked.now).await?;
        let Ok(id) = account.parse::<AccountId>() else { return Ok(not_here(&app)) };
        let b: HelpBody = call::body(&headers, &bytes)?;
        let help = match b.help.as_str() {
            "password" => SignInHelp::Password,
            "factors" => SignInHelp::Factors,
            _ => return Err(ProtocolFailure::invalid_request("help is password or factors").into()),
        };
        let result = actions::help_sign_in(&app, &desk, &id, help, &origin, asked.now).await?;
        Ok::<_, Stop>(changed(&app, result))
    };
    answered(&app, &asked, helped.await)
}

/// Ends somebody's account in the company; its tokens and app sessions stop counting at once.
#[utoipa::path(
    delete,
    path = "/api/v1/organizations/{org}/people/{account}",
    operation_id = "removePerson",
    tag = "people",
    params(("org" = String, Path, description = "The company's id or slug"), ("account" = String, Path, description = "Their account")),
    responses(
        (status = 204, description = "The account has ended"),
        (status = 401, description = "No access token that counts", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks scope `people`, or manages no people of this company", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account in this company", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused; `type` names the reason, `last-owner` among them", body = Problem, content_type = "application/problem+json")
    ),
    security(("access_token" = ["people"]))
)]
pub(in crate::web) async fn remove(State(app): State<Arc<App>>, Path((org, account)): Path<(String, String)>, Call { asked, token, .. }: Call) -> Response {
    let removed = async {
        let (desk, origin) = actions::acting_desk(&app, &token, &org, &asked.origin, asked.now).await?;
        let Ok(id) = account.parse::<AccountId>() else { return Ok(not_here(&app)) };
        let result = actions::remove_user(&app, &desk, &id, &origin, asked.now).await?;
        Ok::<_, Stop>(changed(&app, result))
    };
    answered(&app, &asked, removed.await)
}
