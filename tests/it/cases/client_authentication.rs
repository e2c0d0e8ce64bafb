//! Client authentication (K).

use crate::support::database::execute;
use crate::support::{EVIL, ROPC, Response, SPA, Server, VERIFIER, WEB, basic, form_encode, raw, register};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::oauth::registration::NewClient;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// A token request with this `Authorization` header.
fn with_header(server: &Server, header: &str, form: &[(&str, &str)]) -> Response {
    server.post_with("/token", form, &[("authorization", header)])
}

/// `Basic` with credentials that are not form-encoded.
fn plain_basic(credentials: impl AsRef<[u8]>) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

/// What a client sees of an answer that may differ from another only by its request's id.
pub fn visible(response: &Response) -> (u16, String, Vec<(String, String)>) {
    let mut headers: Vec<(String, String)> = response
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .collect();
    headers.sort();
    (response.status, response.body.clone(), headers)
}

#[test]
fn the_registered_way_of_a_confidential_client_works_and_no_other() {
    let server = Server::start();
    let (web, evil) = (WEB.secret.unwrap(), EVIL.secret.unwrap());
    with_header(&server, &basic("web", web), &[GRANT]).tokens();
    server.post("/token", &[GRANT, ("client_id", "evil"), ("client_secret", evil)]).tokens();

    let by_form = server.post("/token", &[GRANT, ("client_id", "web"), ("client_secret", web)]);
    by_form.assert_error(401, "invalid_client");
    assert!(by_form.body.contains("client_secret_basic"), "its owner learns the way: {by_form:?}");
    let by_header = with_header(&server, &basic("evil", evil), &[GRANT]);
    by_header.assert_error(401, "invalid_client");
    assert!(by_header.body.contains("client_secret_post"), "{by_header:?}");

    let guess = server.post("/token", &[GRANT, ("client_id", "web"), ("client_secret", "guess")]);
    guess.assert_error(401, "invalid_client");
    assert!(!guess.body.contains("client_secret_basic"), "a guess learns nothing: {guess:?}");
}

#[test]
fn k01_a_wrong_secret_is_answered_with_a_challenge_that_nobody_keeps() {
    let server = Server::start();
    for secret in ["wrong", "cs_cs_web:%+ secre", "cs_cs_web:%+ secretx", "CS_CS_WEB:%+ SECRET", "cs_cs_evil"] {
        let response = with_header(&server, &basic("web", secret), &[GRANT]);
        response.assert_error(401, "invalid_client");
        assert!(response.header("www-authenticate").unwrap().starts_with("Basic realm="), "{response:?}");
        assert_eq!(response.header("pragma"), Some("no-cache"));
    }
    let post = server.post("/token", &[GRANT, ("client_id", "evil"), ("client_secret", "wrong")]);
    post.assert_error(401, "invalid_client");
}

/// K02: the same secret twice is twice all the same.
#[test]
fn k02_a_client_authenticates_by_one_method() {
    let server = Server::start();
    for secret in [WEB.secret.unwrap(), "another"] {
        let form = [GRANT, ("client_secret", secret)];
        with_header(&server, &basic("web", WEB.secret.unwrap()), &form).assert_error(400, "invalid_request");
        let form = [GRANT, ("client_id", "web"), ("client_secret", secret)];
        with_header(&server, &basic("web", WEB.secret.unwrap()), &form).assert_error(400, "invalid_request");
    }
}

#[test]
fn the_client_id_of_the_form_is_that_of_the_header() {
    let server = Server::start();
    let header = basic("web", WEB.secret.unwrap());
    with_header(&server, &header, &[GRANT, ("client_id", "web")]).tokens();
    for other in ["evil", "spa", "nobody", "WEB"] {
        with_header(&server, &header, &[GRANT, ("client_id", other)]).assert_error(400, "invalid_request");
    }
    with_header(&server, &header, &[GRANT, ("client_id", "")]).tokens();
}

#[test]
fn two_authorization_headers_are_refused() {
    let server = Server::start();
    let header = basic("web", WEB.secret.unwrap());
    let body = form_encode(&[GRANT]);
    let request = |headers: &str| {
        let length = body.len();
        let head = format!(
            "POST /token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n{headers}\r\n"
        );
        raw(&server.address, (head + &body).as_bytes())
    };
    let one = request(&format!("Authorization: {header}\r\n"));
    assert!(one.starts_with("HTTP/1.1 200 "), "{one}");
    for second in [header.as_str(), "Bearer x", "Basic eDp5"] {
        for pair in [[&header, second], [second, &header]] {
            let [first, second] = pair;
            let two = request(&format!("Authorization: {first}\r\nauthorization: {second}\r\n"));
            assert!(two.starts_with("HTTP/1.1 400 ") && two.contains("\"invalid_request\""), "{two}");
        }
    }
}

#[test]
fn k04_a_confidential_client_does_not_pass_without_its_secret() {
    let server = Server::start();
    for id in ["web", "evil"] {
        server.post("/token", &[GRANT, ("client_id", id)]).assert_error(401, "invalid_client");
        server.post("/token", &[GRANT, ("client_id", id), ("client_secret", "")]).assert_error(401, "invalid_client");
        with_header(&server, &plain_basic(format!("{id}:")), &[GRANT]).assert_error(401, "invalid_client");
        with_header(&server, &plain_basic(id), &[GRANT]).assert_error(401, "invalid_client");
    }
    server.post("/token", &[GRANT]).assert_error(401, "invalid_client");
    server.post("/token", &[GRANT, ("client_secret", EVIL.secret.unwrap())]).assert_error(400, "invalid_request");
    let query = format!("/token?{}", form_encode(&[("client_id", "evil"), ("client_secret", EVIL.secret.unwrap())]));
    server.post(&query, &[GRANT]).assert_error(401, "invalid_client");
}

/// RFC 6749 §2.3.1: an empty password of Basic is no secret, which is how many libraries send a public client's id.
#[test]
fn k04_an_empty_secret_is_that_of_a_public_client_alone() {
    let server = Server::start();
    let public = basic("spa", "");
    let code = server.code(SPA);
    let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
    let tokens = with_header(&server, &public, &form).tokens();
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()), ("client_id", "spa")];
    let tokens = with_header(&server, &public, &form).tokens();
    let form = [("token", tokens.refresh_token()), ("client_id", "evil")];
    server.post_with("/revoke", &form, &[("authorization", &public)]).assert_error(400, "invalid_request");
    let form = [("token", tokens.refresh_token())];
    assert_eq!(server.post_with("/revoke", &form, &[("authorization", &public)]).status, 200);
    server.refresh(SPA, tokens.refresh_token()).assert_error(400, "invalid_grant");
    let twice = [GRANT, ("client_id", "web"), ("client_secret", WEB.secret.unwrap())];
    with_header(&server, &basic("web", ""), &twice).assert_error(400, "invalid_request");
}

/// K05: an unknown client, a wrong secret, a disabled client and a public one with a secret look alike.
#[test]
fn k05_nobody_learns_which_clients_there_are() {
    let server = Server::start();
    execute(&server.data_dir, "UPDATE clients SET disabled_at = 1 WHERE id = 'ropc'");
    let ids = [("nobody", "guess"), ("web", "guess"), ("ropc", ROPC.secret.unwrap()), ("spa", "guess"), ("", "guess")];
    let by_header = ids[..4].iter().map(|(id, secret)| with_header(&server, &basic(id, secret), &[GRANT]));
    let by_header: Vec<_> = by_header.map(|response| visible(&response)).collect();
    let by_form = ids[..4]
        .iter()
        .map(|(id, secret)| server.post("/token", &[GRANT, ("client_id", id), ("client_secret", secret)]));
    let by_form: Vec<_> = by_form.map(|response| visible(&response)).collect();
    let ids = ["nobody", "web", "ropc"];
    let without = ids.map(|id| visible(&server.post("/token", &[GRANT, ("client_id", id)])));
    let empty = ids.map(|id| visible(&with_header(&server, &basic(id, ""), &[GRANT])));
    assert!(empty[0].1.contains("sent no secret"), "{empty:?}");
    for answers in [&by_header[..], &by_form[..], &without[..], &[&without[..], &empty[..]].concat()] {
        assert_eq!(answers[0].0, 401);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    }
}

#[test]
fn k06_a_malformed_header_is_refused_and_breaks_nothing() {
    let server = Server::start();
    let headers = [
        "Basic".to_owned(),
        "Basic ".to_owned(),
        "Basic !!!!".to_owned(),
        "Basic d2Vi".to_owned(),
        "Bearer d2ViOnNlY3JldA==".to_owned(),
        "Digest username=\"web\"".to_owned(),
        "DPoP x".to_owned(),
        basic("web", WEB.secret.unwrap()).replace("Basic ", "Basic"),
        plain_basic("no colon"),
        plain_basic(":"),
        plain_basic(":secret"),
        plain_basic("web:%zz"),
        plain_basic("web:%"),
        plain_basic("web\0:secret"),
        plain_basic("web:%00"),
        plain_basic([b'w', b'e', b'b', b':', 0xff, 0xfe]),
        plain_basic("web:%C0%AF"),
        plain_basic(format!("web:{}", "x".repeat(5000))),
        plain_basic(format!("{}:x", "w".repeat(3000))),
    ];
    for header in headers {
        with_header(&server, &header, &[GRANT]).assert_error(401, "invalid_client");
    }
    // Bytes that no client library sends, and more of them than anybody needs.
    for value in [&b"Basic \xff\xfe\x80"[..], &b"Basic \t"[..], b"x".repeat(65_536).leak()] {
        let mut request = b"POST /token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n".to_vec();
        request.extend_from_slice(b"Content-Type: application/x-www-form-urlencoded\r\nAuthorization: ");
        request.extend_from_slice(value);
        request.extend_from_slice(b"\r\n\r\n");
        let answer = raw(&server.address, &request);
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    with_header(&server, &basic("web", WEB.secret.unwrap()), &[GRANT]).tokens();
}

/// RFC 6749 §2.3.1: identifier and secret are form-encoded before base64.
#[test]
fn a_secret_may_have_any_character() {
    let server = Server::start();
    let secrets = [
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCXYZ[\\]^_`abcxyz{|}~",
        "ünïcödé 日本語 🔑",
        "a+b c%20d%2Be",
        "%3A:%",
        "trailing ",
        "-",
    ];
    for (n, secret) in secrets.into_iter().enumerate() {
        let ids = [format!("b{n}.~_-"), format!("p{n}")];
        for (id, method) in ids.iter().zip(["client_secret_basic", "client_secret_post"]) {
            let client = NewClient { id: id.clone(), auth_method: Some(method.to_owned()), ..WEB.registration() };
            server.block_on(register(&server.app, client, Some(secret)));
        }
        with_header(&server, &basic(&ids[0], secret), &[GRANT]).tokens();
        let form = [GRANT, ("client_id", ids[1].as_str()), ("client_secret", secret)];
        server.post("/token", &form).tokens();
    }
    // As it stands, without the encoding, it is another secret.
    let unencoded = plain_basic("b2.~_-:a+b c%20d%2Be");
    with_header(&server, &unencoded, &[GRANT]).assert_error(401, "invalid_client");
    let lower_case = basic("web", WEB.secret.unwrap()).replace("Basic", "bAsIc");
    with_header(&server, &lower_case, &[GRANT]).tokens();
}
