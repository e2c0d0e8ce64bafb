//! The import rule of the map in `src/lib.rs`, held by reading the `use` lines and paths of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each room may import from this crate, and which libraries are its alone.
const ROOMS: [(&str, &[&str]); 26] = [
    ("types", &[]),
    ("oauth", &["types"]),
    ("oidc", &["oauth", "types"]),
    ("keys", &["types"]),
    ("config", &["keys", "oauth", "types"]),
    ("metrics", &["oauth", "keys", "types"]),
    ("outbound", &["config", "types"]),
    ("client_keys", &["keys", "oauth", "outbound", "types"]),
    ("client_logos", &["oauth", "outbound", "types"]),
    ("store", &["metrics", "oauth", "keys", "types"]),
    ("pages", &["oauth", "types"]),
    ("audit", &["oauth", "types"]),
    ("telemetry", &["audit", "config", "metrics", "types"]),
    ("throttle", &["types"]),
    ("browser", &["keys", "oauth", "throttle", "types"]),
    ("passwords", &["config", "metrics", "types"]),
    (
        "app",
        &[
            "audit",
            "browser",
            "client_keys",
            "client_logos",
            "config",
            "dev",
            "keys",
            "metrics",
            "oauth",
            "outbound",
            "passwords",
            "startup",
            "store",
            "telemetry",
            "throttle",
            "types",
        ],
    ),
    ("startup", &["audit", "config", "keys", "oauth", "oidc", "pages", "store", "types"]),
    (
        "login",
        &[
            "app",
            "audit",
            "browser",
            "client_keys",
            "keys",
            "metrics",
            "oauth",
            "oidc",
            "outbound",
            "passwords",
            "store",
            "throttle",
            "types",
        ],
    ),
    (
        "grant",
        &["app", "audit", "client_keys", "keys", "login", "metrics", "oauth", "oidc", "store", "throttle", "types"],
    ),
    ("registration", &["app", "audit", "config", "keys", "oauth", "outbound", "store", "types"]),
    ("purge", &["app", "browser", "metrics", "store", "types"]),
    ("backchannel", &["app", "audit", "metrics", "oauth", "oidc", "outbound", "store", "types"]),
    ("dev", &["app", "config", "keys", "oauth", "startup", "store", "types"]),
    (
        "http",
        &[
            "app",
            "audit",
            "browser",
            "config",
            "dev",
            "grant",
            "login",
            "metrics",
            "oauth",
            "oidc",
            "pages",
            "registration",
            "store",
            "telemetry",
            "types",
        ],
    ),
    ("server", &["app", "config", "http", "startup", "types"]),
];

/// Libraries that only these rooms may touch. `cli` runs the server, and so knows actix.
const LIBRARIES: [(&str, &[&str]); 12] = [
    ("diesel", &["store"]),
    ("actix_web", &["http", "server", "cli"]),
    ("actix_http", &["http", "server"]),
    ("actix_service", &["server"]),
    ("askama", &["pages"]),
    ("jsonwebtoken", &["keys"]),
    ("oxide_auth", &["oauth"]),
    ("ureq", &["cli", "outbound", "telemetry"]),
    ("native_tls", &["cli"]),
    ("openssl", &["cli"]),
    ("rustix", &["metrics", "types"]),
    ("opentelemetry", &["telemetry"]),
];

#[test]
fn every_room_imports_only_what_it_may() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    let mut broken = Vec::new();
    for file in sources(Path::new("src")) {
        let room = room_of(&file);
        let text = std::fs::read_to_string(&file).expect("a source file is text");
        for import in imports_of(&text) {
            let fine = import == room
                || room == "cli"
                || allowed.get(room.as_str()).is_some_and(|may| may.contains(&import.as_str()));
            if !fine {
                broken.push(format!("{}: {room} imports {import}", file.display()));
            }
        }
        for (library, rooms) in LIBRARIES {
            let touches =
                text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(&format!("{library}::")));
            if touches && !rooms.contains(&room.as_str()) {
                broken.push(format!("{}: {room} touches {library}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_rule_names_every_room() {
    let rooms: BTreeSet<String> = sources(Path::new("src")).iter().map(|file| room_of(file)).collect();
    let ruled: BTreeSet<String> = ROOMS.iter().map(|(room, _)| (*room).to_owned()).chain(["cli".to_owned()]).collect();
    assert_eq!(rooms, ruled);
}

fn room_of(file: &Path) -> String {
    let first = file.strip_prefix("src").expect("it is below src").components().next().expect("it has a name");
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if !["main.rs", "lib.rs"].contains(&path.file_name().and_then(|name| name.to_str()).unwrap_or_default())
        {
            files.push(path);
        }
    }
    files
}

/// The rooms that a file names as `crate::room`, outside comments.
fn imports_of(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.match_indices("crate::")
        .map(|(at, path)| word(&code[at + path.len()..]))
        .filter(|room| !room.is_empty())
        .collect()
}
