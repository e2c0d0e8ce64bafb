//! The one place that draws random bytes.

use ring::rand::{SecureRandom, SystemRandom};

/// The operating system's cryptographic random number generator.
#[derive(Clone, Debug)]
pub struct Rng(SystemRandom);

impl Rng {
    /// The generator of this process.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the generator that everyone else is given")]
    pub fn system() -> Self {
        Self(SystemRandom::new())
    }

    /// `N` fresh random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done then.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}
