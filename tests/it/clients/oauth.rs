//! The crate `oauth2`.

use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, RefreshToken, Scope,
    TokenResponse, TokenUrl,
};

use crate::support::{Browser, Program, query_of};

use super::transport;

#[test]
fn the_oauth2_crate_completes_a_code_grant_and_refreshes_with_rotation() {
    let (server, printed) = Program::dev();
    let password = printed.iter().find_map(|line| line.split_once("password   ")).expect("it prints the password").1;
    let client = BasicClient::new(ClientId::new("dev-public".to_owned()))
        .set_auth_uri(AuthUrl::new(format!("{}/authorize", server.issuer)).unwrap())
        .set_token_uri(TokenUrl::new(format!("{}/token", server.issuer)).unwrap())
        .set_redirect_uri(RedirectUrl::new("http://127.0.0.1:49152/callback".to_owned()).unwrap());

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state) = client
        .authorize_url(CsrfToken::new_random)
        .add_scope(Scope::new("openid".to_owned()))
        .add_scope(Scope::new("notes.read".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&address.as_str().replace(&server.issuer, ""));
    let consent = browser.sign_in_with(&login, "alice", password);
    let answer = query_of(browser.decide(&consent, "allow").location());
    assert_eq!((&answer["state"], &answer["iss"]), (state.secret(), &server.issuer));

    let code = AuthorizationCode::new(answer["code"].clone());
    let first = client.exchange_code(code).set_pkce_verifier(verifier).request(&transport).expect("a code is redeemed");
    let old = first.refresh_token().expect("there is a refresh token").clone();
    let second = client.exchange_refresh_token(&old).request(&transport).expect("a refresh token is redeemed");
    let new = second.refresh_token().expect("it was rotated").clone();
    assert_ne!(old.secret(), new.secret());
    assert_ne!(first.access_token().secret(), second.access_token().secret());

    // A lost response is answered again; once the successor is used, the old one ends the family.
    let again = client.exchange_refresh_token(&old).request(&transport).expect("a retry is answered");
    assert_eq!(again.refresh_token().map(RefreshToken::secret), Some(new.secret()));
    let third = client.exchange_refresh_token(&new).request(&transport).expect("the successor is redeemed");
    client.exchange_refresh_token(&old).request(&transport).expect_err("a replay is refused");
    let last = third.refresh_token().expect("there is a refresh token").clone();
    client.exchange_refresh_token(&last).request(&transport).expect_err("and ends the family");
}
