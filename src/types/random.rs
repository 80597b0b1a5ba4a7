//! Randomness as an argument.
//!
//! Whatever is minted takes an `impl CryptoRng`. Production hands down [`Random::system`];
//! tests hand down a seeded generator of their own, which no configuration can reach.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::SysRng;
use rand::{CryptoRng, TryCryptoRng, TryRng};

/// A cloneable source of random bytes.
#[derive(Clone)]
pub struct Random(Source);

#[derive(Clone)]
enum Source {
    System,
    Given(Arc<Mutex<dyn CryptoRng + Send>>),
}

impl Random {
    /// The operating system's generator.
    pub fn system() -> Self {
        Self(Source::System)
    }
    /// A generator handed in by the caller (tests).
    pub fn given(source: impl CryptoRng + Send + 'static) -> Self {
        Self(Source::Given(Arc::new(Mutex::new(source))))
    }
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        let Ok(()) = self.try_fill_bytes(&mut out);
        out
    }
}

impl TryRng for Random {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        match &self.0 {
            // Without randomness nothing safe can be minted, so a failing source stops the request.
            Source::System => SysRng.try_fill_bytes(dst).expect("the operating system's random source answers"),
            Source::Given(source) => source.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(dst),
        }
        Ok(())
    }
}
impl TryCryptoRng for Random {}
