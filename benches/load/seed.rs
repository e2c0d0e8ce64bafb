//! Clients, people and grants, written by the server's own store code into the place that it runs on.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign::app::App;
use countersign::oauth::Scope;
use countersign::oauth::grant::{Grant, GrantState};
use countersign::oauth::handle;
use countersign::oauth::registration::NewClient;
use countersign::oauth::resource::NewResource;
use countersign::store::users::User;
use countersign::store::{clients, grants, resources, users};
use countersign::types::{Clock, Id, Rng, Secret, Timestamp, base64url};
use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::Outcome;
use crate::place::Place;
use crate::stock::{Credentials, Held, HeldCode};

/// The API that tokens are for.
pub const API: &str = "https://api.example.com";
/// Where codes are sent.
pub const REDIRECT_URI: &str = "https://app.example.com/callback";
/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery staple";
/// A scope that is signed for once.
pub const PLAIN: &str = "notes.read notes.write";
/// A scope that is signed for twice, since there is an ID token.
pub const WITH_OPENID: &str = "openid profile email notes.read";

const CLIENTS: usize = 20;
const PEOPLE: usize = 1000;
/// Rows in one unit of work.
const BATCH: usize = 500;

/// Who may use the server.
pub struct Seeded {
    /// Web applications.
    pub clients: Vec<Arc<Credentials>>,
    /// A program with the password grant.
    pub tool: Credentials,
    /// The API, which introspects.
    pub api: Credentials,
    /// People, all with [`PASSWORD`].
    pub usernames: Vec<String>,
}

/// The way to more of them.
pub struct Seed {
    /// Who there is.
    pub seeded: Arc<Seeded>,
    app: App,
    people: Vec<Id>,
}

impl Seed {
    /// Adds the resource, the clients and the people to an empty place.
    pub async fn open(place: &Place) -> Outcome<Self> {
        let app = App::open(place.config()?, Clock::System, Rng::system(), None).await?;
        let api = NewResource {
            uri: API.to_owned(),
            scope: Some("notes.read notes.write".to_owned()),
            ..NewResource::default()
        };
        let (api, now) = (api.register()?, app.clock.now());
        app.store.write(move |conn| resources::insert(conn, &api, now)).await?;
        let mut applications = Vec::new();
        for number in 0..CLIENTS {
            let grants = ["authorization_code", "refresh_token", "client_credentials"];
            applications.push(Arc::new(add_client(&app, &format!("app-{number}"), &grants, false).await?));
        }
        let tool = add_client(&app, "tool", &["password", "refresh_token"], false).await?;
        let api = add_client(&app, "api", &[], true).await?;
        let people = add_people(&app).await?;
        let usernames = people.iter().map(|user| user.username.clone()).collect();
        let seeded = Arc::new(Seeded { clients: applications, tool, api, usernames });
        Ok(Self { seeded, app, people: people.iter().map(|user| user.id).collect() })
    }

    /// Closes the database while something is done to it that bears nobody beside it.
    pub async fn while_closed(self, place: &Place, meanwhile: impl FnOnce() -> Outcome) -> Outcome<Self> {
        let Self { seeded, app, people } = self;
        drop(app);
        meanwhile()?;
        let app = App::open(place.config()?, Clock::System, Rng::system(), None).await?;
        Ok(Self { seeded, app, people })
    }

    /// The app that writes, on the same database as the server.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// New grants that were redeemed once, by their refresh tokens: in no order, as people come back.
    pub async fn refresh_tokens(&self, count: usize, scope: &str) -> Outcome<Vec<Held>> {
        let made = self.grants(count, scope, 1, |_| {}).await?;
        let mut tokens: Vec<Held> = made.into_iter().map(|(client, token)| Held { client, token }).collect();
        for last in (1..tokens.len()).rev() {
            let other = usize::from_le_bytes(self.app.rng.bytes()) % (last + 1);
            tokens.swap(last, other);
        }
        Ok(tokens)
    }

    /// New grants that nobody has redeemed, by their codes: each bound to a challenge. They live for a minute.
    pub async fn codes(&self, count: usize) -> Outcome<Vec<HeldCode>> {
        let mut verifiers = Vec::new();
        let bind = |grant: &mut Grant| {
            let verifier = base64url::encode(self.app.rng.bytes::<32>());
            grant.sid = Some(Id::new(self.app.clock.now(), &self.app.rng));
            grant.redirect_uri = Some(REDIRECT_URI.to_owned());
            grant.nonce = Some(base64url::encode(self.app.rng.bytes::<16>()));
            grant.code_challenge = Some(base64url::encode(digest(&SHA256, verifier.as_bytes())));
            verifiers.push(verifier);
        };
        let made = self.grants(count, WITH_OPENID, 0, bind).await?;
        let code = |((client, code), verifier)| HeldCode { client, code, verifier };
        Ok(made.into_iter().zip(verifiers).map(code).collect())
    }

    /// New grants, by the handles that they stand at.
    async fn grants(
        &self,
        count: usize,
        scope: &str,
        generation: u32,
        mut bind: impl FnMut(&mut Grant),
    ) -> Outcome<Vec<(Arc<Credentials>, String)>> {
        let mut made = Vec::with_capacity(count);
        while made.len() < count {
            let now = self.app.clock.now();
            let mut rows = Vec::new();
            for number in made.len()..count.min(made.len() + BATCH) {
                let client = &self.seeded.clients[number % self.seeded.clients.len()];
                let mut grant =
                    self.grant(self.people[number % self.people.len()], &client.id, scope, generation, now)?;
                bind(&mut grant);
                made.push((Arc::clone(client), self.handle(&grant)?));
                rows.push(grant);
            }
            let insert_all = move |conn: &mut _| rows.iter().try_for_each(|grant| grants::insert(conn, grant, now));
            self.app.store.write(insert_all).await?;
        }
        Ok(made)
    }

    fn grant(&self, user_id: Id, client_id: &str, scope: &str, generation: u32, now: Timestamp) -> Outcome<Grant> {
        Ok(Grant {
            id: Id::new(now, &self.app.rng),
            user_id,
            client_id: client_id.to_owned(),
            sid: None,
            scope: Scope::parse(scope)?,
            resource: Some(API.to_owned()),
            redirect_uri: None,
            nonce: None,
            code_challenge: None,
            auth_time: now,
            amr: "pwd".to_owned(),
            handle_key: self.app.keys.handles.current(),
            seed: self.app.rng.bytes::<32>().to_vec(),
            claims: None,
            state: GrantState::new(generation, now, self.app.config.tokens.refresh_ttl),
        })
    }

    /// The handle that a grant stands at, as its client has it.
    fn handle(&self, grant: &Grant) -> Outcome<String> {
        let key = self.app.keys.handles.get(grant.handle_key).ok_or("there is no handle key")?;
        Ok(handle::mint(key, grant.id, grant.state.generation, &grant.seed))
    }
}

async fn add_client(app: &App, id: &str, grant_types: &[&str], is_api: bool) -> Outcome<Credentials> {
    let secret = format!("cs_cs_{}", base64url::encode(app.rng.bytes::<32>()));
    let is_web = grant_types.contains(&"authorization_code");
    let client = NewClient {
        id: id.to_owned(),
        auth_method: Some("client_secret_basic".to_owned()),
        redirect_uris: is_web.then(|| REDIRECT_URI.to_owned()).into_iter().collect(),
        grant_types: grant_types.iter().map(|&grant| grant.to_owned()).collect(),
        scope: Some("openid profile email notes.read notes.write".to_owned()),
        resources: vec![API.to_owned()],
        serves: is_api.then(|| API.to_owned()).into_iter().collect(),
        ..NewClient::default()
    };
    let (client, now) = (client.register(&Secret::new(secret.as_str()))?, app.clock.now());
    app.store.write(move |conn| clients::insert(conn, &client, now)).await?;
    // Neither id nor secret has a character that RFC 6749 §2.3.1 would have encoded.
    let authorization = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    Ok(Credentials { id: id.to_owned(), authorization })
}

/// Hashing costs the same whoever shares a hash.
async fn add_people(app: &App) -> Outcome<Vec<User>> {
    let hash = app.passwords.hash(Secret::new(PASSWORD), app.rng.bytes()).await?;
    let claims = json!({ "name": "Alice Example", "given_name": "Alice", "family_name": "Example", "locale": "en" });
    let person = |number| User {
        email: Some(format!("person-{number}@example.com")),
        claims: claims.as_object().cloned().unwrap_or_default(),
        ..User::new(format!("person-{number}"), hash.clone(), app.clock.now(), &app.rng)
    };
    let people: Vec<User> = (0..PEOPLE).map(person).collect();
    let rows = people.clone();
    app.store.write(move |conn| rows.iter().try_for_each(|user| users::insert(conn, user))).await?;
    Ok(people)
}
