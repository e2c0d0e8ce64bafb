//! Config OP.

use serde_json::Value;

use crate::support::Server;

/// The suite runs on https; the paths are those of an issuer that is.
#[test]
fn oidcc_discovery_endpoint_verification() {
    for issuer in ["https://login.example.com", "https://example.com/tenant"] {
        let server = Server::start_with(&[("ISSUER", issuer)]);
        let path =
            issuer.trim_start_matches("https://").split_once('/').map_or(String::new(), |(_, path)| format!("/{path}"));
        let response = server.get(&format!("{path}/.well-known/openid-configuration"));
        assert_eq!((response.status, response.header("content-type")), (200, Some("application/json")));
        let metadata = response.json();
        assert_eq!(metadata["issuer"], issuer);
        for (name, value) in metadata.as_object().unwrap() {
            if name.ends_with("_endpoint") || name.ends_with("_uri") {
                assert!(value.as_str().unwrap().starts_with(&format!("{issuer}/")), "{name} is {value}");
            }
        }
        for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
            assert!(metadata[name].is_string(), "{name}");
        }
        for name in [
            "response_types_supported",
            "subject_types_supported",
            "id_token_signing_alg_values_supported",
            "grant_types_supported",
            "scopes_supported",
            "claims_supported",
            "code_challenge_methods_supported",
        ] {
            assert!(metadata[name].as_array().is_some_and(|list| !list.is_empty()), "{name}");
        }
        assert!(has(&metadata["id_token_signing_alg_values_supported"], "RS256"));
        assert!(has(&metadata["scopes_supported"], "openid"));
        for flag in ["request_parameter_supported", "request_uri_parameter_supported", "claims_parameter_supported"] {
            assert!(metadata[flag].is_boolean(), "{flag}");
        }
        assert_jwks(&server.get(&format!("{path}/.well-known/jwks.json")).json());
    }
}

fn has(list: &Value, text: &str) -> bool {
    list.as_array().unwrap().iter().any(|value| value == text)
}

/// Keys that can be told apart, and nothing that is private or symmetric.
fn assert_jwks(jwks: &Value) {
    let keys = jwks["keys"].as_array().unwrap();
    let mut kids: Vec<&str> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    kids.sort_unstable();
    kids.dedup();
    assert!(!keys.is_empty() && kids.len() == keys.len(), "{jwks}");
    for key in keys {
        assert!(["RSA", "EC", "OKP"].iter().any(|kty| key["kty"] == *kty), "{key}");
        for member in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            assert_eq!(key.get(member), None, "{member}");
        }
        assert_eq!(key["use"], "sig");
    }
}
