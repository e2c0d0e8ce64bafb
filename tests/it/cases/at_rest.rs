//! Nothing secret at rest in the clear (T17, J16).

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::store::signing_keys;

use crate::support::database::{is_postgres, stored};
use crate::support::{ALICE, Authorization, Browser, EVIL, PASSWORD, ROPC, Server, Tokens, VERIFIER, WEB};

/// Something that must not be found, and its name.
type Needle = (String, Vec<u8>);

fn needle(name: &str, bytes: impl AsRef<[u8]>) -> Needle {
    (name.to_owned(), bytes.as_ref().to_vec())
}

/// A handle as it travels, and its tag, which is what a thief would need.
fn handle(name: &str, token: &str) -> [Needle; 2] {
    let bytes = URL_SAFE_NO_PAD.decode(&token[6..]).expect("a handle is base64url");
    [needle(name, token), needle(&format!("the tag of {name}"), &bytes[bytes.len() - 32..])]
}

fn tokens(name: &str, tokens: &Tokens) -> Vec<Needle> {
    let mut all = handle(&format!("{name} refresh token"), tokens.refresh_token()).to_vec();
    all.push(needle(&format!("{name} access token"), tokens.access_token()));
    all.push(needle(&format!("{name} id_token"), tokens.0["id_token"].as_str().expect("openid was asked for")));
    all
}

/// Everything below the data folder but the master key's file.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it is read").path());
    let files = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    files.filter(|path| path.file_name().is_none_or(|name| name != "master.key")).collect()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[track_caller]
fn assert_nowhere(data_dir: &Path, needles: &[Needle]) {
    let files: Vec<(PathBuf, Vec<u8>)> =
        files(data_dir).into_iter().map(|path| (path.clone(), std::fs::read(&path).expect("a file is read"))).collect();
    // A dump of PostgreSQL has text as it is, and bytes in hexadecimal digits.
    let dump = if is_postgres() { stored(data_dir) } else { Vec::new() };
    let holds = |needle: &[u8]| {
        let digits: Vec<String> = needle.iter().map(|byte| format!("{byte:02x}")).collect();
        let file = files.iter().find(|(_, bytes)| contains(bytes, needle)).map(|(path, _)| path.display().to_string());
        let in_dump = || contains(&dump, needle) || contains(&dump, digits.concat().as_bytes());
        file.or_else(|| in_dump().then(|| "the dump".to_owned()))
    };
    // The search finds what is there: the name of a person, and the hash of a client's secret.
    let hash = ring::digest::digest(&ring::digest::SHA256, EVIL.secret.unwrap().as_bytes());
    for there in [ALICE.as_bytes(), hash.as_ref()] {
        assert!(holds(there).is_some(), "the search does not work");
    }
    for (name, needle) in needles {
        assert!(needle.len() >= 8, "{name} is too short to search for");
        let found = holds(needle);
        assert!(found.is_none(), "{name} is in {}", found.unwrap_or_default());
    }
}

/// T17: every credential that a whole flow has seen.
#[test]
fn t17_no_file_holds_a_code_token_cookie_secret_or_password() {
    let server = Server::start_fresh(&[]);
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).with("scope", "openid offline_access").path());
    let flow = login.body.split("name=\"flow\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let flow = flow.expect("the form carries its flow").to_owned();
    let wrong = browser.submit(&login, "/login", &[("username", ALICE), ("password", "not her password")]);
    assert_eq!(wrong.status, 400);
    let consent = browser.sign_in(&login, ALICE);
    let answer = crate::support::query_of(browser.decide(&consent, "allow").location());
    let first = server.exchange(WEB, &answer["code"]).tokens();
    let second = server.refresh(WEB, first.refresh_token()).tokens();
    server.refresh(WEB, first.refresh_token()).tokens();
    let form = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD), ("scope", "openid")];
    let direct = server.token(ROPC, &form).tokens();
    let unused = server.code(EVIL);

    let mut needles = [handle("a code", &answer["code"]), handle("an unused code", &unused)].concat();
    needles.extend(tokens("the first", &first));
    needles.extend(tokens("the second", &second));
    needles.extend(tokens("the password grant's", &direct));
    for (name, cookie) in &browser.cookies {
        needles.push(needle(name, cookie));
        needles.push(needle(name, URL_SAFE_NO_PAD.decode(cookie).expect("a cookie is base64url")));
    }
    assert_eq!(
        browser.cookies.len(),
        3,
        "one cookie for the browser, one for the session, one for who signed in before"
    );
    for client in [WEB, EVIL, ROPC] {
        needles.push(needle("a client secret", client.secret.unwrap()));
    }
    needles.extend([needle("the password", PASSWORD), needle("a wrong password", "not her password")]);
    needles.extend([needle("the verifier", VERIFIER), needle("the flow", flow)]);
    assert_nowhere(&server.data_dir, &needles);

    let data_dir = server.stop();
    assert_nowhere(&data_dir, &needles);
    std::fs::remove_dir_all(data_dir).unwrap();
}

/// J16: the sealed halves are there, the halves themselves are not, nor the key that opens them.
#[test]
fn j16_no_file_holds_a_private_key_or_the_master_key() {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let server = Server::start_with(&[("KEYS__ALGORITHM", algorithm), ("KEYS__ID_TOKEN_ALGORITHMS", ",")]);
        server.sign_in(WEB);
        let stored = server.block_on(server.app.store.read(signing_keys::list)).unwrap();
        assert_eq!(stored.len(), 2, "one is active, one is next");
        let typed = std::fs::read_to_string(server.data_dir.join("master.key")).unwrap();
        let master = STANDARD.decode(typed.trim()).expect("the master key is base64");
        let mut needles = vec![
            needle("the master key", typed.trim()),
            needle("the master key's bytes", &master),
            needle("PEM", "PRIVATE KEY"),
            // id-ecPublicKey and rsaEncryption, as in a PKCS#8 or SPKI structure.
            needle("rsaEncryption", [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]),
            needle("id-ecPublicKey", [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]),
        ];
        for key in &stored {
            let private = server.app.keys.seal.open(key.kid.as_bytes(), &key.sealed).expect("the server can open it");
            for piece in private.chunks_exact(32) {
                needles.push(needle("a piece of a private key", piece));
            }
            needles.push(needle("a private key in base64", &STANDARD.encode(&private)[..64]));
            needles.push(needle("a private key in base64url", &URL_SAFE_NO_PAD.encode(&private)[..64]));
            assert!(!key.public_jwk.contains("\"d\""), "{}", key.public_jwk);
        }
        assert_ne!(stored[0].sealed, stored[1].sealed);
        assert_nowhere(&server.data_dir, &needles);
    }
}

/// A copy of the folder opens nothing for other people of the machine.
#[cfg(unix)]
#[test]
fn the_master_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let server = Server::start_fresh(&[]);
    let mode = std::fs::metadata(server.data_dir.join("master.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
