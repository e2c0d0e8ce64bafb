//! An installation: a data folder with its configuration, which commands and servers of the program share.

use std::path::PathBuf;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::Program;
use super::program::{administer, free_port, run};
use super::server::{new_folder, remove};

/// Removed in the end: declare it before the programs that run on it.
pub struct Installation {
    pub data_dir: PathBuf,
    pub port: u16,
}

impl Installation {
    /// An installation with an empty database.
    pub fn new() -> Self {
        let installation = Self::without_database();
        installation.run(&["migrate"], "");
        installation
    }

    /// A data folder with nothing in it.
    pub fn without_database() -> Self {
        let data_dir = new_folder();
        std::fs::create_dir_all(&data_dir).expect("a folder can be made");
        Self { data_dir, port: free_port() }
    }

    pub fn serve(&self, settings: &[(&str, &str)]) -> Program {
        Program::serve(&self.data_dir, self.port, settings)
    }

    /// Runs a command to its end, with settings as environment variables without `COUNTERSIGN_`.
    pub fn run_with(&self, settings: &[(&str, &str)], arguments: &[&str], input: &str) -> Output {
        run(administer(&self.data_dir, self.port, settings, arguments), input)
    }

    /// What a command that must succeed prints.
    #[track_caller]
    pub fn run(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run_with(&[], arguments, input);
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("a command prints text")
    }

    /// The JSON that a command prints.
    #[track_caller]
    pub fn json(&self, arguments: &[&str], input: &str) -> Value {
        let printed = self.run(&[arguments, &["--json"]].concat(), input);
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    }

    /// The one sentence of a command that must fail, in time.
    #[track_caller]
    pub fn refused(&self, settings: &[(&str, &str)], arguments: &[&str], input: &str) -> String {
        let mut command = administer(&self.data_dir, self.port, settings, arguments);
        // A command that hangs is ended by the shell's friend, and fails with another code.
        let program = command.get_program().to_owned();
        let mut bounded = Command::new("timeout");
        bounded.arg("60").arg(program).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => bounded.env(name, value),
                None => bounded.env_remove(name),
            };
        }
        command = bounded;
        let output = run(command, input);
        let said = String::from_utf8(output.stderr).expect("an error is text");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
        let sentence = said.strip_prefix("countersign: ").unwrap_or_else(|| panic!("{arguments:?}: {said}"));
        assert_eq!(said.lines().count(), 1, "one sentence: {said}");
        sentence.trim_end().to_owned()
    }

    /// A client with the password grant, for programs without a browser: its secret.
    #[track_caller]
    pub fn add_tool(&self, id: &str) -> String {
        let grants = ["--grant", "password", "--grant", "refresh_token", "--auth-method", "client_secret_post"];
        let added = self.json(&[&["client", "add", id][..], &grants, &["--scope", "openid notes.read"]].concat(), "");
        added["client_secret"].as_str().expect("it has a secret").to_owned()
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        remove(&self.data_dir);
    }
}

/// Ends a program as a service manager does.
pub fn terminate(program: &Program) {
    let pid = program.child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).stderr(Stdio::null()).status().expect("kill runs");
    assert!(sent.success(), "the program is there");
}

/// Waits for the end of a program that was asked to end.
#[track_caller]
pub fn wait_for_end(program: &mut Program) -> ExitStatus {
    for _ in 0..600 {
        if let Some(status) = program.child.try_wait().expect("it is our child") {
            return status;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it does not end: {}", program.log());
}
