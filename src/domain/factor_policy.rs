//! What a company asks of whoever enters it, and whether what was proved is enough (design.md section 3, 6 and 9).
//!
//! Judged is what this identity really proved in this browser, with its age: never mere enrolment, never somebody else's
//! proof (threats.md T39). What is missing is named, so that only the difference is asked.

use super::{Enrolled, Factor, Method, Proofs};
use crate::types::{Seconds, Timestamp};

/// How well somebody proved who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Level {
    /// One factor.
    #[default]
    #[serde(rename = "1fa")]
    One,
    /// Several factors.
    #[serde(rename = "mfa")]
    Several,
    /// A factor that no other site can ask for in our name.
    #[serde(rename = "phr")]
    PhishingResistant,
}

/// The text names no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a level is 1fa, mfa or phr")]
pub struct NotALevel;

impl Level {
    /// Every level, the lowest first.
    pub const ALL: [Level; 3] = [Level::One, Level::Several, Level::PhishingResistant];
    /// As stored, and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::One => "1fa",
            Level::Several => "mfa",
            Level::PhishingResistant => "phr",
        }
    }
}

impl std::str::FromStr for Level {
    type Err = NotALevel;
    fn from_str(text: &str) -> Result<Self, NotALevel> {
        Self::ALL.into_iter().find(|l| l.as_str() == text).ok_or(NotALevel)
    }
}

/// A company's demands. The default asks for nothing beyond a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct FactorPolicy {
    /// The least that will do.
    pub level: Level,
    /// Second factors that do not count here.
    pub refused: Vec<Method>,
    /// How old the proof may be; without one, as old as the session.
    pub max_age: Option<Seconds>,
    /// Whether a remembered device stands for a second factor.
    pub remembered_devices: bool,
    /// How long people may enter without a second factor after the level was raised, or their account began.
    pub grace: Seconds,
    /// When the level was last raised.
    pub since: Option<Timestamp>,
}

impl FactorPolicy {
    /// The shortest age that a company may ask for: below it, people would do nothing else.
    pub const MAX_AGE_LEAST: Seconds = Seconds::minutes(5);
    /// The longest grace.
    pub const GRACE_MOST: Seconds = Seconds::days(90);
    /// Until when somebody whose account began then may enter without a second factor.
    pub fn grace_until(&self, account_since: Timestamp) -> Timestamp {
        self.since.unwrap_or(account_since).max(account_since) + self.grace
    }
}

/// Everything that is asked of one person at one moment.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wanted {
    /// The least that will do.
    pub level: Level,
    /// Second factors that do not count.
    pub refused: Vec<Method>,
    /// How old the proof may be.
    pub max_age: Option<Seconds>,
    /// Whether a remembered device stands for a second factor.
    pub remembered_devices: bool,
    /// Until when whoever has no second factor may go on without; `None` when they may not.
    pub grace_until: Option<Timestamp>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { level: Level::One, refused: Vec::new(), max_age: None, remembered_devices: true, grace_until: None }
    }
}

impl Wanted {
    /// What a company asks of an account that began then.
    pub fn by(policy: &FactorPolicy, account_since: Timestamp) -> Self {
        Self {
            level: policy.level,
            refused: policy.refused.clone(),
            max_age: policy.max_age,
            remembered_devices: policy.remembered_devices || policy.level == Level::One,
            grace_until: Some(policy.grace_until(account_since)).filter(|_| policy.grace.0 > 0),
        }
    }
    /// A level alone, really shown: no browser stands for it.
    pub fn level(level: Level) -> Self {
        Self { level, remembered_devices: level == Level::One, ..Self::default() }
    }
    /// A fresh proof of the most that somebody's sign-in asks for.
    pub fn fresh(enrolled: &Enrolled, max_age: Seconds) -> Self {
        let level = if enrolled.is_empty() { Level::One } else { Level::Several };
        Self { max_age: Some(max_age), ..Self::level(level) }
    }
    /// Both at once: whatever either asks.
    pub fn and(mut self, other: &Wanted) -> Self {
        let raises = |w: &Wanted| w.level > Level::One;
        // A grace holds only while everybody who asks for more gives it.
        self.grace_until = match (raises(&self), raises(other)) {
            (true, true) => self.grace_until.zip(other.grace_until).map(|(a, b)| a.min(b)),
            (true, false) => self.grace_until,
            _ => other.grace_until,
        };
        self.level = self.level.max(other.level);
        self.refused.extend(other.refused.iter().copied().filter(|m| !self.refused.contains(m)).collect::<Vec<_>>());
        self.max_age = [self.max_age, other.max_age].into_iter().flatten().min();
        self.remembered_devices &= other.remembered_devices;
        self
    }
    /// What would do if it were registered, the strongest first.
    pub fn registrable(&self) -> Vec<Factor> {
        [Factor::Passkey, Factor::Totp, Factor::Text, Factor::Mail].into_iter().filter(|f| self.accepts(f.method())).collect()
    }
    /// Whether anybody could meet this where these kinds can be registered.
    pub fn can_be_met(&self, offers: impl Fn(Factor) -> bool) -> bool {
        self.level == Level::One || self.registrable().into_iter().any(offers)
    }
    /// Whether a proof of this kind counts as a second factor here.
    pub fn accepts(&self, method: Method) -> bool {
        method.is_second_factor() && method.level() >= self.level && !self.refused.contains(&method)
    }
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nothing.
    Nothing,
    /// A fresh sign-in, whichever way.
    SignIn,
    /// A second factor, by one of these kinds.
    Prove(Vec<Factor>),
    /// A second factor, and none that would do is registered. It may wait until then.
    Enroll(Option<Timestamp>),
}

/// Judges what one identity proved in one browser, and what it could prove, against what is asked.
pub fn judge(wanted: &Wanted, proofs: &Proofs, enrolled: &Enrolled, now: Timestamp) -> Demand {
    let fresh = |at: Timestamp| wanted.max_age.is_none_or(|most| now.since(at) <= most);
    if wanted.level == Level::One {
        return if proofs.auth_time().is_some_and(fresh) { Demand::Nothing } else { Demand::SignIn };
    }
    let shown = proofs.iter().any(|p| wanted.accepts(p.method) && fresh(p.at));
    let remembered = wanted.level == Level::Several && wanted.remembered_devices && proofs.iter().any(|p| p.method == Method::RememberedDevice && fresh(p.at));
    if shown || remembered {
        return Demand::Nothing;
    }
    let usable: Vec<Factor> = enrolled.iter().filter(|f| wanted.accepts(f.method())).collect();
    if !usable.is_empty() {
        return Demand::Prove(usable);
    }
    match wanted.grace_until.filter(|until| *until > now) {
        // A grace spares the second factor, not the age: what was shown at all must be as young as everybody's.
        Some(_) if !proofs.auth_time().is_some_and(fresh) => Demand::SignIn,
        until => Demand::Enroll(until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Proof;

    const NOW: i64 = 1_800_000_000;

    fn now() -> Timestamp {
        Timestamp::from_seconds(NOW)
    }

    /// Proofs by kind and age.
    fn proved(shown: &[(Method, i64)]) -> Proofs {
        shown.iter().fold(Proofs::default(), |all, (method, age)| all.with(Proof { method: *method, at: Timestamp::from_seconds(NOW - age) }))
    }

    /// Every combination of what was proved and how long ago, against every policy: the expected step is worked out here from
    /// the words of the rule, not from the code.
    #[test]
    fn every_combination_of_proofs_and_ages_against_every_policy() {
        const SECOND: [Method; 6] = [Method::Totp, Method::Passkey, Method::RecoveryCode, Method::MailCode, Method::TextCode, Method::RememberedDevice];
        let enrolments: [&[Factor]; 5] = [&[], &[Factor::Totp], &[Factor::Passkey], &[Factor::Mail], &[Factor::Totp, Factor::Passkey]];
        let (young, old) = (60, 7200);
        let mut cases = 0;
        for level in Level::ALL {
            for refused in [vec![], vec![Method::MailCode, Method::TextCode], vec![Method::RecoveryCode], vec![Method::Totp]] {
                for max_age in [None, Some(Seconds::hours(1))] {
                    for remembered_devices in [true, false] {
                        let wanted = Wanted { level, refused: refused.clone(), max_age, remembered_devices, grace_until: None };
                        for enrolled in enrolments {
                            // Each second factor: not shown, shown just now, shown long ago; the password likewise.
                            for code in 0..3_usize.pow(6) * 2 {
                                let password_age = if code % 2 == 0 { young } else { old };
                                let mut shown = vec![(Method::Password, password_age)];
                                for (at, method) in SECOND.iter().enumerate() {
                                    match code / 2 / 3_usize.pow(at as u32) % 3 {
                                        1 => shown.push((*method, young)),
                                        2 => shown.push((*method, old)),
                                        _ => {}
                                    }
                                }
                                let recent = |age: i64| max_age.is_none() || age == young;
                                let strong = |m: Method| match level {
                                    Level::One | Level::Several => m != Method::RememberedDevice && m != Method::Password,
                                    Level::PhishingResistant => m == Method::Passkey,
                                };
                                let any_recent = shown.iter().any(|(_, age)| recent(*age));
                                let second = shown.iter().any(|(m, age)| strong(*m) && !refused.contains(m) && recent(*age));
                                let device = shown.iter().any(|(m, age)| *m == Method::RememberedDevice && recent(*age));
                                let can: Vec<Factor> = enrolled.iter().copied().filter(|f| strong(f.method()) && !refused.contains(&f.method())).collect();
                                let expected = match level {
                                    Level::One if any_recent => Demand::Nothing,
                                    Level::One => Demand::SignIn,
                                    _ if second || (device && remembered_devices && level == Level::Several) => Demand::Nothing,
                                    _ if can.is_empty() => Demand::Enroll(None),
                                    _ => Demand::Prove(can),
                                };
                                let enrolled: Enrolled = enrolled.iter().copied().collect();
                                assert_eq!(judge(&wanted, &proved(&shown), &enrolled, now()), expected, "{wanted:?} {shown:?} {enrolled:?}");
                                cases += 1;
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(cases, 3 * 4 * 2 * 2 * 5 * 1458);
    }

    #[test]
    fn a_passkey_with_user_verification_is_several_factors_by_itself() {
        assert_eq!(judge(&Wanted::level(Level::Several), &proved(&[(Method::Passkey, 1)]), &Enrolled::default(), now()), Demand::Nothing);
        assert_eq!(proved(&[(Method::Passkey, 1)]).level(), Level::PhishingResistant);
    }

    #[test]
    fn t40_a_remembered_device_counts_as_what_it_is() {
        let proofs = proved(&[(Method::Password, 1), (Method::RememberedDevice, 1)]);
        assert_eq!(proofs.level(), Level::One);
        let content = Wanted { remembered_devices: true, ..Wanted::level(Level::Several) };
        assert_eq!(judge(&content, &proofs, &Enrolled::default(), now()), Demand::Nothing);
        assert_eq!(judge(&Wanted::level(Level::Several), &proofs, &Enrolled::default(), now()), Demand::Enroll(None));
        assert_eq!(judge(&Wanted::level(Level::PhishingResistant), &proofs, &Enrolled::default(), now()), Demand::Enroll(None));
    }

    #[test]
    fn a_policy_can_be_met_by_what_can_be_registered() {
        let apps = |f: Factor| f == Factor::Totp;
        assert!(Wanted::level(Level::Several).can_be_met(apps) && !Wanted::level(Level::PhishingResistant).can_be_met(apps));
        let no_apps = Wanted { refused: vec![Method::Totp], ..Wanted::level(Level::Several) };
        assert!(!no_apps.can_be_met(apps) && no_apps.can_be_met(|f| f == Factor::Text));
        assert!(Wanted { refused: vec![Method::Totp], ..Wanted::default() }.can_be_met(|_| false), "nothing is asked");
        assert_eq!(no_apps.registrable(), [Factor::Passkey, Factor::Text, Factor::Mail]);
    }

    #[test]
    fn a_grace_ends_and_holds_only_while_all_who_ask_for_more_give_it() {
        let later = now() + Seconds::days(3);
        let generous = Wanted { grace_until: Some(later), ..Wanted::level(Level::Several) };
        let strict = Wanted::level(Level::Several);
        let easy = Wanted::default();
        let none = Enrolled::default();
        let password = proved(&[(Method::Password, 1)]);
        assert_eq!(judge(&generous, &password, &none, now()), Demand::Enroll(Some(later)));
        assert_eq!(judge(&generous, &password, &none, later), Demand::Enroll(None));
        assert_eq!(judge(&generous.clone().and(&strict), &password, &none, now()), Demand::Enroll(None));
        assert_eq!(judge(&easy.and(&generous), &password, &none, now()), Demand::Enroll(Some(later)));
        let young = Wanted { max_age: Some(Seconds::minutes(15)), ..generous.clone() };
        assert_eq!(judge(&young, &password, &none, now()), Demand::Enroll(Some(later)));
        assert_eq!(judge(&young, &proved(&[(Method::Password, 3600)]), &none, now()), Demand::SignIn, "a grace spares no age");
        let policy = FactorPolicy { level: Level::Several, grace: Seconds::days(3), since: Some(now()), ..FactorPolicy::default() };
        assert_eq!(policy.grace_until(Timestamp::from_seconds(NOW - 99)), later);
        assert_eq!(policy.grace_until(now() + Seconds::days(1)), later + Seconds::days(1), "a new account has its own");
    }

    #[test]
    fn two_companies_ask_for_whatever_either_asks() {
        let a = Wanted { max_age: Some(Seconds::hours(1)), refused: vec![Method::MailCode], ..Wanted::level(Level::Several) };
        let b = Wanted { max_age: Some(Seconds::hours(8)), refused: vec![Method::TextCode], remembered_devices: false, ..Wanted::default() };
        let both = a.and(&b);
        assert_eq!((both.level, both.max_age, both.remembered_devices), (Level::Several, Some(Seconds::hours(1)), false));
        assert_eq!(both.refused, [Method::MailCode, Method::TextCode]);
    }
}
