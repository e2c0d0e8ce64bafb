//! The file and the environment.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::super::{Config, RsaBits};
use super::{Directory, NONE, from_file, from_variables, from_variables_in, refusal};
use crate::keys::Algorithm;

#[test]
fn a_file_is_read_and_variables_go_before_it() {
    let directory = Directory::new();
    let text =
        "name = 'File'\n[tokens]\naccess_ttl = '2m'\ncode_ttl = 30\n[keys]\nrsa_bits = 3072\nalgorithm = 'EdDSA'";
    let path = directory.write("file.toml", 0o644, text);
    let config = Config::load(Some(&path), [("COUNTERSIGN_TOKENS__ACCESS_TTL", "90"), ("OTHER", "x")]).unwrap();
    assert_eq!(config.name, "File");
    assert_eq!((config.tokens.access_ttl.as_secs(), config.tokens.code_ttl.as_secs()), (90, 30));
    assert_eq!((config.keys.algorithm, config.keys.rsa_bits), (Algorithm::EdDsa, RsaBits::Rsa3072));
    let config = Config::load(Some(&path), [("COUNTERSIGN_KEYS__RSA_BITS", "4096")]).unwrap();
    assert_eq!(config.keys.rsa_bits, RsaBits::Rsa4096);
}

#[test]
fn the_file_is_the_named_one_else_the_variables_else_the_default() {
    let directory = Directory::new();
    let named = directory.write("named.toml", 0o644, "name = 'named'");
    let by_variable = directory.write("variable.toml", 0o644, "name = 'variable'");
    directory.write("config/countersign.toml", 0o644, "name = 'default'");
    let variable = [("COUNTERSIGN_CONFIG", by_variable.to_str().unwrap())];
    assert_eq!(Config::load(Some(&named), variable).unwrap().name, "named");
    assert_eq!(from_variables_in(&directory.0, &variable).unwrap().name, "variable");
    assert_eq!(from_variables_in(&directory.0, &[]).unwrap().name, "default");
    assert_eq!(from_variables(&[]).unwrap().name, "Countersign");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let missing = "/nonexistent/x.toml";
    let expected = |place| {
        let cause = "No such file or directory (os error 2)";
        format!("{place}: cannot read {missing} ({cause}); write the path of a readable file")
    };
    assert_eq!(Config::load(Some(missing.as_ref()), NONE).unwrap_err().to_string(), expected("--config"));
    assert_eq!(refusal(&[("COUNTERSIGN_CONFIG", missing)]), expected("COUNTERSIGN_CONFIG"));
    assert_eq!(
        refusal(&[("COUNTERSIGN_SECRETS__MASTER_KEY_FILE", missing)]),
        expected("COUNTERSIGN_SECRETS__MASTER_KEY_FILE")
    );
    let directory = Directory::new();
    std::fs::create_dir(directory.0.join("config/countersign.toml")).unwrap();
    let refused = from_variables_in(&directory.0, &[]).unwrap_err().to_string();
    assert!(refused.starts_with("--config: cannot read ") && refused.contains("Is a directory"), "{refused}");
}

#[test]
fn an_unknown_key_gets_a_suggestion() {
    for (toml, sentence) in [
        ("isuer = 1", "isuer in FILE: unknown key; did you mean issuer?"),
        ("[tokens]\nacess_ttl = 1", "tokens.acess_ttl in FILE: unknown key; did you mean tokens.access_ttl?"),
        ("[token]\naccess_ttl = 1", "token.access_ttl in FILE: unknown key; did you mean tokens.access_ttl?"),
        ("access_ttl = 1", "access_ttl in FILE: unknown key; did you mean tokens.access_ttl?"),
        ("[sesion]", "sesion in FILE: unknown key; did you mean session?"),
        ("tokens = 1", "tokens in FILE: it is a section; write [tokens] on a line and its keys below"),
        ("[[tokens]]", "tokens in FILE: it is a section; write [tokens] on a line and its keys below"),
        ("quota = []", "quota in FILE: unknown key; see `countersign config show` for those that exist"),
    ] {
        assert_eq!(from_file(toml).unwrap_err(), sentence);
    }
}

#[test]
fn an_unknown_variable_gets_a_suggestion() {
    for (name, advice) in [
        ("COUNTERSIGN_ISSUERS", "unknown variable; did you mean COUNTERSIGN_ISSUER?"),
        ("COUNTERSIGN_TOKENS_ACCESS_TTL", "unknown variable; did you mean COUNTERSIGN_TOKENS__ACCESS_TTL?"),
        ("COUNTERSIGN_DATABASE_URL", "unknown variable; did you mean COUNTERSIGN_DATABASE__URL?"),
        ("COUNTERSIGN_issuer", "unknown variable; did you mean COUNTERSIGN_ISSUER?"),
        ("COUNTERSIGN_ISSUER_FILE", "only secrets can come from a file; write COUNTERSIGN_ISSUER instead"),
        ("COUNTERSIGN_MASTER_KEY", "unknown variable; did you mean COUNTERSIGN_SECRETS__MASTER_KEY?"),
        ("COUNTERSIGN_MASTER_KEY_FILE", "unknown variable; did you mean COUNTERSIGN_SECRETS__MASTER_KEY_FILE?"),
        ("COUNTERSIGN_DATABASE_URL_FILE", "unknown variable; did you mean COUNTERSIGN_DATABASE__URL_FILE?"),
        ("COUNTERSIGN_CONFIG_FILE", "unknown variable; did you mean COUNTERSIGN_CONFIG?"),
        ("COUNTERSIGN_CHART__VERSION", "unknown variable; see `countersign config show` for those that exist"),
    ] {
        assert_eq!(refusal(&[(name, "8080")]), format!("{name}: {advice}"));
    }
}

#[test]
fn variables_of_images_charts_and_scripts_are_one_warning() {
    let names = [
        "COUNTERSIGN_",
        "COUNTERSIGN_BIN",
        "COUNTERSIGN_ENV",
        "COUNTERSIGN_HOST",
        "COUNTERSIGN_IMAGE_TAG",
        "COUNTERSIGN_LEVEL",
        "COUNTERSIGN_PORT",
        "COUNTERSIGN_URL",
        "COUNTERSIGN_USER",
        "COUNTERSIGN_VERSION",
    ];
    let config = from_variables(&names.map(|name| (name, "s3cret"))).unwrap();
    let warning = format!(
        "{}: no key of the configuration, ignored; see `countersign config show` for those that exist",
        names.join(", ")
    );
    assert_eq!(config.warnings(), [warning], "names, and no values");
}

#[test]
fn an_empty_variable_counts_as_absent() {
    let empty = [
        ("COUNTERSIGN_NAME", ""),
        ("COUNTERSIGN_CONFIG", ""),
        ("COUNTERSIGN_DATABASE__URL_FILE", ""),
        ("COUNTERSIGN_SECRETS__MASTER_KEY", ""),
        ("COUNTERSIGN_VERSION", ""),
        ("COUNTERSIGN_TOKENS__ACES_TTL", ""),
    ];
    assert_eq!(from_variables(&empty), from_variables(&[]));
    let directory = Directory::new();
    let url = directory.write("url", 0o600, "sqlite://x.db");
    let beside = [("COUNTERSIGN_DATABASE__URL", ""), ("COUNTERSIGN_DATABASE__URL_FILE", url.to_str().unwrap())];
    assert_eq!(from_variables(&beside).unwrap().database.url(), "sqlite://x.db");
}

#[test]
fn variables_of_others_are_left_alone() {
    let others = [
        ("COUNTERSIGN", "x"),
        ("COUNTERSIGNED_X", "x"),
        ("COUNTERSIGN_TEST_DATABASE", "x"),
        ("COUNTERSIGN_SERVICE_HOST", "10.0.0.7"),
        ("COUNTERSIGN_SERVICE_PORT", "80"),
        ("COUNTERSIGN_SERVICE_PORT_HTTP", "80"),
        ("COUNTERSIGN_PORT", "tcp://10.0.0.7:80"),
        ("COUNTERSIGN_PORT_80_TCP", "tcp://10.0.0.7:80"),
        ("COUNTERSIGN_PORT_80_TCP_ADDR", "10.0.0.7"),
        ("COUNTERSIGN_DB_SERVICE_HOST", "10.0.0.8"),
    ];
    assert_eq!(from_variables(&others), from_variables(&[]));
}

#[test]
fn a_value_of_another_type_is_refused() {
    for (toml, sentence) in [
        ("name = 5", "name in FILE: 5 does not fit; write text in quotes"),
        (
            "listen = 'localhost:8080'",
            r#"listen in FILE: "localhost:8080" does not fit; write an address and a port such as "127.0.0.1:8080""#,
        ),
        (
            "[tokens]\naccess_ttl = '5 min'",
            r#"tokens.access_ttl in FILE: "5 min" does not fit; write a duration such as "90s", "5m", "24h" or "30d", or whole seconds"#,
        ),
        ("workers = -1", "workers in FILE: -1 does not fit; write a whole number from 0"),
        ("workers = '2'", r#"workers in FILE: "2" does not fit; write a whole number from 0"#),
        (
            "[keys]\nalgorithm = 'HS256'",
            r#"keys.algorithm in FILE: "HS256" does not fit; write RS256, PS256, ES256 or EdDSA"#,
        ),
        ("[keys]\nrsa_bits = 1024", "keys.rsa_bits in FILE: 1024 does not fit; write 2048, 3072 or 4096"),
        ("[log]\nlevel = 'INFO'", r#"log.level in FILE: "INFO" does not fit; write error, warn, info, debug or trace"#),
        ("[log]\nformat = ''", r#"log.format in FILE: "" does not fit; write json or text"#),
    ] {
        assert_eq!(from_file(toml).unwrap_err(), sentence);
    }
    assert_eq!(
        refusal(&[("COUNTERSIGN_WORKERS", "two")]),
        r#"COUNTERSIGN_WORKERS: "two" does not fit; write a whole number from 0"#
    );
}

#[test]
fn a_broken_file_is_located_and_not_repeated() {
    let refused = from_file("name = 'x'\n[secrets]\nmaster_key = \"hunter2\n").unwrap_err();
    assert!(refused.starts_with("FILE, line 3: "), "{refused}");
    assert!(!refused.contains("hunter2") && !refused.contains('\n'), "{refused}");
    assert!(from_file("name = 'x'\nname = 'y'").unwrap_err().starts_with("FILE, line 2: duplicate key"));
}

#[test]
fn a_secret_is_not_repeated() {
    for toml in ["[secrets]\nmaster_key = 4711", "[secrets]\nmaster_key_previous = 'hunter2'", "[database]\nurl = 4711"]
    {
        let refused = from_file(toml).unwrap_err();
        assert!(!refused.contains("4711") && !refused.contains("hunter2"), "{refused}");
    }
    assert_eq!(
        from_file("[secrets]\nmaster_key = 4711").unwrap_err(),
        "secrets.master_key in FILE: not a secret; write the secret as text in quotes"
    );
}

#[test]
fn an_unreadable_variable_is_refused() {
    let refused = Config::load(None, [("COUNTERSIGN_NAME", OsString::from_vec(vec![0xff]))]).unwrap_err();
    assert_eq!(refused.to_string(), "COUNTERSIGN_NAME: it is not UTF-8; write its value in UTF-8");
}
