//! The whole journey of an authorization request: sign-in, account, factors, consent, answer.
//!
//! One pure function over what is known. Each page saves one fact and comes back here, so a new step is one more arm.
//! The order of resolution is design.md 5.1; silent requests (OpenID Connect Core 3.1.2.6) never see a page.

use super::factors;
use super::facts::{Choice, Expected, Facts, NamedCompany, Reach};
use crate::domain::{Factor, SignedIn};
use crate::protocol::{AccountSelection, AuthorizationRequest, ConsentPolicy, ErrorCode, LoginHint, OrganizationUsage, Prompt, ProtocolFailure, Reason};
use crate::types::{IdentityId, ScopeSet, Seconds, Timestamp};

/// What was approved, ready to become a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// Who acts.
    pub acting: SignedIn,
    /// The account entered; `None` for clients without companies.
    pub reach: Option<Reach>,
    /// What may be done.
    pub scope: ScopeSet,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Answer the app with a code.
    Answer(Box<Approved>),
    /// Answer the app with an error.
    Fail(ProtocolFailure),
    /// Ask who is there. With `expected`, only that identity will do.
    SignIn {
        /// Whose name to prefill, when it is somebody signed in here.
        expected: Option<IdentityId>,
        /// Whether the person can go back to the chooser.
        adding: bool,
    },
    /// Ask for a second factor.
    SecondFactor {
        /// Whose.
        identity: IdentityId,
        /// What would do.
        factors: Vec<Factor>,
        /// Whether a recovery code would do too.
        recovery: bool,
        /// Whether the person may go on without.
        may_skip: bool,
    },
    /// Ask to register a second factor.
    Enroll {
        /// Who.
        identity: IdentityId,
        /// What would do.
        factors: Vec<Factor>,
        /// Until when it may wait, if it may.
        until: Option<Timestamp>,
        /// Whether it may be left altogether.
        may_skip: bool,
    },
    /// Ask which account.
    SelectAccount,
    /// Say that this company cannot be entered, and offer what can be done.
    Refused {
        /// The stable reason.
        reason: Reason,
        /// Whether other accounts may be chosen (never when the app named a company, threats.md T34).
        may_choose: bool,
    },
    /// Ask for consent.
    Consent(Box<Approved>),
}

/// The identities that may act in this request: signed in, expected, and authenticated recently enough.
/// After `prompt=login` or an outrun `max_age`, only those that signed in inside this interaction (design.md section 3, 6).
pub fn eligible<'a>(
    request: &AuthorizationRequest,
    expected: &Expected,
    signed_in: &'a [SignedIn],
    proved: &[IdentityId],
    now: Timestamp,
) -> Vec<&'a SignedIn> {
    let fits = |s: &&SignedIn| match expected {
        Expected::Anyone => true,
        Expected::Identity(id) => s.identity_id == *id,
        Expected::Gone => false,
    };
    let fresh = |s: &&SignedIn| {
        let proved_here = proved.contains(&s.identity_id);
        let within = request.max_age.is_none_or(|age| age > Seconds(0) && now.since(s.auth_time()) <= age);
        proved_here || (within && !request.prompt.has(Prompt::Login))
    };
    signed_in.iter().filter(fits).filter(fresh).collect()
}

fn fail(code: ErrorCode, description: &str) -> Step {
    Step::Fail(ProtocolFailure::new(code, description))
}

fn fail_because(code: ErrorCode, reason: Reason, description: &str) -> Step {
    Step::Fail(ProtocolFailure::because(code, reason, description))
}

/// The whole journey. Total: every request gets a step, and a silent one never gets a page.
pub fn next_step(request: &AuthorizationRequest, facts: &Facts<'_>, now: Timestamp) -> Step {
    let silent = request.is_silent();
    let usage = facts.client.metadata.organization_usage;

    if let Some(failure) = request.cannot_be_met(usage) {
        return Step::Fail(failure);
    }

    // Somebody signed in here, but not the person the app expects (OpenID Connect Core 3.1.2.2).
    if matches!(&facts.expected, Expected::Identity(id) if !facts.progress.proved.is_empty() && !facts.progress.proved.contains(id)) {
        return fail(ErrorCode::LoginRequired, "somebody else signed in than the id_token_hint names");
    }
    // A right password is half a sign-in; the other half comes before anything else.
    if let (Some(pending), false) = (&facts.progress.pending, silent) {
        return Step::SecondFactor { identity: pending.identity_id.clone(), factors: pending.factors.clone(), recovery: true, may_skip: false };
    }
    let able = eligible(request, &facts.expected, facts.signed_in, &facts.progress.proved, now);
    if able.is_empty() {
        return sign_in(request, facts, silent);
    }
    if facts.progress.adding_identity && !silent {
        return Step::SignIn { expected: None, adding: true };
    }

    let resolved = match usage {
        OrganizationUsage::Deny => choose_identity(request, facts, &able),
        OrganizationUsage::Allow | OrganizationUsage::Require => choose_account(request, facts, &able),
    };
    let (acting, reach) = match resolved {
        Ok(resolved) => resolved,
        Err(step) => return step,
    };
    if let Some(step) = factors::step(request, facts, acting, reach.as_ref(), now) {
        return step;
    }
    let approved = Approved { acting: acting.clone(), reach, scope: facts.scope.clone() };
    consent(request, facts, approved)
}

fn sign_in(request: &AuthorizationRequest, facts: &Facts<'_>, silent: bool) -> Step {
    let expects_somebody = facts.expected != Expected::Anyone;
    if silent {
        return fail(ErrorCode::LoginRequired, "nobody fitting is signed in");
    }
    // A subject that is gone: whoever signs in is somebody else.
    if expects_somebody && !facts.progress.proved.is_empty() {
        return fail(ErrorCode::LoginRequired, "somebody else signed in than the id_token_hint names");
    }
    let expected = match &facts.expected {
        Expected::Identity(id) => Some(id.clone()),
        // A selected account whose owner must show the password again: theirs is the name to prefill.
        _ => facts.selected.as_ref().map(|r| r.acting.clone()).or_else(|| match facts.signed_in {
            [only] if request.login_hint.is_none() => Some(only.identity_id.clone()),
            _ => None,
        }),
    };
    Step::SignIn { expected, adding: false }
}

type Resolved<'a> = Result<(&'a SignedIn, Option<Reach>), Step>;

fn find<'a>(able: &[&'a SignedIn], id: &IdentityId) -> Option<&'a SignedIn> {
    able.iter().copied().find(|s| s.identity_id == *id)
}

fn choose_identity<'a>(request: &AuthorizationRequest, facts: &Facts<'_>, able: &[&'a SignedIn]) -> Resolved<'a> {
    if let Some(acting) = facts.progress.choice.as_ref().and_then(|c| find(able, &c.identity_id)) {
        return Ok((acting, None));
    }
    let ask = request.prompt.has(Prompt::SelectAccount) || able.len() > 1;
    match able {
        [only] if !ask => Ok((only, None)),
        _ if request.is_silent() => {
            Err(fail_because(ErrorCode::AccountSelectionRequired, Reason::AccountAmbiguous, "several people are signed in; none is named"))
        }
        _ => Err(Step::SelectAccount),
    }
}

fn choose_account<'a>(request: &AuthorizationRequest, facts: &Facts<'_>, able: &[&'a SignedIn]) -> Resolved<'a> {
    let silent = request.is_silent();
    let usage = facts.client.metadata.organization_usage;
    let inside = |reach: &Reach| match &facts.company {
        NamedCompany::NotNamed => true,
        NamedCompany::Unavailable => false,
        NamedCompany::Open(id) => reach.account.company.id == *id,
    };
    let named = facts.company != NamedCompany::NotNamed;
    // Whatever was gathered: nothing outside the company that the app named will do.
    let candidates: Vec<&Reach> = facts.candidates.iter().filter(|r| inside(r)).collect();
    let enter = |reach: &Reach| find(able, &reach.acting).map(|acting| (acting, Some(reach.clone())));

    let linked: Vec<&Reach> = facts.linked.iter().filter(|r| inside(r)).collect();

    // A choice made on the chooser of this very interaction comes before everything that led there.
    if let Some(chosen) = facts.chosen.as_ref().filter(|r| inside(r)) {
        // Chosen, and meanwhile signed in too long ago: it is asked of that person, never given to another one.
        return enter(chosen).ok_or_else(|| sign_in_again(request, facts, &chosen.acting));
    }
    if let (OrganizationUsage::Allow, false, Some(Choice { identity_id, account_id: None, .. })) = (usage, named, &facts.progress.choice)
        && let Some(acting) = find(able, identity_id)
    {
        return Ok((acting, None));
    }
    // An unknown company is answered as one without an account of theirs at every turn from here on.
    let any = !candidates.is_empty() || !linked.is_empty();
    // What was chosen ended meanwhile: another one is the person's to choose, never a default's.
    let stale = facts.chosen.is_none() && facts.progress.choice.as_ref().is_some_and(|c| c.account_id.is_some());
    if (facts.progress.choosing_again || stale) && !silent && any {
        return Err(Step::SelectAccount);
    }
    if let Some(LoginHint::Account(_)) = request.login_hint {
        return match &facts.selected {
            None => Err(refused(request, Reason::OrganizationAccessDenied)),
            Some(reach) if !inside(reach) => Err(fail(ErrorCode::InvalidRequest, "login_hint names an account outside organization")),
            Some(_) if request.prompt.has(Prompt::SelectAccount) => Err(Step::SelectAccount),
            // Several of their own accounts lead there: which one acts is theirs to say.
            Some(_) if facts.selected_from_several => Err(ask(silent)),
            // Its owner is signed in, but has to show the password again first.
            Some(reach) => enter(reach).ok_or_else(|| sign_in_again(request, facts, &reach.acting)),
        };
    }
    if request.prompt.has(Prompt::SelectAccount) && any {
        return Err(Step::SelectAccount);
    }
    if let Some(entered) = facts.hinted.as_ref().filter(|r| inside(r)).and_then(&enter) {
        return Ok(entered);
    }
    // The app means an account that is gone; silently it must not get another one (threats.md T34, T44).
    if silent && !named && request.hint.as_ref().is_some_and(|h| h.account_id.is_some()) {
        return Err(refused(request, Reason::OrganizationAccessDenied));
    }
    match candidates.as_slice() {
        // None of their own: a linked one, if it is the only one (design.md 5.1).
        [] if !linked.is_empty() => match linked.as_slice() {
            [only] => enter(only).ok_or(Step::SelectAccount),
            _ => Err(ask(silent)),
        },
        [] if usage == OrganizationUsage::Allow && !named => choose_identity(request, facts, able),
        // Somebody else who is signed in has an account there, and may enter once they show the password again.
        [] => Err(match facts.stale_owner.as_ref().filter(|_| facts.company != NamedCompany::Unavailable) {
            Some(owner) => sign_in_again(request, facts, owner),
            None => refused(request, if named { Reason::OrganizationAccessDenied } else { Reason::NoOrganization }),
        }),
        [only] => enter(only).ok_or(Step::SelectAccount),
        [first, ..] => {
            if silent {
                return Err(ask(silent));
            }
            match facts.client.metadata.account_selection {
                AccountSelection::Oldest | AccountSelection::LastUsed if !named => enter(first).ok_or(Step::SelectAccount),
                _ => Err(Step::SelectAccount),
            }
        }
    }
}

/// Several accounts fit: the person says which. A silent request is never answered by a guess (threats.md T44).
fn ask(silent: bool) -> Step {
    if silent {
        return fail_because(ErrorCode::AccountSelectionRequired, Reason::AccountAmbiguous, "several accounts fit; name one by login_hint or organization");
    }
    Step::SelectAccount
}

/// Asks for the password of somebody who is signed in; once somebody signed in here, asking again would be a loop.
fn sign_in_again(request: &AuthorizationRequest, facts: &Facts<'_>, owner: &IdentityId) -> Step {
    match (request.is_silent(), facts.progress.proved.is_empty()) {
        (true, _) => fail(ErrorCode::LoginRequired, "a fresh sign-in is needed"),
        (false, true) => Step::SignIn { expected: Some(owner.clone()), adding: false },
        (false, false) => refused(request, Reason::OrganizationAccessDenied),
    }
}

fn refused(request: &AuthorizationRequest, reason: Reason) -> Step {
    if request.is_silent() {
        let description =
            if reason == Reason::NoOrganization { "this person has no organization that uses this app" } else { "this organization cannot be entered" };
        return fail_because(ErrorCode::AccessDenied, reason, description);
    }
    Step::Refused { reason, may_choose: request.organization.is_none() && reason == Reason::OrganizationAccessDenied }
}

fn consent(request: &AuthorizationRequest, facts: &Facts<'_>, approved: Approved) -> Step {
    let here = Choice::of(&approved.acting.identity_id, approved.reach.as_ref());
    let account_id = here.account_id.clone();
    if facts.progress.consented.as_ref() == Some(&here) {
        return Step::Answer(Box::new(approved));
    }
    let client = &facts.client.metadata;
    let remembered = facts.remembered.iter().any(|c| c.identity_id == here.identity_id && c.account_id == account_id && c.scope.covers(&approved.scope));
    // RFC 8252 8.6: anyone on the device can claim a native app's address, so nothing is skipped for it. And who asked on a device is known
    // to nobody but the person in front of it, who therefore always says so (RFC 8628 section 5.4).
    let skip = (client.consent == ConsentPolicy::Implicit || remembered) && !client.is_native() && !request.is_for_device();
    match (request.prompt.has(Prompt::Consent), skip) {
        (false, true) => Step::Answer(Box::new(approved)),
        _ if request.is_silent() => fail(ErrorCode::ConsentRequired, "the person has not consented yet"),
        _ => Step::Consent(Box::new(approved)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{AccountKind, AccountView, CompanyView, Method, Profile, Proof, Proofs, Via};
    use crate::flow::{Progress, Remembered};
    use crate::protocol::{AuthorizationRequest, Client, ClientCompanies, ClientMetadata, Params};
    use crate::types::{AccountId, ClientId, CompanyId, DisplayText, Random, RedirectUri};

    const NOW: i64 = 1_800_000_000;

    fn now() -> Timestamp {
        Timestamp::from_seconds(NOW)
    }

    /// Two people with two accounts each, and a client.
    struct House {
        client: Client,
        people: Vec<SignedIn>,
        accounts: Vec<Reach>,
    }

    impl House {
        /// The first person in an account of the other one, through a link.
        fn entered(&self, reach: &Reach) -> Reach {
            let link = crate::types::LinkId::mint(now(), &mut Random::system());
            Reach {
                acting: self.people[0].identity_id.clone(),
                via: Via::Link(link),
                origin: Some(self.accounts[0].account.id.clone()),
                origin_wants: Default::default(),
                account: reach.account.clone(),
            }
        }
    }

    fn house(metadata: ClientMetadata, ages: [i64; 2]) -> House {
        let mut rng = Random::system();
        let client = Client {
            id: ClientId::mint(now(), &mut rng),
            name: DisplayText::parse("App").expect("a name"),
            metadata,
            companies: ClientCompanies::All,
            disabled: false,
            untrusted: false,
        };
        let people: Vec<SignedIn> = ages
            .iter()
            .map(|age| SignedIn {
                identity_id: IdentityId::mint(now(), &mut rng),
                label: "x".into(),
                profile: Profile::default(),
                proofs: Proofs::default().with(Proof { method: Method::Password, at: now() - Seconds(*age) }),
                enrolled: Default::default(),
                floor: Default::default(),
            })
            .collect();
        let accounts = people
            .iter()
            .flat_map(|p| [p, p])
            .map(|p| Reach {
                acting: p.identity_id.clone(),
                via: Via::Own,
                origin: None,
                origin_wants: Default::default(),
                account: AccountView {
                    id: AccountId::mint(now(), &mut rng),
                    identity_id: p.identity_id.clone(),
                    company: CompanyView {
                        id: CompanyId::mint(now(), &mut rng),
                        slug: "s".into(),
                        name: "S".into(),
                        region: String::new(),
                        service_status: String::new(),
                        logo: None,
                        publicly_named: false,
                        manager_title: None,
                        policy: Default::default(),
                        closed_at: None,
                    },
                    kind: AccountKind::Member,
                    roles: vec![],
                    role_titles: String::new(),
                    created_at: now(),
                    last_used_at: None,
                    ended_at: None,
                },
            })
            .collect();
        House { client, people, accounts }
    }

    fn request(client: &Client, extra: &[(&str, &str)]) -> AuthorizationRequest {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let id = client.id.to_string();
        let mut all = vec![
            ("client_id", id.as_str()),
            ("redirect_uri", "https://a.test/cb"),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ];
        all.extend_from_slice(extra);
        AuthorizationRequest::check(&Params::of(all), client, "https://id.test", |_| None, |_| None).expect("a good request")
    }

    proptest! {
        // A fixed seed: the same cases every time, more of them by hand.
        #![proptest_config(ProptestConfig { cases: 5000, rng_seed: proptest::test_runner::RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]
        /// Tokens come out only with a session, fresh proofs, an account (where one is needed) and consent in place;
        /// `prompt=none` always answers without asking; and the journey is total.
        #[test]
        fn the_core_holds_whatever_the_facts(
            prompt in prop::sample::select(vec!["", "none", "login", "consent", "select_account", "login select_account"]),
            max_age in prop::option::of(0_i64..200),
            ages in [0_i64..300, 0..300],
            signed_in in 0_usize..3,
            proved in prop::collection::vec(0_usize..2, 0..2),
            candidates in 0_usize..4,
            links in 0_usize..3,
            chosen in prop::option::of(0_usize..4),
            consented in prop::option::of(0_usize..4),
            remembered in any::<bool>(),
            adding in any::<bool>(),
            again in any::<bool>(),
            company in 0_u8..3,
            usage in prop::sample::select(vec![OrganizationUsage::Deny, OrganizationUsage::Allow, OrganizationUsage::Require]),
            selection in prop::sample::select(vec![AccountSelection::Ask, AccountSelection::Oldest]),
        ) {
            let metadata = ClientMetadata { redirect_uris: vec![RedirectUri::parse("https://a.test/cb").expect("a URI")], organization_usage: usage, account_selection: selection, ..ClientMetadata::default() };
            let house = house(metadata, ages);
            let age = max_age.map(|a| a.to_string()).unwrap_or_default();
            let request = request(&house.client, &[("prompt", prompt), ("max_age", &age)]);
            let people = &house.people[..signed_in];
            let here = |reach: &&Reach| people.iter().any(|p| p.identity_id == reach.acting);
            let progress = Progress {
                proved: proved.iter().filter_map(|n| people.get(*n)).map(|p| p.identity_id.clone()).collect(),
                choice: None,
                consented: consented.map(|n| Choice { identity_id: house.accounts[n].acting.clone(), account_id: (usage != OrganizationUsage::Deny).then(|| house.accounts[n].account.id.clone()), link_id: None }),
                adding_identity: adding,
                choosing_again: again,
                ..Progress::default()
            };
            let able: Vec<_> = eligible(&request, &Expected::Anyone, people, &progress.proved, now()).into_iter().map(|p| p.identity_id.clone()).collect();
            let facts = Facts {
                client: &house.client,
                signed_in: people,
                expected: Expected::Anyone,
                company: match company { 0 => NamedCompany::NotNamed, 1 => NamedCompany::Unavailable, _ => NamedCompany::Open(house.accounts[0].account.company.id.clone()) },
                selected: None,
                hinted: None,
                chosen: chosen.map(|n| house.accounts[n].clone()).filter(|r| here(&r)),
                selected_from_several: false,
                linked: house.accounts.iter().rev().take(links).filter(|_| able.contains(&house.people[0].identity_id)).map(|r| house.entered(r)).collect(),
                candidates: house.accounts.iter().take(candidates).filter(|r| able.contains(&r.acting)).take(2).cloned().collect(),
                stale_owner: None,
                operator: Default::default(),
                progress: &progress,
                remembered: if remembered { house.accounts.iter().map(|r| Remembered { identity_id: r.acting.clone(), account_id: Some(r.account.id.clone()), scope: request.scope.clone() }).collect() } else { vec![] },
                scope: request.scope.clone(),
            };
            let step = next_step(&request, &facts, now());
            if prompt == "none" {
                prop_assert!(matches!(step, Step::Answer(_) | Step::Fail(_)), "{step:?}");
            }
            if let Step::Answer(approved) = &step {
                prop_assert!(able.contains(&approved.acting.identity_id), "somebody signed in, fresh enough");
                if usage == OrganizationUsage::Require {
                    prop_assert!(approved.reach.is_some());
                }
                if let Some(reach) = &approved.reach {
                    prop_assert_eq!(&reach.acting, &approved.acting.identity_id, "their own");
                    if let NamedCompany::Open(id) = &facts.company {
                        prop_assert_eq!(id, &reach.account.company.id);
                    }
                    prop_assert!(facts.company != NamedCompany::Unavailable);
                    // Nobody lands in somebody else's account while one of their own would do and nobody chose.
                    let own_would_do = facts.candidates.iter().any(|c| match &facts.company { NamedCompany::Open(id) => c.account.company.id == *id, _ => true });
                    prop_assert!(reach.via == Via::Own || !own_would_do);
                    prop_assert_eq!(reach.via == Via::Own, reach.origin.is_none());
                }
                let here = Choice::of(&approved.acting.identity_id, approved.reach.as_ref());
                let agreed = progress.consented.as_ref() == Some(&here) || (remembered && approved.reach.is_some() && !prompt.contains("consent"));
                prop_assert!(agreed, "consent");
            }
        }
    }
}
