//! What tests share: a server, a client that follows nothing, and a browser that keeps cookies and fills in forms.

mod browser;
mod fixtures;
mod http;
mod program;
mod server;
mod tokens;

pub use browser::Browser;
pub use fixtures::{ALICE, BOB, EVIL, NATIVE, PASSWORD, ROPC, SPA, TestClient, WEB, register};
pub use http::{Http, Response, basic, form_encode, query_of, raw};
pub use program::Program;
pub use server::Server;
pub use tokens::{Authorization, Tokens, VERIFIER, challenge, claims};
