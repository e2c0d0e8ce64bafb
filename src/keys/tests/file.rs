use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;

use crate::keys::{MasterKey, MasterKeyError, create_master_key, load_master_key};
use crate::types::{Rng, base64url};

/// A directory that goes when the test does.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let name = format!("countersign-{}", base64url::encode(Rng::system().bytes::<12>()));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    fn write(&self, content: &[u8], mode: u32) {
        fs::write(self.key(), content).unwrap();
        fs::set_permissions(self.key(), Permissions::from_mode(mode)).unwrap();
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Starts on a file as a server does.
fn load_or_create(path: &Path, rng: &Rng) -> Result<MasterKey, MasterKeyError> {
    create_master_key(path, rng)?;
    load_master_key(path).map(|file| file.key)
}

#[test]
fn the_file_is_made_once_for_its_owner_alone() {
    let directory = Directory::new();
    let made = load_or_create(&directory.key(), &Rng::system()).unwrap();
    assert_eq!(fs::metadata(directory.key()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(directory.key()).unwrap(), format!("{}\n", made.to_base64().expose()));
    let read = load_or_create(&directory.key(), &Rng::system()).unwrap();
    assert_eq!(made.check_value(), read.check_value());
    assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 1, "no draft stays behind");
}

#[test]
fn processes_that_start_together_agree() {
    let directory = Directory::new();
    let values: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| load_or_create(&directory.key(), &Rng::system()).unwrap().check_value()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(values.iter().all(|value| *value == values[0]));
    assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 1);
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let directory = Directory::new();
    for mode in [0o640, 0o604, 0o644, 0o660, 0o601] {
        directory.write(&b"0123456789abcdef".repeat(4), mode);
        let error = load_or_create(&directory.key(), &Rng::system()).unwrap_err();
        assert!(matches!(error, MasterKeyError::OpenToOthers(_)), "{mode:o}");
        assert!(error.to_string().contains(&format!("chmod 600 {}", directory.key().display())));
    }
    for mode in [0o600, 0o400] {
        fs::set_permissions(directory.key(), Permissions::from_mode(mode)).unwrap();
        assert!(load_or_create(&directory.key(), &Rng::system()).is_ok(), "{mode:o}");
    }
}

#[test]
fn a_file_without_a_key_is_kept_and_named() {
    let directory = Directory::new();
    for content in [&b""[..], b"hunter2", &[0xff; 32], &b"a".repeat(100_000)] {
        directory.write(content, 0o600);
        let error = load_or_create(&directory.key(), &Rng::system()).unwrap_err();
        assert!(matches!(error, MasterKeyError::InFile { .. }), "{error}");
        let message = error.to_string();
        assert!(message.contains("master.key") && message.contains("openssl rand"), "{message}");
        assert!(!message.contains("hunter2"));
        assert_eq!(fs::read(directory.key()).unwrap(), content);
    }
}

#[test]
fn a_missing_directory_is_an_error_that_names_the_file() {
    let directory = Directory::new();
    let error = load_or_create(&directory.0.join("missing/master.key"), &Rng::system()).unwrap_err();
    assert!(matches!(error, MasterKeyError::Io { action: "create", .. }), "{error}");
    assert!(error.to_string().contains("missing/master.key"));
}
