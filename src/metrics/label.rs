//! Labels: closed lists of values, and families of one metric for each.

use std::marker::PhantomData;

use crate::keys::{Algorithm, KeyState};
use crate::oauth::GrantType;

/// A closed list of the values that a label can have.
pub trait Label: Copy + 'static {
    /// Every value, each at the place that [`Label::index`] gives.
    const ALL: &'static [Self];

    /// The value as it is shown.
    fn name(self) -> &'static str;

    /// Its place in [`Label::ALL`].
    fn index(self) -> usize;
}

/// An enum that is a label, with what each variant is shown as.
macro_rules! labels {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])+ $variant:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])+ $variant,)+
        }

        impl $crate::metrics::Label for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            fn index(self) -> usize {
                self as usize
            }
        }
    };
}
pub(super) use labels;

impl Label for Algorithm {
    const ALL: &'static [Self] = &[Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn index(self) -> usize {
        self as usize
    }
}

impl Label for KeyState {
    const ALL: &'static [Self] = &[Self::Next, Self::Active, Self::Retiring, Self::Gone];

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// The grant of a request that was read, or none.
impl Label for Option<GrantType> {
    const ALL: &'static [Self] = &{
        let mut all = [None; GrantType::ALL.len() + 1];
        let mut at = 0;
        while at < GrantType::ALL.len() {
            all[at] = Some(GrantType::ALL[at]);
            at += 1;
        }
        all
    };

    fn name(self) -> &'static str {
        self.map_or("unknown", GrantType::as_str)
    }

    fn index(self) -> usize {
        Self::ALL.iter().position(|known| *known == self).unwrap_or(GrantType::ALL.len())
    }
}

/// One metric for each value of a label.
pub struct Family<L, M>(Box<[M]>, PhantomData<L>);

impl<L: Label, M> Family<L, M> {
    /// A family whose members are made alike.
    pub fn new(make: impl Fn() -> M) -> Self {
        Self(L::ALL.iter().map(|_| make()).collect(), PhantomData)
    }

    /// The metric of a value.
    pub fn of(&self, label: L) -> &M {
        &self.0[label.index()]
    }

    /// Every value's name with its metric.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &M)> {
        L::ALL.iter().map(|label| (label.name(), self.of(*label)))
    }
}

impl<L: Label, M: Default> Default for Family<L, M> {
    fn default() -> Self {
        Self::new(M::default)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ClientRefusal, DeliveryOutcome, PurgedTable, Refusal, SignInOutcome, SignInVia, UnitKind};
    use super::*;

    fn assert_is_closed<L: Label>() {
        for (at, label) in L::ALL.iter().enumerate() {
            assert_eq!(label.index(), at, "{}", label.name());
            assert!(L::ALL[..at].iter().all(|other| other.name() != label.name()), "{} twice", label.name());
        }
    }

    #[test]
    fn every_value_has_a_place_and_a_name_of_its_own() {
        assert_is_closed::<Algorithm>();
        assert_is_closed::<Option<GrantType>>();
        assert_is_closed::<super::super::tokens::TokenResult>();
        assert_is_closed::<SignInOutcome>();
        assert_is_closed::<SignInVia>();
        assert_is_closed::<ClientRefusal>();
        assert_is_closed::<KeyState>();
        assert_is_closed::<UnitKind>();
        assert_is_closed::<Refusal>();
        assert_is_closed::<PurgedTable>();
        assert_is_closed::<DeliveryOutcome>();
    }
}
