//! The configuration in writing: what is in effect, and the example with every key.

use std::collections::BTreeMap;

use toml::Value;

use super::claims;
use super::period::Period;
use super::raw::{
    Raw, RawAccounts, RawAuthorization, RawConnections, RawDatabase, RawKeys, RawLog, RawManagement, RawOutbound,
    RawPasswords, RawRegistration, RawSecrets, RawSession, RawTelemetry, RawTokens,
};
use super::setting::{Kind, Setting};
use super::table::document;
use super::traces::TRACES;
use super::typed::{RawDatabaseUrl, RawSecret};
use super::{AddressRange, Config, Database};
use crate::types::Secret;

const ABOUT: &str = "\
# Countersign's configuration: every key, commented out, with its default. Keys whose default depends on others, or that
# have none, show an example. An environment variable goes before a key here: COUNTERSIGN_TOKENS__ACCESS_TTL is
# access_ttl under [tokens]. With _FILE added it names a file with the value in it, for secrets and the database's URL;
# a file with a secret in it, this one too, must be closed to others (chmod 600) if the server owns it and can change it.
# Durations are text such as \"90s\", \"5m\", \"24h\" or \"30d\", or a whole number of seconds.
";

/// The example with every key, its description and its default, as it is kept in `config/countersign.toml`.
#[must_use]
pub fn example() -> String {
    let commented = |setting: &'static Setting| {
        let mut lines = vec![String::new()];
        lines.extend(setting.description.iter().map(|line| format!("#{line}")));
        if let Kind::Choice(_) = setting.kind {
            lines.push(format!("# One of {}.", setting.kind));
        }
        lines.push(format!("#{} = {}", setting.name(), setting.default().unwrap_or(setting.example)));
        Some(lines.join("\n"))
    };
    format!("{ABOUT}{}", document(commented))
}

impl Config {
    /// The configuration in effect, as TOML. A secret is shown as `(set)` or `(not set)`.
    #[must_use]
    pub fn show(&self) -> String {
        let values: BTreeMap<_, _> = Raw::from(self).values().into_iter().collect();
        document(|setting| {
            let absent = || setting.kind.is_secret().then(|| Value::from("(not set)"));
            Some(match values.get(setting.key()).cloned().flatten().or_else(absent) {
                Some(value) => format!("{} = {value}", setting.name()),
                None => format!("# {} is not set", setting.name()),
            })
        })
    }
}

impl Config {
    /// The same as JSON, with `null` where nothing is set.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let mut shown = serde_json::json!({});
        for (key, value) in Raw::from(self).values() {
            let value = serde_json::to_value(value).unwrap_or_default();
            match key.split_once('.') {
                Some((section, name)) => shown[section][name] = value,
                None => shown[key] = value,
            }
        }
        shown
    }
}

impl From<&Config> for Raw {
    fn from(config: &Config) -> Self {
        Self {
            issuer: config.issuer.as_ref().map(ToString::to_string),
            name: config.name.clone(),
            profile: config.profile,
            listen: config.listen,
            trusted_proxies: raw_ranges(&config.proxies.trusted),
            forwarded_header: config.proxies.header,
            data_dir: config.data_dir.display().to_string(),
            shutdown_delay: Period(config.shutdown_delay),
            shutdown_timeout: Period(config.shutdown_timeout),
            workers: number(config.workers),
            connections: RawConnections {
                most: config.connections.most.map_or(0, number),
                most_per_address: number(config.connections.most_per_address),
            },
            database: raw_database(&config.database),
            secrets: RawSecrets {
                master_key: config.secrets.master_key.clone().map(RawSecret),
                master_key_previous: raw_list(&config.secrets.master_key_previous),
            },
            tokens: raw_tokens(&config.tokens),
            session: RawSession { ttl: Period(config.session.ttl), idle_ttl: Period(config.session.idle_ttl) },
            authorization: RawAuthorization {
                pkce: config.pkce,
                unknown_scopes: config.unknown_scopes,
                resource_patterns: text(&config.resource_patterns.iter().collect::<Vec<_>>().join(" ")),
            },
            registration: raw_registration(&config.registration),
            keys: raw_keys(&config.keys),
            claims: claims::typed(&config.claims),
            accounts: RawAccounts { email_addresses: config.email_addresses },
            passwords: RawPasswords {
                hash_slots: number(config.passwords.hash_slots),
                queue: number(config.passwords.queue),
                memory_kib: config.passwords.memory_kib,
                iterations: config.passwords.iterations,
            },
            management: RawManagement { listen: config.management },
            outbound: RawOutbound {
                allowed_addresses: raw_ranges(&config.outbound.allowed_addresses),
                timeout: Period(config.outbound.timeout),
            },
            log: RawLog { level: config.log.level, format: config.log.format },
            telemetry: RawTelemetry { otlp_endpoint: config.otlp_traces.as_deref().map(base_of_traces) },
        }
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn base_of_traces(url: &str) -> String {
    url.strip_suffix(TRACES).unwrap_or(url).to_owned()
}

fn raw_database(database: &Database) -> RawDatabase {
    let connections = match database {
        Database::Sqlite { .. } => 0,
        Database::Postgres { connections, .. } => number(*connections),
    };
    RawDatabase { url: Some(RawDatabaseUrl(Secret::new(database.url()))), connections }
}

fn raw_keys(keys: &super::Keys) -> RawKeys {
    RawKeys {
        algorithm: keys.algorithm,
        id_token_algorithms: keys.id_token_algorithms.clone(),
        rsa_bits: keys.rsa_bits,
        rotation_interval: Period(keys.rotation_interval),
        publish_ahead: Period(keys.publish_ahead),
        jwks_max_age: Period(keys.jwks_max_age),
    }
}

fn raw_list(secrets: &[Secret]) -> Option<Vec<RawSecret>> {
    (!secrets.is_empty()).then(|| secrets.iter().cloned().map(RawSecret).collect())
}

fn raw_ranges(ranges: &[AddressRange]) -> Option<Vec<String>> {
    (!ranges.is_empty()).then(|| ranges.iter().map(ToString::to_string).collect())
}

/// A text that is set, unless it is empty.
fn text(words: &str) -> Option<String> {
    (!words.is_empty()).then(|| words.to_owned())
}

fn raw_registration(registration: &super::Registration) -> RawRegistration {
    RawRegistration {
        mode: registration.mode,
        scope: Some(registration.scope.to_string()),
        resources: text(&registration.resources.join(" ")),
        private_schemes: text(&registration.private_schemes.join(" ")),
        most_clients: registration.most_clients,
    }
}

fn raw_tokens(tokens: &super::Tokens) -> RawTokens {
    RawTokens {
        access_ttl: Period(tokens.access_ttl),
        code_ttl: Period(tokens.code_ttl),
        refresh_ttl: Period(tokens.refresh_ttl),
        refresh_idle_ttl: Period(tokens.refresh_idle_ttl),
        refresh_retry_window: Period(tokens.refresh_retry_window),
        refresh_retry_window_public: Period(tokens.refresh_retry_window_public),
        id_token_ttl: Period(tokens.id_token_ttl),
        grants_per_client: number(tokens.grants_per_client),
    }
}
