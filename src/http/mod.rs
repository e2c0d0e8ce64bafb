//! HTTP, and the only rooms that know actix: one file an endpoint, each of which parses, calls and renders.

mod answer;
mod assets;
mod authorize;
mod bearer;
mod claimant;
mod consent;
mod cookies;
mod cors;
mod dev;
mod documents;
mod entered;
mod failure;
mod finished;
mod form;
mod headers;
mod health;
mod introspect;
mod json_object;
mod known;
mod log;
mod login;
mod logo;
mod logout;
mod management;
mod own_form;
mod posted;
mod register;
mod revoke;
mod routes;
mod select_account;
mod token;
mod userinfo;
mod visit;

pub use log::access_log;
pub use management::management_routes;
pub use routes::routes;
