//! The clients and people that every test server has.

use countersign::app::App;
use countersign::oauth::SettingsChange;
use countersign::oauth::registration::NewClient;
use countersign::oauth::resource::NewResource;
use countersign::store::users::User;
use countersign::store::{clients, resources, users};
use countersign::types::Secret;

pub const ALICE: &str = "alice";
pub const BOB: &str = "bob";
/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery staple";
/// The default resource of every client; it limits no scope.
pub const API: &str = "https://api.example";
/// Another resource of every client.
pub const OTHER_API: &str = "https://other.example/api";

/// A client as a test sees it.
#[derive(Clone, Copy, Debug)]
pub struct TestClient {
    pub id: &'static str,
    pub secret: Option<&'static str>,
    pub redirect_uri: &'static str,
    pub method: Option<&'static str>,
    pub grants: &'static [&'static str],
    pub serves: &'static [&'static str],
}

const CODE: &[&str] = &["authorization_code", "refresh_token"];
const CODE_AND_CREDENTIALS: &[&str] = &["authorization_code", "refresh_token", "client_credentials"];

/// A confidential web application.
pub const WEB: TestClient = TestClient {
    id: "web",
    secret: Some("cs_cs_web:%+ secret"),
    redirect_uri: "https://app.example/cb",
    method: Some("client_secret_basic"),
    grants: CODE_AND_CREDENTIALS,
    serves: &[],
};
/// Another confidential client.
pub const EVIL: TestClient = TestClient {
    id: "evil",
    secret: Some("cs_cs_evil"),
    redirect_uri: "https://evil.example/cb",
    method: Some("client_secret_post"),
    grants: CODE_AND_CREDENTIALS,
    serves: &[],
};
/// A public browser application.
pub const SPA: TestClient = TestClient {
    id: "spa",
    secret: None,
    redirect_uri: "https://spa.example/cb",
    method: None,
    grants: CODE,
    serves: &[],
};
/// A public native application.
pub const NATIVE: TestClient = TestClient {
    id: "native",
    secret: None,
    redirect_uri: "http://127.0.0.1/cb",
    method: None,
    grants: CODE,
    serves: &[],
};
/// A first-party program with the password grant.
pub const ROPC: TestClient = TestClient {
    id: "ropc",
    secret: Some("cs_cs_ropc"),
    redirect_uri: "",
    method: Some("client_secret_post"),
    grants: &["password", "refresh_token"],
    serves: &[],
};
/// The program behind [`API`]: it has no grant, and introspects the tokens that are for it.
pub const API_SERVER: TestClient = TestClient {
    id: "api-server",
    secret: Some("cs_cs_api-server"),
    redirect_uri: "",
    method: Some("client_secret_post"),
    grants: &[],
    serves: &[API],
};

impl TestClient {
    /// The client as it is registered; a test may change it before.
    pub fn registration(&self) -> NewClient {
        NewClient {
            id: self.id.to_owned(),
            name: Some(format!("The {} application", self.id)),
            public: self.secret.is_none(),
            auth_method: self.method.map(str::to_owned),
            redirect_uris: Some(self.redirect_uri.to_owned()).filter(|uri| !uri.is_empty()).into_iter().collect(),
            grant_types: self.grants.iter().map(|grant| (*grant).to_owned()).collect(),
            scope: Some("openid profile email roles offline_access notes.read notes.write".to_owned()),
            resources: vec![API.to_owned(), OTHER_API.to_owned()],
            serves: self.serves.iter().map(|resource| (*resource).to_owned()).collect(),
            first_party: false,
            metadata: Vec::new(),
            settings: SettingsChange::default(),
        }
    }
}

/// Registers a client with a secret of the test's.
pub async fn register(app: &App, client: NewClient, secret: Option<&str>) {
    let client = client.register(&Secret::new(secret.unwrap_or_default())).expect("the client is in order");
    let now = app.clock.now();
    app.store.write(move |conn| clients::insert(conn, &client, now)).await.expect("the client is new");
}

/// Registers a resource; one without scopes limits nothing.
pub async fn register_resource(app: &App, uri: &str, scope: &str) {
    let new = NewResource { uri: uri.to_owned(), scope: Some(scope.to_owned()), ..NewResource::default() };
    let (resource, now) = (new.register().expect("the resource is in order"), app.clock.now());
    app.store.write(move |conn| resources::insert(conn, &resource, now)).await.expect("the resource is new");
}

/// Adds everybody.
pub async fn seed(app: &App) {
    for resource in [API, OTHER_API] {
        register_resource(app, resource, "").await;
    }
    for client in [WEB, EVIL, SPA, NATIVE, ROPC, API_SERVER] {
        register(app, client.registration(), client.secret).await;
    }
    let hash = app.passwords.hash(Secret::new(PASSWORD), app.rng.bytes()).await.expect("the pool is idle");
    for username in [ALICE, BOB] {
        add_with_hash(app, username, hash.clone()).await;
    }
    app.reload().await.expect("the server reads its own database");
}

/// Adds a person with a password of the test's.
pub async fn add_person(app: &App, username: &str, password: &str) {
    let hash = app.passwords.hash(Secret::new(password), app.rng.bytes()).await.expect("the pool is idle");
    add_with_hash(app, username, hash).await;
}

async fn add_with_hash(app: &App, username: &str, password_hash: String) {
    let user = User {
        email: Some(format!("{username}@people.example")),
        ..User::new(username.to_owned(), password_hash, app.clock.now(), &app.rng)
    };
    app.store.write(move |conn| users::insert(conn, &user)).await.expect("the person is new");
}
