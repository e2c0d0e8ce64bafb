//! The attack cases, each under its id.

mod authorize;
mod authorize_cookies;
mod authorize_forms;
mod authorize_pages;
mod authorize_prompt;
mod code;
mod code_decision;
mod pkce;
mod redirect;
mod redirect_loopback;
mod redirect_pages;
mod redirect_registration;
