//! Passwords: argon2id (RFC 9106) in a fixed number of slots.
//!
//! With a pepper, every hash needs that secret too, which is kept apart from the database (NIST SP 800-63B-4 section 3.1.1.2): it is the
//! secret value K of RFC 9106 section 3.1, and the PHC string names it by `keyid`.
//!
//! Each slot is a thread that keeps its memory block. Requests wait in a bounded, fair queue; beyond it they are told to
//! come back, so that a burst of sign-ins cannot take the server down.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use icu_normalizer::ComposingNormalizerBorrowed;
use subtle::ConstantTimeEq;
use tokio::sync::oneshot;

use super::foreign_hash::foreign_matches;
use crate::types::{Random, Secret};

/// The cost of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes.
    pub passes: u32,
}

impl Default for HashCost {
    /// OWASP's first choice: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory: 19 * 1024, passes: 2 }
    }
}

/// Too many hashes wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many sign-ins at once")]
pub struct Busy;

/// Whether a password was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No.
    Wrong,
    /// Yes.
    Right,
    /// Yes, and here is a hash of today's cost to keep instead.
    RightUpgrade(String),
}

/// How this server hashes.
#[derive(Clone)]
struct Recipe {
    cost: HashCost,
    pepper: Option<Secret>,
}

impl Recipe {
    /// What a PHC string says of the pepper: the beginning of its digest, which tells nothing about 128 random bits or more.
    fn keyid(&self) -> Vec<u8> {
        self.pepper.as_ref().map(|p| crate::types::Digest::of(p.expose().as_bytes()).as_str().as_bytes()[..8].to_vec()).unwrap_or_default()
    }
    /// The secret that a hash with this `keyid` needs; `None` when it is one that this server does not have.
    fn secret_of(&self, keyid: &[u8]) -> Option<&[u8]> {
        match &self.pepper {
            _ if keyid.is_empty() => Some(&[]),
            Some(pepper) if self.keyid() == keyid => Some(pepper.expose().as_bytes()),
            _ => None,
        }
    }
}

enum Work {
    Verify { password: Secret, phc: Option<String>, answer: oneshot::Sender<Verdict> },
    Hash { password: Secret, answer: oneshot::Sender<String> },
    Hold(std::sync::mpsc::Receiver<()>),
}

/// The slots.
#[derive(Clone)]
pub struct Hasher {
    queue: SyncSender<Work>,
    asked: Arc<AtomicU64>,
    done: Arc<AtomicU64>,
}

/// The form of a password before it is checked or hashed: NFC, as RFC 8265 asks, and nothing else.
pub fn normalise(password: &str) -> Secret {
    Secret::new(ComposingNormalizerBorrowed::new_nfc().normalize(password).into_owned())
}

impl Hasher {
    /// Starts the slots.
    pub fn start(slots: usize, waiting: usize, cost: HashCost, pepper: Option<Secret>, rng: &Random) -> Self {
        let recipe = Recipe { cost, pepper };
        let (queue, work) = sync_channel(waiting);
        let work = Arc::new(Mutex::new(work));
        let done = Arc::new(AtomicU64::new(0));
        // What an unknown name is checked against, so that it costs the same.
        let dummy = phc_of(&mut Vec::new(), &Secret::new("nobody has this password".to_owned()), &recipe, &mut rng.clone());
        for n in 0..slots {
            let (work, done, rng, dummy, recipe) = (work.clone(), done.clone(), rng.clone(), dummy.clone(), recipe.clone());
            std::thread::Builder::new()
                .name(format!("hash-{n}"))
                .spawn(move || slot(&work, &done, &recipe, rng, &dummy))
                .expect("the operating system starts threads");
        }
        Self { queue, asked: Arc::default(), done }
    }
    fn send(&self, work: Work) -> Result<(), Busy> {
        self.queue.try_send(work).map_err(|e| match e {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => Busy,
        })?;
        self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    /// Checks a password; without a hash to check against, does the same work and says no.
    pub async fn verify(&self, password: Secret, phc: Option<String>) -> Result<Verdict, Busy> {
        let (answer, told) = oneshot::channel();
        self.send(Work::Verify { password, phc, answer })?;
        told.await.map_err(|_| Busy)
    }
    /// Hashes a new password into a PHC string.
    pub async fn hash(&self, password: Secret) -> Result<String, Busy> {
        let (answer, told) = oneshot::channel();
        self.send(Work::Hash { password, answer })?;
        told.await.map_err(|_| Busy)
    }
    /// How many hashes were computed, for the tests that count them.
    pub fn computed(&self) -> u64 {
        self.done.load(Ordering::SeqCst)
    }
    /// How many hashes were asked for, for the tests that wait until somebody waits.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
    /// Keeps a slot from hashing until what is returned is dropped, for the tests in which something happens behind a hash.
    /// It counts as asked for.
    pub fn hold(&self) -> std::sync::mpsc::Sender<()> {
        let (held, until) = std::sync::mpsc::channel();
        self.send(Work::Hold(until)).expect("a queue with room");
        held
    }
}

fn slot(work: &Mutex<Receiver<Work>>, done: &AtomicU64, recipe: &Recipe, mut rng: Random, dummy: &str) {
    let mut memory = Vec::new();
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Err(_) => return,
            Ok(Work::Hold(until)) => {
                let _ = until.recv();
            }
            Ok(Work::Verify { password, phc, answer }) => {
                if answer.is_closed() {
                    continue;
                }
                let known = phc.is_some();
                let phc = phc.unwrap_or_else(|| dummy.to_owned());
                let right = matches(&mut memory, recipe, &password, &phc);
                // A hash from elsewhere may have wanted much more memory than ours: it is given back.
                if memory.capacity() > recipe.cost.memory as usize * 2 {
                    memory = Vec::new();
                }
                done.fetch_add(1, Ordering::SeqCst);
                let verdict = match (right && known, is_weaker(&phc, recipe)) {
                    (false, _) => Verdict::Wrong,
                    (true, false) => Verdict::Right,
                    (true, true) => Verdict::RightUpgrade(phc_of(&mut memory, &password, recipe, &mut rng)),
                };
                let _ = answer.send(verdict);
            }
            Ok(Work::Hash { password, answer }) => {
                let phc = phc_of(&mut memory, &password, recipe, &mut rng);
                done.fetch_add(1, Ordering::SeqCst);
                let _ = answer.send(phc);
            }
        }
    }
}

/// Runs argon2 in the slot's own memory.
fn compute(memory: &mut Vec<Block>, params: &Params, secret: &[u8], algorithm: Algorithm, password: &Secret, salt: &[u8], out: &mut [u8]) -> bool {
    memory.resize(params.block_count(), Block::default());
    let argon2 = match secret {
        [] => Ok(Argon2::new(algorithm, Version::V0x13, params.clone())),
        secret => Argon2::new_with_secret(secret, algorithm, Version::V0x13, params.clone()),
    };
    argon2.is_ok_and(|a| a.hash_password_into_with_memory(password.expose().as_bytes(), salt, out, memory.as_mut_slice()).is_ok())
}

fn phc_of(memory: &mut Vec<Block>, password: &Secret, recipe: &Recipe, rng: &mut Random) -> String {
    let salt: [u8; 16] = rng.bytes();
    let mut out = [0; 32];
    let HashCost { memory: kib, passes } = recipe.cost;
    let params = Params::new(kib, passes, 1, Some(32)).expect("the configured cost is valid");
    let keyid = recipe.keyid();
    let secret = recipe.secret_of(&keyid).unwrap_or_default();
    assert!(compute(memory, &params, secret, Algorithm::Argon2id, password, &salt, &mut out), "argon2 takes any password");
    let pepper = if keyid.is_empty() { String::new() } else { format!(",keyid={}", STANDARD_NO_PAD.encode(keyid)) };
    format!("$argon2id$v=19$m={kib},t={passes},p=1{pepper}${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(out))
}

fn matches(memory: &mut Vec<Block>, recipe: &Recipe, password: &Secret, phc: &str) -> bool {
    if let Some(verdict) = foreign_matches(password, phc) {
        return verdict;
    }
    let check = || {
        let parsed = PasswordHash::new(phc).ok()?;
        let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).ok()?;
        let (salt, expected) = (parsed.salt?, parsed.hash?);
        let params = Params::try_from(&parsed).ok()?;
        let mut out = vec![0; expected.as_bytes().len()];
        // With a pepper that is not ours the work is done all the same: how long a refusal takes tells nothing of whose it is.
        let secret = recipe.secret_of(params.keyid());
        let computed = compute(memory, &params, secret.unwrap_or_default(), algorithm, password, salt.as_ref(), &mut out);
        Some(secret.is_some() && computed && bool::from(out.ct_eq(expected.as_bytes())))
    };
    let mut check = check;
    check().unwrap_or(false)
}

fn is_weaker(phc: &str, recipe: &Recipe) -> bool {
    let Some(parsed) = PasswordHash::new(phc).ok() else { return true };
    let params = Params::try_from(&parsed).ok();
    let weaker = |p: Params| p.m_cost() < recipe.cost.memory || p.t_cost() < recipe.cost.passes || p.keyid() != recipe.keyid();
    parsed.algorithm.as_str() != "argon2id" || params.is_none_or(weaker)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: HashCost = HashCost { memory: 64, passes: 1 };

    #[tokio::test]
    async fn a_password_matches_itself_and_nothing_else() {
        let hasher = Hasher::start(1, 8, CHEAP, None, &Random::system());
        let phc = hasher.hash(normalise("correct horse battery staple")).await.expect("hashed");
        assert_eq!(hasher.verify(normalise("correct horse battery staple"), Some(phc.clone())).await, Ok(Verdict::Right));
        assert_eq!(hasher.verify(normalise("wrong horse battery staple"), Some(phc.clone())).await, Ok(Verdict::Wrong));
        assert_eq!(hasher.verify(normalise("nobody has this password"), None).await, Ok(Verdict::Wrong));
        assert_eq!(hasher.computed(), 4);
    }

    #[tokio::test]
    async fn a_cheaper_hash_is_upgraded_when_its_owner_signs_in() {
        let old = Hasher::start(1, 8, CHEAP, None, &Random::system()).hash(normalise("p\u{e9}")).await.expect("hashed");
        let today = Hasher::start(1, 8, HashCost { memory: 128, passes: 2 }, None, &Random::system());
        // The same password in another Unicode form is the same password.
        match today.verify(normalise("pe\u{301}"), Some(old)).await {
            Ok(Verdict::RightUpgrade(new)) => assert_eq!(today.verify(normalise("p\u{e9}"), Some(new)).await, Ok(Verdict::Right)),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn nist_3_1_1_2_a_peppered_hash_needs_the_pepper_and_hashes_from_before_get_one() {
        let start = |pepper: Option<&str>| Hasher::start(1, 8, CHEAP, pepper.map(|p| Secret::new(p.to_owned())), &Random::system());
        let password = || normalise("correct horse battery staple");
        let (plain, peppered) = (start(None), start(Some("kept far away from the database, 32")));
        let before = plain.hash(password()).await.expect("hashed");
        let Ok(Verdict::RightUpgrade(after)) = peppered.verify(password(), Some(before)).await else { panic!("upgraded") };
        assert!(after.contains(",keyid=") && !after.contains("far away"), "{after}");
        assert_eq!(peppered.verify(password(), Some(after.clone())).await, Ok(Verdict::Right));
        assert_eq!(peppered.verify(normalise("another"), Some(after.clone())).await, Ok(Verdict::Wrong));
        // Without its mark it would be tried without the pepper: that alone is not what was hashed.
        let (before_mark, rest) = after.split_once(",keyid=").expect("a mark");
        let unmarked = format!("{before_mark}{}", &rest[rest.find('$').expect("a salt")..]);
        assert_eq!(plain.verify(password(), Some(unmarked)).await, Ok(Verdict::Wrong));
        for other in [plain, start(Some("another pepper that is long enough!"))] {
            assert_eq!(other.verify(password(), Some(after.clone())).await, Ok(Verdict::Wrong), "who has the database alone can check nothing");
        }
    }

    #[tokio::test]
    async fn a_full_queue_says_so_at_once() {
        let hasher = Hasher::start(1, 1, HashCost { memory: 19 * 1024, passes: 4 }, None, &Random::system());
        let tries = (0..6).map(|_| hasher.verify(normalise("x"), None));
        let all = futures(tries).await;
        assert!(all.contains(&Err(Busy)), "{all:?}");
        assert!(all.contains(&Ok(Verdict::Wrong)), "{all:?}");
    }

    async fn futures<T: Send + 'static>(all: impl Iterator<Item = impl Future<Output = T> + Send>) -> Vec<T> {
        let mut set = Vec::new();
        for f in all {
            set.push(Box::pin(f));
        }
        let mut out: Vec<Option<T>> = set.iter().map(|_| None).collect();
        std::future::poll_fn(|cx| {
            for (f, o) in set.iter_mut().zip(&mut out) {
                if o.is_none()
                    && let std::task::Poll::Ready(v) = f.as_mut().poll(cx)
                {
                    *o = Some(v);
                }
            }
            if out.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        out.into_iter().flatten().collect()
    }
}
