//! Every rule of `validate`, with the sentence of each.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::keys::Algorithm;

use super::super::{Config, Database, ForwardedHeader, LogFormat, LogLevel, Outbound, Proxies, RsaBits};
use super::{assert_refused, from_variables, refusal, variable};

#[test]
fn nothing_typed_gives_the_defaults() {
    let config = from_variables(&[]).unwrap();
    assert_eq!(config.issuer, None);
    assert_eq!(config.name, "Countersign");
    assert_eq!(config.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(config.data_dir, PathBuf::from("data"));
    assert_eq!(config.master_key_file(), PathBuf::from("data/master.key"));
    assert_eq!(config.database, Database::Sqlite { path: "data/countersign.db".into() });
    assert_eq!((config.secrets.master_key, config.secrets.master_key_previous), (None, vec![]));
    let tokens = config.tokens;
    assert_eq!([tokens.access_ttl, tokens.code_ttl, tokens.id_token_ttl].map(|ttl| ttl.as_secs()), [300, 60, 300]);
    assert_eq!([tokens.refresh_ttl, tokens.refresh_idle_ttl].map(|ttl| ttl.as_secs()), [30 * 86_400, 7 * 86_400]);
    let windows = [tokens.refresh_retry_window, tokens.refresh_retry_window_public];
    assert_eq!(windows.map(|window| window.as_secs()), [60, 20]);
    assert_eq!(tokens.grants_per_client, 100);
    assert_eq!([config.session.ttl, config.session.idle_ttl].map(|ttl| ttl.as_secs()), [12 * 3600, 2 * 3600]);
    assert_eq!((config.keys.algorithm, config.keys.rsa_bits), (Algorithm::Rs256, RsaBits::Rsa2048));
    assert_eq!((config.keys.jwks_max_age.as_secs(), config.shutdown_timeout.as_secs()), (600, 30));
    assert_eq!(
        [config.keys.rotation_interval, config.keys.publish_ahead].map(|span| span.as_secs() / 3600),
        [2160, 24]
    );
    let passwords = config.passwords;
    assert_eq!((passwords.queue, passwords.memory_kib, passwords.iterations), (64, 19_456, 2));
    let cores = std::thread::available_parallelism().unwrap().get();
    assert_eq!((passwords.hash_slots, config.workers), (cores, cores));
    assert_eq!((config.log.level, config.log.format), (LogLevel::Info, LogFormat::Json));
    assert_eq!(config.proxies, Proxies { trusted: Vec::new(), header: ForwardedHeader::XForwardedFor });
    assert_eq!(config.outbound, Outbound { allowed_addresses: Vec::new(), timeout: Duration::from_secs(5) });
}

#[test]
fn lifetimes_out_of_range_are_refused() {
    for (key, typed, reason) in [
        ("tokens.access_ttl", "0", "0s is out of range; write 1s to 1d"),
        ("tokens.access_ttl", "25h", "25h is out of range; write 1s to 1d"),
        ("tokens.code_ttl", "0s", "0s is out of range; write 1s to 10m"),
        ("tokens.code_ttl", "601", "601s is out of range; write 1s to 10m"),
        ("tokens.refresh_retry_window", "301s", "301s is out of range; write 0s to 5m"),
        ("tokens.id_token_ttl", "0s", "0s is no time at all; write at least 1s"),
        ("tokens.grants_per_client", "0", "0 is out of range; write 1 to 10000"),
        ("tokens.grants_per_client", "10001", "10001 is out of range; write 1 to 10000"),
        ("tokens.refresh_ttl", "0d", "0s is no time at all; write at least 1s"),
        ("tokens.refresh_idle_ttl", "0", "0s is no time at all; write at least 1s"),
        ("outbound.timeout", "0s", "0s is out of range; write 1s to 30s"),
        ("outbound.timeout", "31s", "31s is out of range; write 1s to 30s"),
        ("session.ttl", "0h", "0s is no time at all; write at least 1s"),
        ("session.idle_ttl", "0", "0s is no time at all; write at least 1s"),
    ] {
        assert_refused(key, typed, reason);
    }
}

#[test]
fn lifetimes_at_the_edge_are_accepted() {
    for (key, typed) in [
        ("tokens.access_ttl", "24h"),
        ("tokens.access_ttl", "1"),
        ("tokens.code_ttl", "600"),
        ("tokens.code_ttl", "1s"),
        ("tokens.refresh_retry_window", "5m"),
        ("tokens.refresh_retry_window", "20s"),
        ("tokens.refresh_retry_window_public", "0"),
        ("tokens.refresh_retry_window_public", "1m"),
        ("tokens.refresh_idle_ttl", "30d"),
        ("session.idle_ttl", "12h"),
        ("keys.jwks_max_age", "0"),
        ("keys.jwks_max_age", "86340"),
        ("keys.publish_ahead", "11m"),
        ("keys.rotation_interval", "24h"),
        ("shutdown_timeout", "0"),
    ] {
        let variable = variable(key);
        assert!(from_variables(&[(&variable, typed)]).is_ok(), "{key} = {typed}");
    }
}

#[test]
fn contradictory_lifetimes_are_refused() {
    for (key, typed, reason) in [
        ("tokens.refresh_idle_ttl", "31d", "31d is longer than tokens.refresh_ttl (30d); write at most 30d"),
        ("session.idle_ttl", "13h", "13h is longer than session.ttl (12h); write at most 12h"),
        (
            "tokens.refresh_retry_window_public",
            "61s",
            "61s is longer than tokens.refresh_retry_window (1m); write at most 1m",
        ),
        ("keys.publish_ahead", "659s", "659s is shorter than keys.jwks_max_age and a minute (11m); write at least 11m"),
        ("keys.rotation_interval", "23h", "23h is shorter than keys.publish_ahead (1d); write at least 1d"),
    ] {
        assert_refused(key, typed, reason);
    }
    assert_eq!(
        refusal(&[("COUNTERSIGN_TOKENS__REFRESH_IDLE_TTL", "30s")]),
        "tokens.refresh_retry_window: 1m is longer than tokens.refresh_idle_ttl (30s); write at most 30s"
    );
    assert_eq!(
        refusal(&[("COUNTERSIGN_KEYS__JWKS_MAX_AGE", "1d")]),
        "keys.publish_ahead: 1d is shorter than keys.jwks_max_age and a minute (1441m); write at least 1441m"
    );
    let short = [("JWKS_MAX_AGE", "0s"), ("PUBLISH_AHEAD", "1m"), ("ROTATION_INTERVAL", "60s")];
    let short = short.map(|(key, typed)| (format!("COUNTERSIGN_KEYS__{key}"), typed));
    assert!(from_variables(&short.each_ref().map(|(variable, typed)| (variable.as_str(), *typed))).is_ok());
}

#[test]
fn argon2_is_never_weaker_than_owasps_minimum() {
    assert_refused("passwords.memory_kib", "19455", "19455 is out of range; write 19456 to 1048576");
    assert_refused("passwords.memory_kib", "1048577", "1048577 is out of range; write 19456 to 1048576");
    assert_refused("passwords.iterations", "1", "1 is out of range; write 2 to 100");
    assert_refused("passwords.hash_slots", "1025", "1025 is out of range; write 0 to 1024");
    assert_refused("workers", "1025", "1025 is out of range; write 0 to 1024");
    let config = from_variables(&[("COUNTERSIGN_WORKERS", "3"), ("COUNTERSIGN_PASSWORDS__HASH_SLOTS", "5")]).unwrap();
    assert_eq!((config.workers, config.passwords.hash_slots), (3, 5));
}

#[test]
fn a_name_fits_a_title() {
    let reason = "it does not fit a page's title; write 1 to 80 letters on one line";
    for typed in ["  ", "two\nlines", &"x".repeat(81)] {
        assert_refused("name", typed, reason);
    }
    assert_eq!(from_variables(&[("COUNTERSIGN_NAME", "Caf\u{e9} 7")]).unwrap().name, "Caf\u{e9} 7");
}

#[test]
fn a_placeholder_is_no_master_key() {
    let reason = "it is a placeholder; write the output of `openssl rand -base64 32`";
    for typed in ["(set)", "(not set)", "(32 random bytes)", "   "] {
        assert_refused("secrets.master_key", typed, reason);
    }
    assert_refused("secrets.master_key_previous", "good,(set)", reason);
    let config = from_variables(&[("COUNTERSIGN_SECRETS__MASTER_KEY", "a+b/c=")]).unwrap();
    assert_eq!(config.secrets.master_key.unwrap().expose(), "a+b/c=");
}

#[test]
fn an_empty_data_dir_is_refused() {
    assert_eq!(
        super::from_file("data_dir = ''").unwrap_err(),
        r#"data_dir: it is empty; write a directory such as "data""#
    );
}

#[test]
fn serving_needs_an_issuer() {
    let missing = from_variables(&[]).unwrap();
    assert_eq!(
        missing.issuer().unwrap_err().to_string(),
        "issuer: it is not set; write the URL that clients will use, such as https://login.example.com, \
         into the configuration file or COUNTERSIGN_ISSUER"
    );
    let config = from_variables(&[("COUNTERSIGN_ISSUER", "https://example.com/tenant")]).unwrap();
    assert_eq!(config.issuer().unwrap().as_str(), "https://example.com/tenant");
    assert_eq!(
        refusal(&[("COUNTERSIGN_ISSUER", "http://example.com")]),
        "issuer: http is for localhost only; write https://example.com"
    );
}

#[test]
fn dev_is_on_loopback_only() {
    for (listen, issuer) in [
        ("127.0.0.1:9000", "http://localhost:9000"),
        ("[::1]:8080", "http://localhost:8080"),
        ("127.0.0.1:80", "http://localhost"),
    ] {
        let listen: SocketAddr = listen.parse().unwrap();
        let config = Config::for_dev(listen, "play".into()).unwrap();
        assert_eq!(config.issuer().unwrap().as_str(), issuer);
        assert_eq!((config.listen, config.log.format), (listen, LogFormat::Text));
        assert_eq!(config.data_dir, PathBuf::from("play"));
        assert_eq!(config.database, Database::Sqlite { path: "play/countersign.db".into() });
        assert_eq!(config.warnings(), Vec::<String>::new());
        let asks = |address: &str| {
            let address = address.parse().unwrap();
            config.outbound.allowed_addresses.iter().any(|range| range.contains(address))
        };
        assert!(asks("127.0.0.1") && asks("::1") && !asks("10.0.0.1") && !asks("169.254.169.254"));
    }
    let refused = Config::for_dev("0.0.0.0:8080".parse().unwrap(), "play".into()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "--listen: 0.0.0.0:8080 can be reached by others; write a loopback address such as 127.0.0.1:8080"
    );
    assert_eq!(refused.place(), "--listen");
}

#[test]
fn what_is_rarely_meant_is_warned_of() {
    let mut config = from_variables(&[("COUNTERSIGN_ISSUER", "http://localhost:8080")]).unwrap();
    assert_eq!(config.warnings(), Vec::<String>::new());
    config.listen = "0.0.0.0:8080".parse().unwrap();
    config.tokens.refresh_retry_window = Duration::ZERO;
    config.tokens.access_ttl = Duration::from_secs(3601);
    config.tokens.id_token_ttl = Duration::from_secs(3602);
    config.keys.rotation_interval = Duration::from_secs(86_399);
    let warnings = config.warnings();
    assert_eq!(warnings.len(), 5);
    assert!(warnings[0].starts_with("issuer: it is http on this machine"));
    assert!(warnings[1].starts_with("tokens.refresh_retry_window: with 0s"));
    assert!(warnings[2].starts_with("tokens.access_ttl: APIs accept"));
    assert!(warnings[3].starts_with("tokens.id_token_ttl: it is longer"));
    assert!(warnings[4].starts_with("keys.rotation_interval: old keys are kept"));
    config.tokens.id_token_ttl = config.tokens.access_ttl;
    assert_eq!(config.warnings().len(), 4, "as long is fine");
    let public = ("COUNTERSIGN_ISSUER", "https://login.example.com");
    let warnings = from_variables(&[public]).unwrap().warnings();
    assert!(warnings.len() == 1 && warnings[0].starts_with("trusted_proxies: everybody"), "{warnings:?}");
    let config = from_variables(&[public, ("COUNTERSIGN_TRUSTED_PROXIES", "127.0.0.1")]).unwrap();
    assert_eq!(config.warnings(), Vec::<String>::new());
}
