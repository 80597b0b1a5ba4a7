//! Everything about companies, roles, people and accounts in the form that an import reads; a page at a time.

use super::import::{AccountRecord, PersonRecord, Record};
use super::{App, Stop};
use crate::store::{imports, roles};

/// Rows of one reading.
const ROWS: i64 = 500;

/// Writes every record. Password hashes come along only when they are asked for; second factors never.
pub async fn export(app: &App, with_passwords: bool, mut write: impl FnMut(&Record) -> std::io::Result<()>) -> Result<i64, Stop> {
    let db = &app.store.db;
    let mut written = 0;
    let mut out = |record: Record| -> Result<(), Stop> {
        write(&record).map_err(anyhow::Error::from)?;
        written += 1;
        Ok(())
    };
    let mut after = String::new();
    loop {
        let companies = imports::companies_after(db, &after, ROWS).await?;
        let Some(last) = companies.last().map(|c| c.0.clone()) else { break };
        for (id, slug, name, region) in companies {
            let id = id.parse().map_err(|_| anyhow::anyhow!("a stored id does not parse"))?;
            out(Record::Company { slug: slug.clone(), name, region })?;
            for role in roles::of_company(db, &id).await? {
                out(Record::Role { company: slug.clone(), name: role.name, title: role.title, permissions: role.permissions })?;
            }
        }
        after = last;
    }
    let mut after = String::new();
    loop {
        let people = imports::people_after(db, &after, ROWS).await?;
        let Some(last) = people.last().map(|p| p.id.clone()) else { return Ok(written) };
        let accounts = imports::accounts_between(db, &after, &last).await?;
        let mut accounts = accounts.into_iter().peekable();
        let words = |text: Option<String>| text.map(|t| t.split(' ').map(str::to_owned).collect()).unwrap_or_default();
        for p in people {
            let mut mine = Vec::new();
            while let Some((_, company, kind, roles, permissions)) = accounts.next_if(|a| a.0 == p.id) {
                mine.push(AccountRecord { company, kind: Some(kind), roles: words(roles), permissions: words(permissions), subjects: Default::default() });
            }
            out(Record::Person(Box::new(PersonRecord {
                external_id: Some(p.id),
                username: p.username,
                email: p.email,
                email_verified: p.email_verified,
                given_name: p.given_name,
                family_name: p.family_name,
                locale: p.locale,
                password_hash: p.password_hash.filter(|_| with_passwords),
                disabled: p.disabled,
                accounts: mine,
            })))?;
        }
        after = last;
    }
}
