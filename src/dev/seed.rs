//! Seeding: the same people, clients and secrets at each start, so that what was pasted yesterday works today.

use serde_json::{Map, Value, json};

use crate::app::App;
use crate::config::Config;
use crate::keys::{MasterKey, create_master_key, load_master_key};
use crate::oauth::registration::NewClient;
use crate::oauth::resource::NewResource;
use crate::oauth::{Client, ClientAuthentication, GrantType, Resource, Role};
use crate::startup::{StartError, make_data_dir};
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError, clients, resources, roles};
use crate::types::{Rng, Secret, Timestamp, base64url};

use super::{Playground, SeededClient};

/// What will be seeded. Secrets come from the playground's own master key: nothing that is known in advance opens anything.
///
/// # Errors
/// What is wrong with the configuration or with the master key's file.
pub fn plan(config: &Config, rng: &Rng) -> Result<Playground, StartError> {
    let api = Playground::api_of(config.issuer()?);
    make_data_dir(config)?;
    create_master_key(&config.master_key_file(), rng)?;
    let master = load_master_key(&config.master_key_file())?.key;
    let secret = |id: &str| Some(Secret::new(format!("cs_cs_{}", derive(&master, id))));
    Ok(Playground {
        password: Secret::new(&derive(&master, Playground::USERNAME)[..12]),
        clients: vec![
            SeededClient {
                id: Playground::PUBLIC_CLIENT,
                kind: "public",
                secret: None,
                note: "authorization_code with PKCE, refresh_token; /dev/client is this client, and any port of http://127.0.0.1/callback",
            },
            SeededClient {
                id: Playground::CONFIDENTIAL_CLIENT,
                kind: "client_secret_basic or client_secret_post",
                secret: secret(Playground::CONFIDENTIAL_CLIENT),
                note: "authorization_code with PKCE to http://localhost:3000/callback, refresh_token, client_credentials; it may introspect the API's tokens",
            },
            SeededClient {
                id: Playground::PASSWORD_CLIENT,
                kind: "client_secret_post",
                secret: secret(Playground::PASSWORD_CLIENT),
                note: "password, refresh_token; for first-party programs without a browser",
            },
        ],
        api,
    })
}

fn derive(master: &MasterKey, name: &str) -> String {
    base64url::encode(master.derive(&format!("playground {name}")))
}

/// Adds what is missing.
///
/// # Errors
/// [`StartError::Store`].
pub async fn seed(app: &App) -> Result<(), StartError> {
    let Some(playground) = &app.dev else { return Ok(()) };
    let (api, now) = (api(playground)?, app.clock.now());
    exists_already(app.store.write(move |conn| resources::insert(conn, &api, now)).await)?;
    for client in &playground.clients {
        let nobody = Secret::new("");
        let registered = registration(app, playground, client.id).register(client.secret.as_ref().unwrap_or(&nobody));
        let registered =
            registered.map_err(|reason| StoreError::Database(format!("client {}: {reason}", client.id)))?;
        let now = app.clock.now();
        app.store.write(move |conn| add_or_widen(conn, &registered, now)).await?;
    }
    for (name, permissions) in Playground::ROLES {
        let permissions = permissions.iter().map(|permission| (*permission).to_owned()).collect();
        let (role, now) = (Role { name: name.to_owned(), permissions }, app.clock.now());
        exists_already(app.store.write(move |conn| roles::insert(conn, &role, now)).await)?;
    }
    if app.store.read(|conn| users::find_by_username(conn, Playground::USERNAME)).await?.is_none() {
        seed_person(app, playground).await?;
    }
    app.reload().await
}

/// A client of an earlier version's playground gets the scope that what is pasted today asks for, the address to come back to
/// from signing out, and may send its secret in the ways that the playground's page says.
fn add_or_widen(conn: &mut Conn, client: &Client, now: Timestamp) -> Result<(), StoreError> {
    let Some(known) = clients::find(conn, &client.id)? else { return clients::insert(conn, client, now) };
    let (scope, mut metadata) = (known.scope.union(&client.scope), known.metadata.clone());
    if metadata.post_logout_redirect_uris.is_empty() {
        metadata.post_logout_redirect_uris.clone_from(&client.metadata.post_logout_redirect_uris);
    }
    let authentication = match (known.authentication.clone(), client.authentication.secret_methods()) {
        (ClientAuthentication::Secret { secrets, .. }, Some(methods)) => {
            ClientAuthentication::Secret { methods, secrets }
        }
        (authentication, _) => authentication,
    };
    if scope == known.scope && metadata == known.metadata && authentication == known.authentication {
        return Ok(());
    }
    clients::update(conn, &Client { authentication, scope, metadata, ..known }, now)
}

async fn seed_person(app: &App, playground: &Playground) -> Result<(), StartError> {
    let now = app.clock.now();
    let hash = app.passwords.hash(playground.password.clone(), app.rng.bytes()).await;
    let hash = hash.map_err(|busy| StartError::Passwords(busy.to_string()))?;
    let alice = User {
        email: Some("alice@countersign.dev".to_owned()),
        claims: profile(),
        ..User::new(Playground::USERNAME.to_owned(), hash, now, &app.rng)
    };
    let added = app.store.write(move |conn| {
        users::insert(conn, &alice)?;
        roles::set_roles(conn, alice.id, &[Playground::ROLE.to_owned()])
    });
    Ok(exists_already(added.await)?)
}

/// Something for every scope to show.
fn profile() -> Map<String, Value> {
    let known = json!({
        "name": "Alice Example",
        "given_name": "Alice",
        "family_name": "Example",
        "middle_name": "Marie",
        "nickname": "Ali",
        "profile": "https://countersign.dev/people/alice",
        "picture": "https://countersign.dev/people/alice.png",
        "website": "https://alice.countersign.dev",
        "gender": "female",
        "birthdate": "1990-04-01",
        "zoneinfo": "Europe/Vienna",
        "locale": "en-GB",
        "email_verified": true,
        "phone_number": "+436601234567",
        "phone_number_verified": false,
        "address": {
            "formatted": "Ringstrasse 1\n1010 Vienna\nAustria",
            "street_address": "Ringstrasse 1",
            "locality": "Vienna",
            "region": "Vienna",
            "postal_code": "1010",
            "country": "Austria",
        },
    });
    known.as_object().cloned().unwrap_or_default()
}

fn exists_already(result: Result<(), StoreError>) -> Result<(), StoreError> {
    match result {
        Err(StoreError::Exists) => Ok(()),
        other => other,
    }
}

fn api(playground: &Playground) -> Result<Resource, StoreError> {
    let api = NewResource {
        uri: playground.api.clone(),
        name: Some("Notes API".to_owned()),
        scope: Some("notes.read notes.write".to_owned()),
        ..NewResource::default()
    };
    api.register().map_err(StoreError::Database)
}

fn registration(app: &App, playground: &Playground, id: &str) -> NewClient {
    let grants = |grants: &[GrantType]| grants.iter().map(|grant| grant.as_str().to_owned()).collect();
    let common = NewClient {
        id: id.to_owned(),
        scope: Some(Playground::SCOPE.to_owned()),
        resources: vec![playground.api.clone()],
        ..NewClient::default()
    };
    match id {
        Playground::PUBLIC_CLIENT => NewClient {
            name: Some("Playground".to_owned()),
            public: true,
            redirect_uris: vec![app.issuer.url("/dev/client"), "http://127.0.0.1/callback".to_owned()],
            grant_types: grants(&[GrantType::AuthorizationCode, GrantType::RefreshToken]),
            metadata: vec![("post_logout_redirect_uris".to_owned(), json!([app.issuer.url("/dev/client")]))],
            ..common
        },
        Playground::CONFIDENTIAL_CLIENT => NewClient {
            name: Some("Notes".to_owned()),
            redirect_uris: vec!["http://localhost:3000/callback".to_owned()],
            serves: vec![playground.api.clone()],
            grant_types: grants(&[GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials]),
            ..common
        },
        _ => NewClient {
            name: Some("Notes for the terminal".to_owned()),
            auth_method: Some("client_secret_post".to_owned()),
            grant_types: grants(&[GrantType::Password, GrantType::RefreshToken]),
            ..common
        },
    }
}
