//! What tests share: a server, a client that follows nothing, and a browser that keeps cookies and fills in forms.

mod browser;
pub mod database;
mod fixtures;
pub mod gate;
mod http;
pub mod installation;
mod metrics;
mod peer;
pub mod program;
mod server;
pub mod signer;
mod template;
mod tokens;
mod verifier;

pub use browser::Browser;
pub use fixtures::{
    ALICE, API, API_SERVER, BOB, EVIL, NATIVE, OTHER_API, PASSWORD, ROPC, SPA, TestClient, WEB, add_person, register,
    register_resource,
};
pub use http::{Http, Response, basic, form_encode, query_of, raw, raw_request};
pub use installation::Installation;
pub use metrics::Metrics;
pub use peer::Peer;
pub use program::Program;
pub use server::{Server, new_folder};
pub use signer::{SIGNER, Signer};
pub use tokens::{Authorization, Tokens, VERIFIER, challenge, claims, header};
pub use verifier::Verifier;
