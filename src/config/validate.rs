//! From what was typed to what is meant: one function a section, and a sentence for each broken rule.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::period::Period;
use super::raw::{
    Raw, RawConnections, RawKeys, RawLog, RawOutbound, RawPasswords, RawRegistration, RawSecrets, RawSession, RawTokens,
};
use super::rule::{SECOND, at_least_a_second, between, not_longer, not_shorter, number, require};
use super::traces::otlp_traces;
use super::typed::RawSecret;
use super::{
    AddressRange, Config, ConfigError, Connections, Issuer, Keys, Log, Outbound, Passwords, Proxies, Registration,
    Secrets, Session, Tokens,
};
use super::{claims, database};
use crate::keys::MAX_RING_AGE;
use crate::oauth::pkce::PkceRule;
use crate::oauth::private_scheme::check_dotless_name;
use crate::oauth::{Profile, ResourcePatterns, Scope, ScopeClaims};
use crate::types::{Secret, is_showable};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
/// Threads: more is a slip of the finger.
pub(super) const MOST_THREADS: u32 = 1024;

/// Checks every rule; the first that is broken is the error.
pub(super) fn validate(raw: Raw) -> Result<Config, ConfigError> {
    let claims = claims::meant(raw.claims)?;
    Ok(Config {
        issuer: raw.issuer.as_deref().map(Issuer::parse).transpose()?,
        name: name(raw.name)?,
        profile: raw.profile,
        management: management(raw.management.listen, raw.listen)?,
        listen: raw.listen,
        proxies: Proxies {
            trusted: ranges("trusted_proxies", "no proxy's address", raw.trusted_proxies)?,
            header: raw.forwarded_header,
        },
        shutdown_delay: shutdown_delay(raw.shutdown_delay)?,
        shutdown_timeout: raw.shutdown_timeout.0,
        workers: threads("workers", raw.workers)?,
        connections: connections(&raw.connections)?,
        database: database::meant(&raw.database, &raw.data_dir)?,
        data_dir: data_dir(raw.data_dir)?,
        secrets: secrets(raw.secrets)?,
        tokens: tokens(&raw.tokens)?,
        session: session(&raw.session)?,
        pkce: pkce(raw.authorization.pkce, raw.profile)?,
        unknown_scopes: raw.authorization.unknown_scopes,
        resource_patterns: ResourcePatterns::parse(raw.authorization.resource_patterns.as_deref().unwrap_or_default())
            .map_err(|reason| ConfigError::new("authorization.resource_patterns", reason))?,
        registration: registration(raw.registration, &claims)?,
        keys: keys(&raw.keys)?,
        claims,
        email_addresses: raw.accounts.email_addresses,
        passwords: passwords(&raw.passwords)?,
        outbound: outbound(raw.outbound)?,
        log: log(&raw.log),
        otlp_traces: otlp_traces(raw.telemetry)?,
        source_warnings: Vec::new(),
    })
}

fn shutdown_delay(typed: Period) -> Result<Duration, ConfigError> {
    between("shutdown_delay", typed, Duration::ZERO, 5 * MINUTE)?;
    Ok(typed.0)
}

fn connections(raw: &RawConnections) -> Result<Connections, ConfigError> {
    number("connections.most", raw.most, 0, 1_000_000)?;
    number("connections.most_per_address", raw.most_per_address, 1, 1_000_000)?;
    let most = (raw.most > 0).then(|| to_usize(raw.most));
    Ok(Connections { most, most_per_address: to_usize(raw.most_per_address) })
}

fn name(name: String) -> Result<String, ConfigError> {
    let fits = !name.trim().is_empty() && name.chars().count() <= 80 && is_showable(&name);
    require(fits, "name", || "it does not fit a page's title; write 1 to 80 letters on one line")?;
    Ok(name)
}

fn pkce(rule: PkceRule, profile: Profile) -> Result<PkceRule, ConfigError> {
    let fits = profile == Profile::Standard || rule == PkceRule::Always;
    require(fits, "authorization.pkce", || r#"profile = "strict" requires PKCE of every client; write always"#)?;
    Ok(rule)
}

fn ranges(key: &str, what: &str, typed: Option<Vec<String>>) -> Result<Vec<AddressRange>, ConfigError> {
    let range = |text: String| {
        AddressRange::parse(&text).map_err(|instead| ConfigError::new(key, format!("{text:?} is {what}; {instead}")))
    };
    typed.unwrap_or_default().into_iter().map(range).collect()
}

fn data_dir(data_dir: String) -> Result<PathBuf, ConfigError> {
    require(!data_dir.is_empty(), "data_dir", || r#"it is empty; write a directory such as "data""#)?;
    Ok(data_dir.into())
}

fn secrets(raw: RawSecrets) -> Result<Secrets, ConfigError> {
    let master_key = raw.master_key.map(|key| usable("secrets.master_key", key)).transpose()?;
    let previous = raw.master_key_previous.unwrap_or_default().into_iter();
    let master_key_previous =
        previous.map(|key| usable("secrets.master_key_previous", key)).collect::<Result<_, _>>()?;
    Ok(Secrets { master_key, master_key_previous })
}

/// Whether it is a good key is for `keys` to say; an example or what `config show` prints is none.
fn usable(key: &str, RawSecret(secret): RawSecret) -> Result<Secret, ConfigError> {
    let is_placeholder = secret.expose().trim().is_empty() || secret.expose().starts_with('(');
    require(!is_placeholder, key, || "it is a placeholder; write the output of `openssl rand -base64 32`")?;
    Ok(secret)
}

fn tokens(raw: &RawTokens) -> Result<Tokens, ConfigError> {
    let idle = ("tokens.refresh_idle_ttl", raw.refresh_idle_ttl);
    let window = ("tokens.refresh_retry_window", raw.refresh_retry_window);
    let window_public = ("tokens.refresh_retry_window_public", raw.refresh_retry_window_public);
    between("tokens.access_ttl", raw.access_ttl, SECOND, DAY)?;
    between("tokens.code_ttl", raw.code_ttl, SECOND, 10 * MINUTE)?;
    at_least_a_second("tokens.id_token_ttl", raw.id_token_ttl)?;
    at_least_a_second("tokens.refresh_ttl", raw.refresh_ttl)?;
    at_least_a_second(idle.0, idle.1)?;
    not_longer(idle, ("tokens.refresh_ttl", raw.refresh_ttl))?;
    between(window.0, window.1, Duration::ZERO, 5 * MINUTE)?;
    not_longer(window, idle)?;
    not_longer(window_public, window)?;
    number("tokens.grants_per_client", raw.grants_per_client, 1, 10_000)?;
    Ok(Tokens {
        access_ttl: raw.access_ttl.0,
        code_ttl: raw.code_ttl.0,
        refresh_ttl: raw.refresh_ttl.0,
        refresh_idle_ttl: raw.refresh_idle_ttl.0,
        refresh_retry_window: raw.refresh_retry_window.0,
        refresh_retry_window_public: raw.refresh_retry_window_public.0,
        id_token_ttl: raw.id_token_ttl.0,
        grants_per_client: to_usize(raw.grants_per_client),
    })
}

fn session(raw: &RawSession) -> Result<Session, ConfigError> {
    at_least_a_second("session.ttl", raw.ttl)?;
    at_least_a_second("session.idle_ttl", raw.idle_ttl)?;
    not_longer(("session.idle_ttl", raw.idle_ttl), ("session.ttl", raw.ttl))?;
    Ok(Session { ttl: raw.ttl.0, idle_ttl: raw.idle_ttl.0 })
}

fn registration(raw: RawRegistration, claims: &ScopeClaims) -> Result<Registration, ConfigError> {
    let scope = raw.scope.as_deref().map_or_else(|| Ok(claims.announced()), Scope::parse).map_err(|error| {
        ConfigError::new("registration.scope", format!("{}; separate its values by spaces", error.description()))
    })?;
    number("registration.most_clients", raw.most_clients, 1, 1_000_000)?;
    let words = |text: Option<String>| -> Vec<String> {
        text.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    };
    let private_schemes = words(raw.private_schemes);
    let checked = private_schemes.iter().try_for_each(|scheme| check_dotless_name(scheme));
    checked.map_err(|reason| ConfigError::new("registration.private_schemes", reason))?;
    Ok(Registration {
        mode: raw.mode,
        scope,
        resources: words(raw.resources),
        private_schemes,
        most_clients: raw.most_clients,
    })
}

/// Whoever fetched the JWKS a moment before the slowest node knew of a key keeps it for `jwks_max_age`.
fn keys(raw: &RawKeys) -> Result<Keys, ConfigError> {
    let ahead = ("keys.publish_ahead", raw.publish_ahead);
    let known_to_all = Period(raw.jwks_max_age.0 + MAX_RING_AGE);
    not_shorter(ahead, ("keys.jwks_max_age and a minute", known_to_all))?;
    not_shorter(("keys.rotation_interval", raw.rotation_interval), ahead)?;
    Ok(Keys {
        algorithm: raw.algorithm,
        id_token_algorithms: raw.id_token_algorithms.clone(),
        rsa_bits: raw.rsa_bits,
        rotation_interval: raw.rotation_interval.0,
        publish_ahead: raw.publish_ahead.0,
        jwks_max_age: raw.jwks_max_age.0,
    })
}

/// At least what OWASP's Password Storage Cheat Sheet asks of Argon2id with two passes: 19 MiB.
fn passwords(raw: &RawPasswords) -> Result<Passwords, ConfigError> {
    number("passwords.memory_kib", raw.memory_kib, 19_456, 1_048_576)?;
    number("passwords.iterations", raw.iterations, 2, 100)?;
    Ok(Passwords {
        hash_slots: threads("passwords.hash_slots", raw.hash_slots)?,
        queue: to_usize(raw.queue),
        memory_kib: raw.memory_kib,
        iterations: raw.iterations,
    })
}

fn management(typed: Option<SocketAddr>, listen: SocketAddr) -> Result<Option<SocketAddr>, ConfigError> {
    let is_same = |typed: SocketAddr| {
        let all = |address: SocketAddr| address.ip().is_unspecified();
        typed.port() == listen.port() && (typed.ip() == listen.ip() || all(typed) || all(listen))
    };
    let is_taken = listen.port() != 0 && typed.is_some_and(is_same);
    require(!is_taken, "management.listen", || "it is the same as listen; write another port such as 127.0.0.1:9464")?;
    Ok(typed)
}

fn outbound(raw: RawOutbound) -> Result<Outbound, ConfigError> {
    between("outbound.timeout", raw.timeout, SECOND, 30 * SECOND)?;
    let allowed_addresses = ranges("outbound.allowed_addresses", "no address to allow", raw.allowed_addresses)?;
    Ok(Outbound { allowed_addresses, timeout: raw.timeout.0 })
}

fn log(raw: &RawLog) -> Log {
    Log { level: raw.level, format: raw.format }
}

/// A number of threads, where 0 stands for the number of cores.
fn threads(key: &str, typed: u32) -> Result<usize, ConfigError> {
    number(key, typed, 0, MOST_THREADS)?;
    Ok(if typed == 0 { cores() } else { to_usize(typed) })
}

pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

pub(super) fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
