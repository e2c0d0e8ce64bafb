//! What was typed about a client, word by word, as values: or the sentence that says what to write.

use crate::oauth::client_secrets::ClientSecrets;
use crate::oauth::{ClientAuthentication, GrantType, Scope, SecretMethod, SecretMethods};
use crate::types::{Secret, slip};

/// A list without its repetitions.
pub(super) fn distinct(typed: Vec<String>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for word in typed {
        if !list.contains(&word) {
            list.push(word);
        }
    }
    list
}

/// The grants of a list of names.
pub(super) fn grant_types(typed: &[String]) -> Result<Vec<GrantType>, String> {
    let mut grants: Vec<GrantType> = Vec::new();
    for name in typed {
        let grant = GrantType::parse(name).ok_or_else(|| unknown_grant(name))?;
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    Ok(grants)
}

/// The name on the command line for a secret that may be sent by any method. It is no registered name.
pub(super) const ANY_SECRET_METHOD: &str = "client_secret";

fn unknown_grant(name: &str) -> String {
    let (known, name) = (GrantType::ALL.map(GrantType::as_str), &name.escape_debug().to_string());
    if name.split([',', ' ']).count() > 1 {
        return format!("grant '{name}' is more than one: write --grant before each");
    }
    if name == "implicit" {
        // RFC 9700 §2.1.2.
        return "grant 'implicit' does not exist here, since tokens do not belong in addresses: browser programs use \
                authorization_code as well"
            .to_owned();
    }
    match slip::closest(name, known) {
        Some(meant) => format!("grant '{name}' is unknown, did you mean {meant}?"),
        None => format!("grant '{name}' is unknown, write one of {}", known.join(", ")),
    }
}

/// How the client authenticates from now on. One that goes on having a secret keeps it.
pub(super) fn authentication(
    current: ClientAuthentication,
    public: Option<bool>,
    method: Option<&str>,
    secret: &Secret,
) -> Result<ClientAuthentication, String> {
    let methods = match (public, method) {
        (None, None) => return Ok(current),
        (Some(true), None) | (Some(true) | None, Some("none")) => return Ok(ClientAuthentication::Public),
        (Some(true), Some(method)) => {
            return Err(format!("a public client has no secret: leave out --auth-method {method}, or --public"));
        }
        (Some(false), Some("none")) => {
            return Err(
                "a confidential client authenticates: leave out --auth-method none, or --confidential".to_owned()
            );
        }
        (Some(false), None) => None,
        (_, Some(ANY_SECRET_METHOD)) => Some(SecretMethods::Any),
        (_, Some("client_secret_basic")) => Some(SecretMethods::Only(SecretMethod::Basic)),
        (_, Some("client_secret_post")) => Some(SecretMethods::Only(SecretMethod::Post)),
        (_, Some("private_key_jwt")) => return Ok(ClientAuthentication::PrivateKeyJwt),
        (_, Some(other)) => {
            return Err(format!(
                "auth method '{}' is not supported, write client_secret_basic, client_secret_post, private_key_jwt or none",
                other.escape_debug()
            ));
        }
    };
    Ok(match current {
        // `--confidential` asks for no other way than the one it has.
        ClientAuthentication::PrivateKeyJwt if methods.is_none() => ClientAuthentication::PrivateKeyJwt,
        ClientAuthentication::Public | ClientAuthentication::PrivateKeyJwt => ClientAuthentication::Secret {
            methods: methods.unwrap_or(SecretMethods::Any),
            secrets: ClientSecrets::new(secret),
        },
        ClientAuthentication::Secret { methods: known, secrets } => {
            ClientAuthentication::Secret { methods: methods.unwrap_or(known), secrets }
        }
    })
}

/// A scope whose values are separated by spaces; a comma would be part of one.
pub(super) fn scope(typed: &str) -> Result<Scope, String> {
    if typed.contains(',') {
        return Err(format!("scope '{}' has a comma in it: separate its values by spaces", typed.escape_debug()));
    }
    Scope::parse(typed).map_err(|error| format!("{}: separate its values by spaces", error.description()))
}
