//! Secrets, from variables and from files.

use super::super::Config;
use super::{Directory, NONE, from_file, from_variables, refusal};
use crate::types::Secret;

#[test]
fn secrets_come_from_files_that_only_the_owner_can_read() {
    let directory = Directory::new();
    let key = directory.write("key", 0o600, "top secret\n");
    let previous = directory.write("previous", 0o400, "older\r\noldest\n\n");
    let url = directory.write("url", 0o600, "sqlite://x.db\r\n");
    let config = from_variables(&[
        ("COUNTERSIGN_SECRETS__MASTER_KEY_FILE", key.to_str().unwrap()),
        ("COUNTERSIGN_SECRETS__MASTER_KEY_PREVIOUS_FILE", previous.to_str().unwrap()),
        ("COUNTERSIGN_DATABASE__URL_FILE", url.to_str().unwrap()),
    ])
    .unwrap();
    assert_eq!(config.secrets.master_key.unwrap().expose(), "top secret");
    let previous: Vec<_> = config.secrets.master_key_previous.iter().map(Secret::expose).collect();
    assert_eq!(previous, ["older", "oldest"]);
    assert_eq!(config.database.url(), "sqlite://x.db");
}

#[test]
fn a_secret_that_others_can_read_is_refused() {
    let directory = Directory::new();
    for mode in [0o644, 0o640, 0o604, 0o660] {
        let key = directory.write("key", mode, "secret");
        let path = key.to_str().unwrap();
        assert_eq!(
            refusal(&[("COUNTERSIGN_SECRETS__MASTER_KEY_FILE", path)]),
            format!(
                "COUNTERSIGN_SECRETS__MASTER_KEY_FILE: others have access to {path}, which holds a secret; \
                 run `chmod 600 {path}`"
            )
        );
    }
    let file = directory.write("file.toml", 0o644, "[secrets]\nmaster_key = 'secret'");
    let path = file.display();
    assert_eq!(
        Config::load(Some(&file), NONE).unwrap_err().to_string(),
        format!(
            "secrets.master_key in {path}: others have access to {path}, which holds a secret; run `chmod 600 {path}`"
        )
    );
}

#[test]
fn an_empty_secret_file_is_refused() {
    let directory = Directory::new();
    let key = directory.write("key", 0o600, "\n");
    let path = key.to_str().unwrap();
    assert_eq!(
        refusal(&[("COUNTERSIGN_SECRETS__MASTER_KEY_FILE", path)]),
        format!("COUNTERSIGN_SECRETS__MASTER_KEY_FILE: {path} is empty; write the secret into it")
    );
}

#[test]
fn a_value_and_its_file_at_once_are_refused() {
    assert_eq!(
        refusal(&[("COUNTERSIGN_SECRETS__MASTER_KEY", "x"), ("COUNTERSIGN_SECRETS__MASTER_KEY_FILE", "/x")]),
        "COUNTERSIGN_SECRETS__MASTER_KEY_FILE: COUNTERSIGN_SECRETS__MASTER_KEY is set as well; unset one of the two"
    );
}

#[test]
fn older_master_keys_are_a_list() {
    let config = from_variables(&[("COUNTERSIGN_SECRETS__MASTER_KEY_PREVIOUS", "older, oldest")]).unwrap();
    assert_eq!(config.secrets.master_key_previous.len(), 2);
    let config = from_file("[secrets]\nmaster_key_previous = ['older', 'oldest']").unwrap();
    assert_eq!(config.secrets.master_key_previous[1].expose(), "oldest");
}
