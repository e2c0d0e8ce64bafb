//! Secrets from files as platforms provide them, and variables as images and charts set them.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::Installation;

const KEY: &str = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=";
const WORLD: &str = "everyone on this machine can read";

/// Writes a master key with a mode.
fn write_key(path: &Path, mode: u32) {
    fs::write(path, format!("{KEY}\n")).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Starts a server with the master key of a file, and gives its log.
fn log_of_a_start(installation: &Installation, file: &Path) -> String {
    let server = installation.serve(&[("SECRETS__MASTER_KEY_FILE", &file.display().to_string())]);
    server.log()
}

#[test]
fn a_secret_of_our_own_that_others_can_read_is_refused() {
    let installation = Installation::new();
    let file = installation.data_dir.join("key");
    for mode in [0o440, 0o444, 0o640, 0o644, 0o660] {
        write_key(&file, mode);
        let settings = [("SECRETS__MASTER_KEY_FILE", file.to_str().unwrap())];
        let sentence = installation.refused(&settings, &["serve"], "");
        assert!(sentence.contains(&format!("chmod 600 {}", file.display())), "{mode:o}: {sentence}");
    }
}

/// As Kubernetes and systemd provide them: another owner, readable by the group, behind a link. Only root can give a file away.
#[test]
fn a_secret_of_another_owner_may_be_readable_by_its_group() {
    let installation = Installation::new();
    let file = installation.data_dir.join("..data-key");
    write_key(&file, 0o440);
    if chown(&file, Some(4711), None).is_err() {
        return;
    }
    let link = installation.data_dir.join("key");
    symlink(&file, &link).unwrap();
    let log = log_of_a_start(&installation, &link);
    assert!(!log.contains(WORLD), "{log}");
    for mode in [0o444, 0o644] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let log = log_of_a_start(&installation, &link);
        assert!(log.contains(WORLD) && log.contains(&link.display().to_string()) && !log.contains(KEY), "{log}");
        fs::remove_file(installation.data_dir.join("server.log")).unwrap();
    }
    let settings = [("SECRETS__MASTER_KEY_FILE", link.to_str().unwrap())];
    let checked = installation.run_with(&settings, &["config", "check"], "");
    assert!(String::from_utf8_lossy(&checked.stdout).contains(WORLD), "{checked:?}");
    fs::set_permissions(&file, Permissions::from_mode(0o660)).unwrap();
    let sentence = installation.refused(&settings, &["serve"], "");
    assert!(sentence.contains("others can write") && sentence.contains("0660"), "{sentence}");
}

/// `master.key` in the data folder is judged by the same rule.
#[test]
fn the_master_keys_file_of_another_owner_may_be_readable_by_its_group() {
    let installation = Installation::new();
    let file = installation.data_dir.join("master.key");
    write_key(&file, 0o440);
    if chown(&file, Some(4711), None).is_err() {
        return;
    }
    let log = installation.serve(&[]).log();
    assert!(!log.contains(WORLD), "{log}");
    fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    let log = installation.serve(&[]).log();
    assert!(log.contains(WORLD) && log.contains("master.key"), "{log}");
    let checked = installation.run(&["config", "check"], "");
    assert!(checked.contains(WORLD), "{checked}");
}

/// As Swarm provides them: 0444 on a mount that is read-only. Where this machine lets nobody mount, the rule's own test stands alone.
#[test]
fn a_secret_on_a_read_only_mount_is_a_warning() {
    let installation = Installation::new();
    let mount = installation.data_dir.join("secrets");
    fs::create_dir(&mount).unwrap();
    write_key(&mount.join("key"), 0o444);
    let script = r#"mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77; shift; exec "$@""#;
    let program = env!("CARGO_BIN_EXE_countersign");
    let mut unshared = Command::new("unshare");
    unshared.args(["--mount", "sh", "-c", script, "sh"]).arg(&mount).args([program, "config", "check"]);
    unshared
        .env("COUNTERSIGN_ISSUER", "http://localhost:8080")
        .env("COUNTERSIGN_LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN_DATA_DIR", installation.data_dir.join("data"))
        .env("COUNTERSIGN_SECRETS__MASTER_KEY_FILE", mount.join("key"));
    let Ok(output) = unshared.output() else { return };
    let (said, printed) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    if output.status.code() == Some(77) || said.contains("unshare") {
        return;
    }
    assert!(output.status.success() && printed.contains(WORLD), "{said}{printed}");
}

#[test]
fn variables_of_images_and_charts_do_not_stop_the_start() {
    let installation = Installation::new();
    let settings = [
        ("VERSION", "1.2.3"),
        ("IMAGE_TAG", "latest"),
        ("BIN", "/usr/bin/countersign"),
        ("NAME", ""),
        ("SECRETS__MASTER_KEY_FILE", ""),
        ("PORT", "tcp://10.0.0.7:80"),
        ("SERVICE_HOST", "10.0.0.7"),
        ("PORT_8080_TCP_ADDR", "10.0.0.7"),
    ];
    let log = installation.serve(&settings).log();
    let warning = "COUNTERSIGN_BIN, COUNTERSIGN_IMAGE_TAG, COUNTERSIGN_VERSION: no key of the configuration, ignored";
    assert_eq!(log.matches(warning).count(), 1, "{log}");
    assert!(!log.contains("10.0.0.7") && !log.contains("SERVICE_HOST"), "{log}");
    let listed = installation.run_with(&settings, &["user", "list"], "");
    assert!(listed.status.success() && listed.stderr.is_empty(), "a command is quiet: {listed:?}");
    let slip = installation.refused(&[("DATABASE_URL", "sqlite://x.db")], &["serve"], "");
    assert!(slip.contains("did you mean COUNTERSIGN_DATABASE__URL?"), "{slip}");
}

/// An image that sets the variable of the file without a value gets the default file.
#[test]
fn an_empty_name_of_a_configuration_file_counts_as_absent() {
    let installation = Installation::new();
    let output = installation.run_with(&[("CONFIG", "")], &["user", "list"], "");
    assert!(output.status.success(), "{output:?}");
}
