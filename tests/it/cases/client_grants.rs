//! Which grants a client may use (K15, D10).

use crate::support::database::execute;
use crate::support::{ROPC, SPA, Server};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[test]
fn k15_a_public_client_has_no_client_credentials() {
    let server = Server::start();
    server.post("/token", &[GRANT, ("client_id", "spa")]).assert_error(400, "unauthorized_client");
    let with_secret = [GRANT, ("client_id", "spa"), ("client_secret", "made up")];
    server.post("/token", &with_secret).assert_error(401, "invalid_client");
    // Neither by registration nor by a row that came about otherwise.
    let mut public = SPA.registration();
    public.id = "machine".to_owned();
    public.grant_types.push("client_credentials".to_owned());
    public.register(&countersign::types::Secret::new("")).expect_err("it is refused");
    execute(&server.data_dir, "UPDATE clients SET grant_types = 'client_credentials' WHERE id = 'spa'");
    server.post("/token", &[GRANT, ("client_id", "spa")]).assert_error(400, "unauthorized_client");
}

#[test]
fn a_client_uses_only_the_grants_that_it_has() {
    let server = Server::start();
    let credentials = [("client_id", "ropc"), ("client_secret", ROPC.secret.unwrap())];
    let of_others: [&[(&str, &str)]; 2] = [&[GRANT], &[("grant_type", "authorization_code"), ("code", "cs_ac_x")]];
    for form in of_others {
        server.post("/token", &[form, &credentials].concat()).assert_error(400, "unauthorized_client");
    }
    for unknown in ["", "urn:ietf:params:oauth:grant-type:device_code", "Password", "authorization_code ", "implicit"] {
        let code = if unknown.is_empty() { "invalid_request" } else { "unsupported_grant_type" };
        server.post("/token", &[&[("grant_type", unknown)][..], &credentials].concat()).assert_error(400, code);
    }
    server.post("/token", &credentials).assert_error(400, "invalid_request");
}
