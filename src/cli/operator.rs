//! The operator's commands. They open the database directly and may run beside a server (decisions.md 22).

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::{self, AddAccount, AddClient, AddCompany, AddPerson, AddResource, AddRole, App, Origin};
use crate::domain::{AccountKind, FactorPolicy, Level, Method};
use crate::protocol::{ClientKind, ClientMetadata, SigningAlgorithm};
use crate::store::resources;
use crate::types::{AccountId, ClientId, DisplayText, EmailAddress, Locale, RedirectUri, ScopeSet, Seconds, Secret, Slug, Username};
use crate::web::paths;

#[derive(Subcommand)]
pub(super) enum Company {
    /// Add a company.
    Add {
        /// Its name for people.
        #[arg(long)]
        name: String,
        /// Its short name in URLs: a-z, 0-9 and hyphens. Never given to another company.
        #[arg(long)]
        slug: String,
        /// Where it is served from.
        #[arg(long, default_value = "")]
        region: String,
        /// Show its name and logo before anybody has signed in.
        #[arg(long)]
        publicly_named: bool,
        /// A PNG of at most 64 KB.
        #[arg(long, value_name = "FILE")]
        logo: Option<PathBuf>,
        /// Somebody who becomes its owner: username, address or id.
        #[arg(long)]
        owner: Option<String>,
    },
    /// Change what a company decides for its accounts, or suspend it; what is left out stays.
    Set {
        /// Slug or id.
        #[arg(long)]
        company: String,
        /// A kind of account it takes from now on; may be repeated.
        #[arg(long)]
        allow_kind: Vec<String>,
        /// Keep its accounts out of one-way links.
        #[arg(long)]
        forbid_links: Option<bool>,
        /// What it calls its account managers; empty for "account manager".
        #[arg(long)]
        manager_title: Option<String>,
        #[command(flatten)]
        factors: FactorArguments,
        /// Suspend it, or let it act again.
        #[arg(long)]
        suspended: Option<bool>,
    },
    /// Say how a company's service does; it shows wherever its accounts are listed.
    Status {
        /// Slug or id.
        #[arg(long)]
        company: String,
        /// operational, degraded, maintenance or outage.
        #[arg(long)]
        status: String,
        /// For people, at most 100 characters.
        #[arg(long)]
        message: Option<String>,
    },
}

#[derive(Subcommand)]
pub(super) enum Brand {
    /// Give a company a domain with a look of its own: activation mails lead there. It must reach this server.
    Add {
        /// Slug or id.
        #[arg(long)]
        company: String,
        /// The domain as a browser sends it, with a port where it is not the scheme's own.
        #[arg(long)]
        host: String,
        /// What stands in place of "Vestibule".
        #[arg(long)]
        product_name: String,
        /// A PNG of at most 64 KB.
        #[arg(long, value_name = "FILE")]
        logo: Option<PathBuf>,
        /// The colour of buttons and links on light pages, #rrggbb.
        #[arg(long)]
        accent: Option<String>,
        /// The same on dark pages.
        #[arg(long)]
        accent_dark: Option<String>,
        /// Where people find help: https://... or mailto:...
        #[arg(long)]
        support_url: Option<String>,
        /// The sender of mails; your mail server must be allowed to send for it.
        #[arg(long)]
        sender: Option<String>,
    },
}

#[derive(Subcommand)]
pub(super) enum Operator {
    /// Make somebody an operator: who is known by this address already, or a new person, who is mailed an activation. They come in at
    /// /console, always with a second factor.
    Create {
        /// Their address.
        #[arg(long)]
        email: String,
        /// First name of somebody new.
        #[arg(long)]
        given_name: Option<String>,
        /// Last name of somebody new.
        #[arg(long)]
        family_name: Option<String>,
        /// Language of somebody new: en or fr.
        #[arg(long)]
        language: Option<String>,
    },
    /// List the operators.
    List,
    /// Somebody is an operator no more.
    Remove {
        /// Username, address or id.
        #[arg(long)]
        person: String,
    },
}

#[derive(Subcommand)]
pub(super) enum Person {
    /// Add a person. Without a password, an activation link is mailed.
    Add {
        /// Their address.
        #[arg(long)]
        email: Option<String>,
        /// A name to sign in with.
        #[arg(long)]
        username: Option<String>,
        /// You vouch that the address is theirs.
        #[arg(long)]
        verified: bool,
        /// First name.
        #[arg(long)]
        given_name: Option<String>,
        /// Last name.
        #[arg(long)]
        family_name: Option<String>,
        /// en or fr.
        #[arg(long)]
        language: Option<String>,
        /// A file whose first line is their password.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Give up the second factors of somebody who lost them all, after you have looked who they are. They are mailed and can say no for
    /// a while (factors.reset_days); then their password is enough once, and they set up new ones.
    ResetFactors {
        /// Username, address or id.
        person: String,
    },
}

#[derive(Subcommand)]
pub(super) enum Account {
    /// Give a person an account in a company.
    Add {
        /// Username, address or id.
        #[arg(long)]
        person: String,
        /// Slug or id.
        #[arg(long)]
        company: String,
        /// owner, member, manager or delegate.
        #[arg(long, default_value = "member")]
        kind: String,
        /// A role of the company; may be repeated.
        #[arg(long)]
        role: Vec<String>,
        /// A single permission; may be repeated.
        #[arg(long)]
        permission: Vec<String>,
    },
    /// End an account; its tokens and app sessions stop counting at once.
    End {
        /// acc_...
        account: String,
    },
    /// Give an account a role, or take one from it.
    Role {
        /// acc_...
        account: String,
        /// The role's name.
        role: String,
        /// Take it instead of giving it.
        #[arg(long)]
        take: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum Role {
    /// Add a role to a company.
    Add {
        /// Slug or id.
        #[arg(long)]
        company: String,
        /// Its name in tokens.
        #[arg(long)]
        name: String,
        /// Its name for people.
        #[arg(long)]
        title: Option<String>,
        /// What it allows; may be repeated.
        #[arg(long)]
        permission: Vec<String>,
    },
}

#[derive(Subcommand)]
pub(super) enum Resource {
    /// Add a resource server.
    Add {
        /// The absolute URI that its tokens are for.
        #[arg(long)]
        identifier: String,
        /// Its name for people.
        #[arg(long)]
        name: String,
        /// RS256, PS256, ES256 or EdDSA.
        #[arg(long, default_value = "ES256")]
        algorithm: String,
        /// A scope with its plain words, as name=words; may be repeated.
        #[arg(long, value_name = "NAME=WORDS")]
        scope: Vec<String>,
        /// A permission that it asks of accounts, as name=words; companies bundle them into roles; may be repeated.
        #[arg(long, value_name = "NAME=WORDS")]
        permission: Vec<String>,
    },
}

#[derive(Subcommand)]
pub(super) enum Client {
    /// Add a relying app. A confidential one gets a secret, shown once.
    Add(Box<NewClient>),
    /// Give a client one more secret, shown once; the older ones keep counting.
    Secret {
        /// cli_...
        client: String,
        /// For how many hours the older ones still count; for ever when left out.
        #[arg(long)]
        overlap_hours: Option<i64>,
    },
    /// Switch a client off: nothing that was issued to it counts while it is.
    Disable {
        /// cli_...
        client: String,
    },
    /// Switch a client on again.
    Enable {
        /// cli_...
        client: String,
    },
    /// Delete a client for good.
    Delete {
        /// cli_...
        client: String,
    },
    /// List clients.
    List,
    /// Make an initial access token, shown once: who has it registers clients at /register (RFC 7591).
    RegistrationToken {
        /// What it is for.
        #[arg(long)]
        name: String,
        /// Days that it counts, 1 to 365.
        #[arg(long, default_value_t = 30)]
        days: i64,
        /// How many clients it may register; any number when left out.
        #[arg(long)]
        uses: Option<i64>,
    },
}

#[derive(Args)]
pub(super) struct NewClient {
    /// Its name for people.
    #[arg(long)]
    name: String,
    /// What it is: web, spa (in a browser), native (on a phone or desktop), device (without a browser) or service (for itself); sets what is
    /// right for it.
    #[arg(long, conflicts_with = "metadata")]
    kind: Option<ClientKind>,
    /// Where answers may go; may be repeated.
    #[arg(long)]
    redirect_uri: Vec<String>,
    /// Where people may go after sign-out; may be repeated.
    #[arg(long)]
    post_logout_redirect_uri: Vec<String>,
    /// The app's own page.
    #[arg(long)]
    client_uri: Option<String>,
    /// Scopes it may ask for, space-separated.
    #[arg(long)]
    scope: Option<String>,
    /// RS256, PS256, ES256 or EdDSA.
    #[arg(long)]
    id_token_algorithm: Option<String>,
    /// A company that it is open to (slug or id); may be repeated. Without any: all.
    #[arg(long)]
    company: Vec<String>,
    /// A public client: no secret, PKCE compulsory.
    #[arg(long)]
    public: bool,
    /// Any other metadata as a JSON document, as in the reference; options above go over it.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
}

pub(super) fn say(json_wanted: bool, pairs: &[(&str, &str)]) {
    if json_wanted {
        let object: serde_json::Map<String, serde_json::Value> = pairs.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
        println!("{}", serde_json::Value::Object(object));
    } else {
        for (name, value) in pairs {
            println!("{name}={value}");
        }
    }
}

pub(super) fn here() -> Origin {
    Origin { request_id: "command-line".to_owned(), ..Origin::default() }
}

/// What a company asks of whoever enters it.
#[derive(clap::Args)]
pub(super) struct FactorArguments {
    /// The least that will do: 1fa, mfa or phr.
    #[arg(long)]
    factor_level: Option<Level>,
    /// How long a proof counts, in seconds; 0 for as long as the session.
    #[arg(long)]
    factor_max_age: Option<i64>,
    /// A second factor that does not count: totp or recovery; may be repeated, `none` to refuse none.
    #[arg(long, value_parser = refusable)]
    refuse_factor: Vec<Option<Method>>,
    /// Whether a browser in which a second factor was shown before stands for it.
    #[arg(long)]
    remembered_devices: Option<bool>,
    /// Days to set up a second factor, after it was asked for or an account began.
    #[arg(long)]
    factor_grace_days: Option<i64>,
}

fn refusable(text: &str) -> Result<Option<Method>, String> {
    if text == "none" {
        return Ok(None);
    }
    Method::REFUSABLE.into_iter().find(|m| m.as_str() == text).map(Some).ok_or_else(|| "totp, recovery or none".to_owned())
}

impl FactorArguments {
    fn onto(&self, policy: &mut FactorPolicy) {
        policy.level = self.factor_level.unwrap_or(policy.level);
        if let Some(age) = self.factor_max_age {
            policy.max_age = Some(Seconds(age)).filter(|s| s.0 > 0);
        }
        if !self.refuse_factor.is_empty() {
            policy.refused = self.refuse_factor.iter().copied().flatten().collect();
        }
        policy.remembered_devices = self.remembered_devices.unwrap_or(policy.remembered_devices);
        if let Some(days) = self.factor_grace_days {
            policy.grace = Seconds::days(days);
        }
    }
}

pub(super) async fn company(app: &App, command: Company, json: bool) -> anyhow::Result<()> {
    let (name, slug, region, publicly_named, logo, owner) = match command {
        Company::Add { name, slug, region, publicly_named, logo, owner } => (name, slug, region, publicly_named, logo, owner),
        Company::Set { company, allow_kind, forbid_links, manager_title, factors, suspended } => {
            let found = crate::store::companies::named(&app.store.db, &company).await?.with_context(|| format!("there is no company {company}"))?;
            let mut settings = actions::company_settings(app, &found.id).await?;
            if !allow_kind.is_empty() {
                settings.kinds = allow_kind.iter().map(|k| k.parse()).collect::<Result<_, _>>()?;
            }
            settings.forbids_links = forbid_links.unwrap_or(settings.forbids_links);
            if let Some(title) = manager_title {
                settings.manager_title = if title.trim().is_empty() { None } else { Some(DisplayText::parse(&title)?) };
            }
            factors.onto(&mut settings.policy);
            actions::change_company_settings(app, &found.id, &settings, &here(), app.clock.now()).await??;
            if let Some(suspended) = suspended {
                actions::suspend_company(app, &found.id, suspended, &here(), app.clock.now()).await?;
            }
            say(json, &[("company_id", found.id.as_str())]);
            return Ok(());
        }
        Company::Status { company, status, message } => {
            let found = crate::store::companies::named(&app.store.db, &company).await?.with_context(|| format!("there is no company {company}"))?;
            let message = message.as_deref().map(DisplayText::parse).transpose()?;
            let report = actions::report_status(app, None, &found.id, status.parse()?, message.as_ref(), &here(), app.clock.now()).await?;
            say(json, &[("company_id", found.id.as_str()), ("status", &report.status)]);
            return Ok(());
        }
    };
    let logo = logo.map(|file| std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))).transpose()?;
    let wish = AddCompany { name: DisplayText::parse(&name)?, slug: Slug::parse(&slug)?, region, publicly_named, logo, owner };
    let id = actions::add_company(app, wish, &here(), app.clock.now()).await??;
    say(json, &[("company_id", id.as_str())]);
    Ok(())
}

pub(super) async fn brand(app: &App, command: Brand, json: bool) -> anyhow::Result<()> {
    let Brand::Add { company, host, product_name, logo, accent, accent_dark, support_url, sender } = command;
    let logo = logo.map(|file| std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))).transpose()?;
    let sender = sender.map(|s| EmailAddress::parse(&s)).transpose()?;
    let wish = actions::AddBrand { company, host, product_name: DisplayText::parse(&product_name)?, logo, accent, accent_dark, support_url, sender };
    let id = actions::add_brand(app, wish, &here(), app.clock.now()).await??;
    say(json, &[("brand_id", id.as_str())]);
    Ok(())
}

pub(super) async fn person(app: &App, command: Person, json: bool) -> anyhow::Result<()> {
    let Person::Add { email, username, verified, given_name, family_name, language, password_file } = command else {
        let Person::ResetFactors { person } = command else { return Ok(()) };
        let ready = actions::begin_factor_reset(app, &person, &here(), app.clock.now()).await??;
        say(json, &[("usable_at", &ready.seconds().to_string())]);
        return Ok(());
    };
    let display = |text: Option<String>| text.map(|t| DisplayText::parse(&t)).transpose();
    let password = match password_file {
        None => None,
        Some(file) => {
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let first = text.lines().next().unwrap_or_default();
            anyhow::ensure!(!first.is_empty(), "{} has no password in its first line", file.display());
            Some(Secret::new(first.to_owned()))
        }
    };
    let wish = AddPerson {
        email: email.map(|e| EmailAddress::parse(&e)).transpose()?,
        username: username.map(|u| Username::parse(&u)).transpose()?,
        verified,
        given_name: display(given_name)?,
        family_name: display(family_name)?,
        locale: language.map(|l| Locale::from_tag(&l).context("the language must be en or fr")).transpose()?,
        password,
    };
    let id = actions::add_person(app, wish, |token| app.config.url(&paths::activate(token)), &here(), app.clock.now()).await??;
    say(json, &[("identity_id", id.as_str())]);
    Ok(())
}

pub(super) async fn account(app: &App, command: Account, json: bool) -> anyhow::Result<()> {
    let now = app.clock.now();
    match command {
        Account::Add { person, company, kind, role, permission } => {
            let wish = AddAccount { person, company, kind: kind.parse::<AccountKind>()?, roles: role, permissions: permission };
            let id = actions::add_account(app, &wish, &here(), now).await??;
            say(json, &[("account_id", id.as_str())]);
        }
        Account::End { account } => {
            let id: AccountId = account.parse()?;
            actions::end_account(app, &id, &here(), now).await??;
            say(json, &[("ended", id.as_str())]);
        }
        Account::Role { account, role, take } => {
            let id: AccountId = account.parse()?;
            actions::change_role(app, &id, &role, !take, &here(), now).await??;
            say(json, &[(if take { "taken" } else { "given" }, &role)]);
        }
    }
    Ok(())
}

pub(super) async fn role(app: &App, command: Role, json: bool) -> anyhow::Result<()> {
    let Role::Add { company, name, title, permission } = command;
    let title = DisplayText::parse(title.as_deref().unwrap_or(&name))?;
    let id = actions::add_role(app, &AddRole { company, name, title, permissions: permission }, &here(), app.clock.now()).await??;
    say(json, &[("role_id", id.as_str())]);
    Ok(())
}

pub(super) async fn resource(app: &App, command: Resource, json: bool) -> anyhow::Result<()> {
    let Resource::Add { identifier, name, algorithm, scope, permission } = command;
    let algorithm = SigningAlgorithm::named(&algorithm).context("the algorithm must be RS256, PS256, ES256 or EdDSA")?;
    let named = |texts: &[String]| {
        let pair =
            |s: &String| s.split_once('=').map(|(name, words)| (name.to_owned(), words.to_owned())).context("a scope or permission is written name=words");
        texts.iter().map(pair).collect::<anyhow::Result<Vec<_>>>()
    };
    let wish = resources::Resource { identifier: identifier.clone(), name, algorithm, scopes: named(&scope)?, permissions: named(&permission)? };
    actions::add_resource(app, AddResource(wish), &here(), app.clock.now()).await??;
    say(json, &[("resource", &identifier)]);
    Ok(())
}

pub(super) async fn client(app: &App, command: Client, json: bool) -> anyhow::Result<()> {
    let now = app.clock.now();
    match command {
        Client::Add(new) => {
            let wish = wish(*new)?;
            let (id, secret) = actions::add_client(app, wish, &here(), now).await??;
            match &secret {
                Some(secret) => say(json, &[("client_id", id.as_str()), ("client_secret", secret.expose())]),
                None => say(json, &[("client_id", id.as_str())]),
            }
        }
        Client::Secret { client, overlap_hours } => {
            let id: ClientId = client.parse()?;
            let secret = actions::rotate_secret(app, &id, overlap_hours.map(Seconds::hours), &here(), now).await??;
            say(json, &[("client_id", id.as_str()), ("client_secret", secret.expose())]);
        }
        Client::RegistrationToken { name, days, uses } => {
            let (id, token) = actions::add_registration_token(app, DisplayText::parse(&name)?, days, uses, &here(), now).await??;
            say(json, &[("token_id", id.as_str()), ("registration_endpoint", &app.config.url(paths::REGISTER)), ("token", token.expose())]);
        }
        Client::Disable { client } => switched(app, &client, true, json).await?,
        Client::Enable { client } => switched(app, &client, false, json).await?,
        Client::Delete { client } => {
            let id: ClientId = client.parse()?;
            actions::delete_client(app, &id, None, &here(), now).await??;
            say(json, &[("deleted", id.as_str())]);
        }
        Client::List => {
            let mut before = None;
            loop {
                let (clients, next) = actions::clients_page(app, None, before.as_ref(), 200).await?;
                for client in &clients {
                    say(json, &[("client_id", client.id.as_str()), ("name", client.name.as_str()), ("disabled", if client.disabled { "yes" } else { "no" })]);
                }
                before = next;
                if before.is_none() {
                    break;
                }
            }
        }
    }
    Ok(())
}

async fn switched(app: &App, client: &str, disabled: bool, json: bool) -> anyhow::Result<()> {
    let id: ClientId = client.parse()?;
    actions::switch_client(app, &id, disabled, &here(), app.clock.now()).await??;
    say(json, &[(if disabled { "disabled" } else { "enabled" }, id.as_str())]);
    Ok(())
}

pub(super) async fn operator(app: &App, command: Operator, json: bool) -> anyhow::Result<()> {
    let now = app.clock.now();
    match command {
        Operator::Create { email, given_name, family_name, language } => {
            let display = |text: Option<String>| text.map(|t| DisplayText::parse(&t)).transpose();
            let wish = AddPerson {
                email: Some(EmailAddress::parse(&email)?),
                verified: true,
                given_name: display(given_name)?,
                family_name: display(family_name)?,
                locale: language.map(|l| Locale::from_tag(&l).context("the language must be en or fr")).transpose()?,
                ..AddPerson::default()
            };
            let id = actions::create_operator(app, wish, |token| app.config.url(&paths::activate(token)), &here(), now).await??;
            say(json, &[("identity_id", id.as_str()), ("console", &app.config.url(paths::CONSOLE))]);
        }
        Operator::List => {
            for operator in actions::operators(app).await? {
                say(json, &[("identity_id", operator.identity_id.as_str()), ("name", &operator.name)]);
            }
        }
        Operator::Remove { person } => {
            let id = actions::person_named(app, &person).await??;
            actions::remove_operator(app, &id, &here(), now).await??;
            say(json, &[("removed", id.as_str())]);
        }
    }
    Ok(())
}

fn wish(new: NewClient) -> anyhow::Result<AddClient> {
    let mut metadata: ClientMetadata = match &new.metadata {
        Some(file) => serde_json::from_slice(&std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?)
            .with_context(|| format!("{} is not client metadata", file.display()))?,
        None => new.kind.map_or_else(ClientMetadata::default, ClientKind::defaults),
    };
    let uris = |texts: &[String]| texts.iter().map(|t| RedirectUri::parse(t).with_context(|| t.clone())).collect::<anyhow::Result<Vec<_>>>();
    metadata.redirect_uris.extend(uris(&new.redirect_uri)?);
    metadata.post_logout_redirect_uris.extend(uris(&new.post_logout_redirect_uri)?);
    if let Some(uri) = &new.client_uri {
        metadata.client_uri = Some(RedirectUri::parse(uri)?);
    }
    if let Some(scope) = &new.scope {
        metadata.scope = ScopeSet::parse(scope);
    }
    if let Some(algorithm) = &new.id_token_algorithm {
        metadata.id_token_signed_response_alg = SigningAlgorithm::named(algorithm).context("the algorithm must be RS256, PS256, ES256 or EdDSA")?;
    }
    if new.public {
        metadata.token_endpoint_auth_method = crate::protocol::ClientAuthMethod::None;
    }
    Ok(AddClient { name: DisplayText::parse(&new.name)?, metadata, companies: (!new.company.is_empty()).then_some(new.company) })
}
