//! The crate `openidconnect`, as a web application that is told nothing but the issuer and its credentials.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse,
};

use crate::support::{ALICE, Browser, Installation, PASSWORD, Program, query_of};

use super::transport;

const CALLBACK: &str = "https://photos.example.com/callback";
const AFTERWARDS: &str = "https://photos.example.com/bye";
const SCOPE: &str = "openid profile email offline_access";
const EMAIL: &str = "alice@example.com";

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

struct Photos {
    metadata: ProviderMetadataWithLogout,
    client: Client,
    /// Who may sign in.
    sub: String,
}

impl Photos {
    fn register(installation: &Installation, server: &Program) -> Self {
        let afterwards = format!("post_logout_redirect_uris={AFTERWARDS}");
        let add = ["client", "add", "photos", "--redirect-uri", CALLBACK, "--scope", SCOPE, "--metadata", &afterwards];
        let secret = installation.json(&add, "")["client_secret"].as_str().expect("it has a secret").to_owned();
        let person = installation.json(&["user", "add", ALICE, "--email", EMAIL, "--password-stdin"], PASSWORD);

        let issuer = IssuerUrl::new(server.issuer.clone()).unwrap();
        let metadata = ProviderMetadataWithLogout::discover(&issuer, &transport).expect("the metadata are in order");
        let (id, secret) = (ClientId::new("photos".to_owned()), ClientSecret::new(secret));
        let client = Client::from_provider_metadata(metadata.clone(), id, Some(secret))
            .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap());
        Self { metadata, client, sub: person["sub"].as_str().expect("it is told").to_owned() }
    }

    /// Signs alice in, and gives what came of the code, with the nonce that was sent.
    fn sign_in(&self, browser: &mut Browser) -> (CoreTokenResponse, Nonce) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = self
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            // The crate adds `openid` by itself.
            .add_scopes(SCOPE.split(' ').skip(1).map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let answer = browser.authorize(&address[openidconnect::url::Position::BeforePath..], ALICE);
        assert_eq!(&answer["state"], state.secret());
        let code = AuthorizationCode::new(answer["code"].clone());
        let exchange = self.client.exchange_code(code).expect("there is a token endpoint");
        let tokens = exchange.set_pkce_verifier(verifier).request(&transport).expect("a code is redeemed");
        (tokens, nonce)
    }

    /// The claims of an ID token, which the crate has verified by the published keys.
    fn verified<'t>(
        &self,
        tokens: &'t CoreTokenResponse,
        nonce: &Nonce,
    ) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
        tokens.id_token().expect("there is an ID token").claims(&self.client.id_token_verifier(), nonce)
    }
}

#[test]
fn the_openidconnect_crate_signs_a_person_in_refreshes_and_signs_them_out() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let photos = Photos::register(&installation, &server);
    let mut browser = Browser::new(&server);
    let (tokens, nonce) = photos.sign_in(&mut browser);

    let claims = photos.verified(&tokens, &nonce).expect("the ID token is in order");
    assert_eq!(claims.subject().as_str(), photos.sub);
    let verifier = photos.client.id_token_verifier();
    let id_token = tokens.id_token().unwrap();
    let (algorithm, key) = (id_token.signing_alg().unwrap(), id_token.signing_key(&verifier).unwrap());
    let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).unwrap();
    assert_eq!(claims.access_token_hash(), Some(&hash));

    // The crate refuses an answer about anybody else.
    let asked = photos.client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()));
    let person: CoreUserInfoClaims = asked.expect("there is an endpoint").request(&transport).expect("it answers");
    assert_eq!(person.email().map(|email| email.as_str()), Some(EMAIL));
    assert_eq!(person.preferred_username().map(|name| name.as_str()), Some(ALICE));

    let old = tokens.refresh_token().expect("there is a refresh token");
    let exchange = photos.client.exchange_refresh_token(old).expect("there is a token endpoint");
    let refreshed = exchange.request(&transport).expect("a refresh token is redeemed");
    assert_ne!(refreshed.refresh_token().map(oauth2::RefreshToken::secret), Some(old.secret()));
    // "It SHOULD NOT have a `nonce` Claim, even when the ID Token issued at the time of the original authentication contained
    // `nonce`" (OpenID Connect Core §12.2).
    let without = |nonce: Option<&Nonce>| nonce.map_or(Ok(()), |_| Err("there is a nonce".to_owned()));
    let again = refreshed.id_token().expect("there is an ID token").claims(&verifier, without).expect("it is in order");
    assert_eq!((again.subject(), again.auth_time()), (claims.subject(), claims.auth_time()));

    let end = photos.metadata.additional_metadata().end_session_endpoint.clone().expect("people can sign out");
    let leave = LogoutRequest::from(end)
        .set_id_token_hint(id_token)
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(AFTERWARDS.to_owned()).unwrap())
        .set_state(CsrfToken::new("st-1".to_owned()))
        .http_get_url();
    let goodbye = browser.visit(&leave[openidconnect::url::Position::BeforePath..]);
    assert_eq!(query_of(goodbye.location())["state"], "st-1", "{goodbye:?}");
    assert!(goodbye.location().starts_with(AFTERWARDS), "{goodbye:?}");
}

#[test]
fn the_openidconnect_crate_refuses_an_id_token_of_another_sign_in_or_client() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let photos = Photos::register(&installation, &server);
    let mut browser = Browser::new(&server);
    let (tokens, nonce) = photos.sign_in(&mut browser);
    let (_, another) = photos.sign_in(&mut browser);
    assert!(photos.verified(&tokens, &nonce).is_ok());
    let refused = photos.verified(&tokens, &another).expect_err("the nonce is another one");
    assert!(matches!(refused, ClaimsVerificationError::InvalidNonce(_)), "{refused:?}");

    let (id, metadata) = (ClientId::new("board".to_owned()), photos.metadata.clone());
    let board = Photos { client: Client::from_provider_metadata(metadata, id, None), ..photos };
    let refused = board.verified(&tokens, &nonce).expect_err("the audience is another one");
    assert!(matches!(refused, ClaimsVerificationError::InvalidAudience(_)), "{refused:?}");
}
