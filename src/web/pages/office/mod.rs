//! The pages about one company: for its own people, each room for who may enter it, and some of them for operators too.
//!
//! A page is written once. By which door somebody comes in ([`Inside`] or [`Console`]) decides who they must be and what menu they see.

pub(in crate::web) mod apps;
pub(in crate::web) mod branding;
pub(in crate::web) mod roles;
pub(in crate::web) mod settings;
pub(in crate::web) mod usage;

use std::future::Future;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::console;
use super::portal::{Door, own};
use crate::actions::{self, App, Stop};
use crate::domain::{AccountView, CompanyView};
use crate::store::companies;
use crate::web::page::{Page, render, see_other};
use crate::web::pages::not_found;
use crate::web::paths;
use crate::web::visit::Visit;

/// A room of a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Room {
    Usage,
    Users,
    Roles,
    Apps,
    Settings,
    Branding,
    Webhooks,
    Log,
}

impl Room {
    /// In the order of the menu.
    const ALL: [Room; 8] = [Room::Usage, Room::Users, Room::Roles, Room::Apps, Room::Settings, Room::Branding, Room::Webhooks, Room::Log];
    /// Its path for the company's own people.
    const fn path(self) -> &'static str {
        match self {
            Room::Usage => paths::PORTAL_USAGE,
            Room::Users => paths::PORTAL_USERS,
            Room::Roles => paths::PORTAL_ROLES,
            Room::Apps => paths::PORTAL_APPS,
            Room::Settings => paths::PORTAL_COMPANY,
            Room::Branding => paths::PORTAL_BRANDING,
            Room::Webhooks => paths::PORTAL_WEBHOOKS,
            Room::Log => paths::PORTAL_AUDIT,
        }
    }
    /// The name of its words.
    const fn words(self) -> &'static str {
        match self {
            Room::Usage => "usage-title",
            Room::Users => "users-title",
            Room::Roles => "roles-title",
            Room::Apps => "apps-title",
            Room::Settings => "company-settings",
            Room::Branding => "branding-title",
            Room::Webhooks => "console-webhooks",
            Room::Log => "audit-title",
        }
    }
}

/// The rooms that the holder of an account may enter.
pub(super) async fn rooms_of(app: &App, account: &AccountView) -> Result<Vec<Room>, Stop> {
    let full = actions::may_change_settings(account);
    let users = full || actions::desk_of(app, account.clone()).await?.is_some();
    let log = full || actions::may_read_audit(app, account).await?;
    let open = |room: &Room| match room {
        Room::Users => users,
        Room::Usage | Room::Log => log,
        Room::Roles | Room::Apps | Room::Settings | Room::Branding | Room::Webhooks => full,
    };
    Ok(Room::ALL.into_iter().filter(open).collect())
}

/// The doors of the rooms that the holder of an account may enter: where they lead, and the name of their words.
pub(super) async fn doors(app: &App, account: &AccountView) -> Result<Vec<Value>, Stop> {
    let door = |r: Room| json!({"href": paths::portal(r.path(), account.id.as_str()), "words": r.words()});
    Ok(rooms_of(app, account).await?.into_iter().map(door).collect())
}

/// The menu of a company's pages.
pub(super) async fn menu(app: &App, visit: &Visit, account: &AccountView, here: Room) -> Result<Value, Stop> {
    let mut list = doors(app, account).await?;
    for door in &mut list {
        door["here"] = (door["words"] == here.words()).into();
    }
    let back = paths::portal(paths::PORTAL_ACCOUNT, account.id.as_str());
    Ok(json!({"company": account.company.name, "back": back, "list": list, "said": console::said_here(visit)}))
}

/// A company whose page is looked at.
pub(in crate::web) struct Office {
    pub company: CompanyView,
    /// The visit, with whoever acts in its origin.
    pub visit: Visit,
    /// This page's own path.
    pub here: String,
    /// The account of who came in by the company's own door.
    account: Option<AccountView>,
    room: Room,
    accounts: Option<i64>,
}

impl Office {
    /// The page of a room, with its menu.
    pub(super) async fn page(&self, app: &App, template: &'static str, status: StatusCode, mut values: Value) -> Result<Response, Stop> {
        values["here"] = self.here.as_str().into();
        self.page_at(app, template, status, values).await
    }
    /// A page below a room, which says itself where it is.
    pub(super) async fn page_at(&self, app: &App, template: &'static str, status: StatusCode, mut values: Value) -> Result<Response, Stop> {
        values["company"] = super::company_card(&self.company);
        Ok(match &self.account {
            Some(account) => {
                values["rooms"] = menu(app, &self.visit, account, self.room).await?;
                render(app, &self.visit, &Page { status, accounts: self.accounts, ..Page::new(template, values) })
            }
            None => {
                values["of_company"] = paths::portal(paths::CONSOLE_COMPANY, self.company.id.as_str()).into();
                console::page(app, &self.visit, paths::CONSOLE_COMPANIES, template, status, values)
            }
        })
    }
    /// Back to this page, with a note.
    pub(super) fn said(&self, what: &str) -> Response {
        console::said(&self.visit, &self.here, what)
    }
    /// The path of something below this room, for the company's own people.
    pub(super) fn below(&self, path: &str, id: &str) -> String {
        paths::portal(path, self.account.as_ref().map_or("", |a| a.id.as_str())).replace("{webhook}", id)
    }
}

/// Who came in, or the answer instead.
pub(in crate::web) type Entered = Result<Box<Office>, Box<Response>>;

/// A door to the pages of a company.
pub(in crate::web) trait Entrance: Send + 'static {
    /// Opens the company of a path, for who may enter this room of it.
    fn enter(app: &App, visit: &Visit, id: &str, room: Room) -> impl Future<Output = Result<Entered, Stop>> + Send;
}

/// For a company's own people: the path names their account.
pub(in crate::web) struct Inside;

impl Entrance for Inside {
    async fn enter(app: &App, visit: &Visit, id: &str, room: Room) -> Result<Entered, Stop> {
        let (session, account) = match own(app, visit, id).await? {
            Door::Open(open) => *open,
            Door::Shut(response) => return Ok(Err(response)),
        };
        if !rooms_of(app, &account).await?.contains(&room) {
            return Ok(Err(Box::new(not_found(app, visit))));
        }
        let mut visit = visit.clone();
        visit.origin.person = Some(account.identity_id.clone());
        let here = paths::portal(room.path(), account.id.as_str());
        let accounts = Some(actions::switchable(app, &session).await?);
        Ok(Ok(Box::new(Office { company: account.company.clone(), visit, here, account: Some(account), room, accounts })))
    }
}

/// For operators: the path names the company, and the console's own door has judged who they are.
pub(in crate::web) struct Console;

impl Entrance for Console {
    async fn enter(app: &App, visit: &Visit, id: &str, room: Room) -> Result<Entered, Stop> {
        if visit.origin.person.is_none() {
            return Ok(Err(Box::new(see_other(visit, paths::CONSOLE))));
        }
        let path = match room {
            Room::Settings => paths::CONSOLE_COMPANY_SETTINGS,
            Room::Branding => paths::CONSOLE_COMPANY_BRANDING,
            _ => return Ok(Err(Box::new(not_found(app, visit)))),
        };
        let Some(company) = companies::named(&app.store.db, id).await? else { return Ok(Err(Box::new(not_found(app, visit)))) };
        let here = paths::portal(path, company.id.as_str());
        Ok(Ok(Box::new(Office { company, visit: visit.clone(), here, account: None, room, accounts: None })))
    }
}

/// Enters, or answers.
macro_rules! entered {
    ($door:ty, $app:expr, $visit:expr, $id:expr, $room:expr) => {
        match <$door as super::Entrance>::enter($app, $visit, $id, $room).await? {
            Ok(office) => *office,
            Err(response) => return Ok(*response),
        }
    };
}
use entered;
