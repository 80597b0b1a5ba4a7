//! What tokens say (design.md 5.2; OpenID Connect Core 2, 5.1 and 5.4; RFC 9068 section 2.2).

use serde_json::{Map, Value, json};

use super::{GrantOrigin, LiveAccount, LiveGrant};
use crate::domain::Identity;
use crate::protocol::{CLAIMS_OF_SCOPES, ClaimRequest, Client};
use crate::types::{CompanyId, ScopeSet, Seconds, Timestamp};

/// `sub`, computed for one client, and the former one if there is one.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The subject.
    pub sub: String,
    /// The one this client knew before.
    pub aud_sub: Option<String>,
}

/// What an ID token is made from.
#[derive(Debug)]
pub struct IdTokenFacts<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The client.
    pub client: &'a Client,
    /// The grant, checked to be alive.
    pub grant: &'a LiveGrant,
    /// The subject for this client.
    pub subject: &'a Subject,
    /// Who acts, when the account was entered through a link ([`act_claim`]).
    pub act: Option<&'a Value>,
    /// The nonce of the request, for the first ID token only (Core 12.2).
    pub nonce: Option<&'a str>,
    /// `at_hash` of the access token beside it.
    pub at_hash: Option<String>,
    /// How long it counts.
    pub lifetime: Seconds,
}

/// What an access token is made from.
#[derive(Debug)]
pub struct AccessTokenFacts<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The grant, checked to be alive.
    pub grant: &'a LiveGrant,
    /// The subject for this client.
    pub subject: &'a Subject,
    /// Who acts, when the account was entered through a link ([`act_claim`]).
    pub act: Option<&'a Value>,
    /// Whom it is for.
    pub audience: &'a str,
    /// What it allows.
    pub scope: &'a ScopeSet,
    /// Its own id.
    pub jti: &'a str,
    /// How long it counts.
    pub lifetime: Seconds,
}

fn put(map: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    map.insert(name.to_owned(), value.into());
}

fn company_claims(map: &mut Map<String, Value>, account: &LiveAccount) {
    put(map, "account_id", account.id.as_str());
    put(map, "org_id", account.company.id.as_str());
    put(map, "roles", account.roles.clone());
    put(map, "seat", account.seat);
}

fn company_names(map: &mut Map<String, Value>, account: &LiveAccount) {
    put(map, "org_slug", account.company.slug.as_str());
    put(map, "org_name", account.company.name.as_str());
}

/// `act` (RFC 8693 section 4.1): who acts in an account entered through a one-way link; `sub` is theirs for this client.
pub fn act_claim(origin: &GrantOrigin, sub: &str) -> Value {
    json!({"sub": sub, "org_id": origin.company_id.as_str(), "account_id": origin.account_id.as_str()})
}

fn put_act(map: &mut Map<String, Value>, act: Option<&Value>) {
    if let Some(act) = act {
        put(map, "act", act.clone());
    }
}

/// One claim about the person, if it is set; never null or empty (Core 5.3.2).
fn person(identity: &Identity, name: &str) -> Option<Value> {
    let profile = &identity.profile;
    let text = |t: &Option<String>| t.as_deref().filter(|t| !t.is_empty()).map(Value::from);
    match name {
        // Never the address in place of a name: whoever may see a name need not see the address.
        "name" => profile.full_name().map(Value::from),
        "given_name" => text(&profile.given_name),
        "family_name" => text(&profile.family_name),
        "preferred_username" => text(&identity.username),
        "zoneinfo" => text(&profile.time_zone),
        "locale" => profile.locale.map(|l| l.tag().into()),
        "updated_at" => profile.updated_at.map(|t| t.seconds().into()),
        "phone_number" => text(&profile.mobile),
        "phone_number_verified" => profile.mobile.as_ref().map(|_| profile.mobile_verified_at.is_some().into()),
        "email" => text(&identity.email),
        "email_verified" => identity.email.as_ref().map(|_| identity.email_verified_at.is_some().into()),
        _ => None,
    }
}

/// The claims about the person that scopes and single requests open (Core 5.4, 5.5).
/// Through a link, everything beyond the display name is withheld (design.md 5.2).
pub fn identity_claims<'a>(grant: &LiveGrant, by_scope: bool, asked: impl IntoIterator<Item = (&'a String, &'a ClaimRequest)>) -> Map<String, Value> {
    let mut map = Map::new();
    let own = grant.via == crate::domain::Via::Own;
    let mut open = |name: &str| {
        if (own || name == "name")
            && let Some(value) = person(&grant.identity, name)
        {
            map.insert(name.to_owned(), value);
        }
    };
    if by_scope {
        CLAIMS_OF_SCOPES.iter().filter(|(scope, _)| grant.scope.contains(scope)).flat_map(|(_, claims)| *claims).for_each(|name| open(name));
    }
    for (name, _) in asked {
        let known = CLAIMS_OF_SCOPES.iter().find(|(_, claims)| claims.contains(&name.as_str()));
        if known.is_some_and(|(scope, _)| grant.scope.contains(scope)) {
            open(name);
        }
    }
    map
}

/// The claims of an ID token (Core section 2).
pub fn id_token_claims(facts: &IdTokenFacts<'_>, now: Timestamp) -> Map<String, Value> {
    let grant = facts.grant;
    let mut map = identity_claims(grant, facts.client.metadata.claims_in_id_token, &grant.claims.id_token);
    put(&mut map, "iss", facts.issuer);
    put(&mut map, "sub", facts.subject.sub.as_str());
    put(&mut map, "aud", facts.client.id.as_str());
    put(&mut map, "iat", now.seconds());
    put(&mut map, "exp", (now + facts.lifetime).seconds());
    put(&mut map, "auth_time", grant.auth_time.seconds());
    put(&mut map, "acr", grant.acr.as_str());
    put(&mut map, "amr", grant.amr.clone());
    put(&mut map, "sid", grant.sid.as_str());
    if let Some(nonce) = facts.nonce {
        put(&mut map, "nonce", nonce);
    }
    if let Some(at_hash) = &facts.at_hash {
        put(&mut map, "at_hash", at_hash.as_str());
    }
    if let Some(former) = &facts.subject.aud_sub {
        put(&mut map, "aud_sub", former.as_str());
    }
    put_act(&mut map, facts.act);
    if let Some(account) = &grant.account {
        company_claims(&mut map, account);
        company_names(&mut map, account);
    }
    map
}

/// The claims of an access token (RFC 9068 section 2.2). The list of companies is never in it.
pub fn access_token_claims(facts: &AccessTokenFacts<'_>, now: Timestamp) -> Map<String, Value> {
    let grant = facts.grant;
    let mut map = Map::new();
    put(&mut map, "iss", facts.issuer);
    put(&mut map, "sub", facts.subject.sub.as_str());
    put(&mut map, "aud", facts.audience);
    put(&mut map, "client_id", grant.client_id.as_str());
    put(&mut map, "iat", now.seconds());
    put(&mut map, "exp", (now + facts.lifetime).seconds());
    put(&mut map, "jti", facts.jti);
    put(&mut map, "gid", grant.id.as_str());
    put(&mut map, "scope", facts.scope.to_string());
    put(&mut map, "auth_time", grant.auth_time.seconds());
    put(&mut map, "acr", grant.acr.as_str());
    put(&mut map, "amr", grant.amr.clone());
    put(&mut map, "sid", grant.sid.as_str());
    put_act(&mut map, facts.act);
    if let Some(account) = &grant.account {
        company_claims(&mut map, account);
        put(&mut map, "permissions", account.permissions.clone());
    }
    map
}

/// The claims of a machine's token: `sub` is the client, which no identity's id can equal (RFC 9700 4.15, decisions.md 17).
#[allow(clippy::too_many_arguments)]
pub fn machine_token_claims(
    issuer: &str,
    client: &Client,
    company: Option<&CompanyId>,
    audience: &str,
    scope: &ScopeSet,
    jti: &str,
    lifetime: Seconds,
    now: Timestamp,
) -> Map<String, Value> {
    let mut map = Map::new();
    put(&mut map, "iss", issuer);
    put(&mut map, "sub", client.id.as_str());
    put(&mut map, "aud", audience);
    put(&mut map, "client_id", client.id.as_str());
    put(&mut map, "iat", now.seconds());
    put(&mut map, "exp", (now + lifetime).seconds());
    put(&mut map, "jti", jti);
    put(&mut map, "scope", scope.to_string());
    if let Some(company) = company {
        put(&mut map, "org_id", company.as_str());
    }
    map
}

/// An active answer of the introspection endpoint (RFC 7662 2.2): the token's claims, with what can change read anew.
pub fn introspection_claims(mut claims: Map<String, Value>, grant: Option<&LiveGrant>) -> Map<String, Value> {
    put(&mut claims, "active", true);
    put(&mut claims, "token_type", "Bearer");
    if let Some(account) = grant.and_then(|g| g.account.as_ref()) {
        company_claims(&mut claims, account);
        put(&mut claims, "permissions", account.permissions.clone());
    }
    claims.remove("gid");
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountKind, CompanyView, Profile, Via};
    use crate::types::{AccountId, Random};

    fn grant(via: Via) -> LiveGrant {
        let now = Timestamp::from_seconds(1_800_000_000);
        let mut rng = Random::system();
        LiveGrant {
            id: crate::types::GrantId::mint(now, &mut rng),
            client_id: crate::types::ClientId::mint(now, &mut rng),
            identity: Identity {
                id: crate::types::IdentityId::mint(now, &mut rng),
                username: None,
                email: Some("alice@example.test".into()),
                email_verified_at: Some(now),
                profile: Profile { given_name: Some("Alice".into()), ..Profile::default() },
                closed_at: None,
            },
            account: Some(LiveAccount {
                id: AccountId::mint(now, &mut rng),
                company: CompanyView {
                    id: CompanyId::mint(now, &mut rng),
                    slug: "shop".into(),
                    name: "Shop".into(),
                    region: "eu".into(),
                    service_status: "operational".into(),
                    logo: None,
                    publicly_named: false,
                    manager_title: None,
                    policy: Default::default(),
                    closed_at: None,
                },
                kind: AccountKind::Member,
                seat: true,
                roles: vec!["clerk".into()],
                permissions: vec!["stock.read".into()],
                since: now,
                ended_at: None,
                reachable: true,
                former_subject: None,
                subject_known: false,
            }),
            origin: None,
            via,
            sid: crate::types::AppSessionId::mint(now, &mut rng),
            browser_session_id: crate::types::BrowserSessionId::mint(now, &mut rng),
            scope: ScopeSet::parse("openid profile email"),
            claims: Default::default(),
            resources: Vec::new(),
            auth_time: now,
            acr: "urn:vestibule:acr:1fa".into(),
            amr: vec!["pwd".into()],
            proofs: Default::default(),
            floor: Default::default(),
            ended_at: None,
            session: None,
        }
    }

    #[test]
    fn core_5_3_2_unset_claims_are_omitted() {
        let claims = identity_claims(&grant(Via::Own), true, []);
        assert_eq!(json!(claims), json!({"name": "Alice", "given_name": "Alice", "email": "alice@example.test", "email_verified": true}));
    }

    #[test]
    fn through_a_link_only_the_display_name_is_told() {
        let link = crate::types::LinkId::mint(Timestamp::from_seconds(0), &mut Random::system());
        let claims = identity_claims(&grant(Via::Link(link)), true, []);
        assert_eq!(json!(claims), json!({"name": "Alice"}));
    }

    #[test]
    fn permissions_stand_in_access_tokens_and_nowhere_else() {
        let grant = grant(Via::Own);
        let subject = Subject { sub: "s".into(), aud_sub: None };
        let now = Timestamp::from_seconds(1_800_000_100);
        let access = access_token_claims(
            &AccessTokenFacts {
                issuer: "https://id.test",
                grant: &grant,
                subject: &subject,
                act: None,
                audience: "https://id.test",
                scope: &grant.scope,
                jti: "j",
                lifetime: Seconds::minutes(5),
            },
            now,
        );
        assert_eq!(access["permissions"], json!(["stock.read"]));
        assert_eq!(access["exp"], json!(1_800_000_400));
        assert!(!access.contains_key("org_name"));
    }
}
