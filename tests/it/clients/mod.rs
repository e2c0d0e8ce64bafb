//! Clients that nobody here wrote, against the program in a process of its own. The others are in `tests/clients`.

mod oauth;
mod openid;

use std::time::Duration;

use oauth2::{HttpRequest, HttpResponse};

/// The transport that both crates leave to their user.
fn transport(request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30)));
    let mut response = config.build().new_agent().run(request)?;
    let mut answer = oauth2::http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    Ok(answer.body(response.body_mut().read_to_vec()?).expect("an answer is well-formed"))
}
