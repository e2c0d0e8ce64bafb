//! Countersign, an OAuth 2.1 and OpenID Connect authorization server: one binary, an embedded database.
//!
//! # The map
//!
//! | room | what is in it | may import |
//! |---|---|---|
//! | [`types`] | time, ids, randomness, secrets | nothing of ours |
//! | [`oauth`] | the protocol's rules, pure | `types` |
//! | [`oidc`] | OpenID Connect's, pure | `oauth` `types` |
//! | [`keys`] | master key, signing keys, JWKS | `types` |
//! | [`metrics`] | what is counted, and what a request costs | `oauth` `keys` `types` |
//! | [`config`] | what was typed, what is meant | `keys` `oauth` `types` |
//! | [`audit`] | what is kept of who did what | `oauth` `types` |
//! | [`throttle`] | counting what was wrong | `types` |
//! | [`browser`] | what a browser carries for us | `keys` `oauth` `throttle` `types` |
//! | [`passwords`] | hashing them | `config` `metrics` `types` |
//! | [`telemetry`] | the log, and traces | `audit` `config` `metrics` `types` |
//! | [`outbound`] | requests to addresses that clients name | `config` `types` |
//! | [`client_logos`] | the images that pages show of clients | `outbound` `types` |
//! | [`client_keys`] | public keys that clients publish | `keys` `oauth` `outbound` `types` |
//! | [`store`] | the database; the only importer of diesel | `metrics` `oauth` `keys` `types` |
//! | [`pages`] | the hosted pages | `oauth` `types` |
//! | [`startup`] | what happens before the first request, and the rotation of keys | all above |
//! | [`app`] | what a request may reach | all above, and `dev` |
//! | [`login`] | use cases of the person | `app` and below, no pages |
//! | [`grant`] | use cases at the token endpoint, and of tokens that come back | `app` and below, `login`, no pages |
//! | [`registration`] | clients that register themselves | `app` and below, no pages |
//! | [`backchannel`] | clients are told that a session has ended | `app` and below |
//! | [`purge`] | rows past their end are removed | `app` and below, `login` |
//! | [`dev`] | the playground | `app` and below |
//! | [`http`] | actix: one file an endpoint | all above |
//! | [`server`] | bind, middleware, background work | `app` `http` `startup` |
//! | [`cli`] | the command line | everything |
//!
//! A request travels one way: `server` → `http` → `grant` or `login` → `store` with the rules of `oauth` and `oidc` → back
//! through minting → response. `tests/it/layout.rs` holds the rule.

// They panic where their stream cannot be written; `cli::output` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod app;
pub mod audit;
pub mod backchannel;
pub mod browser;
pub mod cli;
pub mod client_keys;
pub mod client_logos;
pub mod config;
pub mod dev;
pub mod grant;
pub mod http;
pub mod keys;
pub mod login;
pub mod metrics;
pub mod oauth;
pub mod oidc;
pub mod outbound;
pub mod pages;
pub mod passwords;
pub mod purge;
pub mod registration;
pub mod server;
pub mod startup;
pub mod store;
pub mod telemetry;
pub mod throttle;
pub mod types;
