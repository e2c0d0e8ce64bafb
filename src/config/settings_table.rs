//! The macro that makes the types of the raw configuration, and the list of its keys, from one table.

macro_rules! setting {
    ($prefix:expr, $key:ident, $type:ty, [$($default:expr)?], [$($example:expr)?], [$($doc:literal),+]) => {
        Setting {
            key: concat!($prefix, stringify!($key)),
            kind: <$type as Typed>::KIND,
            default: stringify!($($default)?),
            example: stringify!($($example)?),
            description: &[$($doc),+],
            accepts: |value| value.clone().try_into::<$type>().is_ok(),
        }
    };
}

/// Makes [`Raw`], a struct for each section, [`SETTINGS`] and [`Raw::values`].
macro_rules! settings {
    (
        $($(#[doc = $doc:literal])+ $key:ident: $type:ty $(= $default:expr)? $(, such as $example:expr)?;)+
        $([$section:ident] $name:ident {
            $($(#[doc = $docs:literal])+ $keys:ident: $types:ty $(= $defaults:expr)? $(, such as $examples:expr)?;)+
        })+
    ) => {
        /// What was typed, over the defaults.
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Raw {
            $($(#[doc = $doc])+ pub $key: $type,)+
            $(pub $section: $name,)+
        }

        $(
            #[derive(Clone, Debug, PartialEq, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $name {
                $($(#[doc = $docs])+ pub $keys: $types,)+
            }
        )+

        pub(super) const SETTINGS: &[Section] = &[
            &[$(setting!("", $key, $type, [$($default)?], [$($example)?], [$($doc),+])),+],
            $(&[$(setting!(
                concat!(stringify!($section), "."), $keys, $types, [$($defaults)?], [$($examples)?], [$($docs),+]
            )),+]),+
        ];

        impl Raw {
            /// Every key with its value, `None` where it has none.
            pub fn values(&self) -> Vec<(&'static str, Option<Value>)> {
                vec![
                    $((stringify!($key), self.$key.to_toml()),)+
                    $($((concat!(stringify!($section), ".", stringify!($keys)), self.$section.$keys.to_toml()),)+)+
                ]
            }
        }
    };
}
pub(super) use {setting, settings};
