//! What a test server starts on: an installation with its keys, clients and people, made once and copied for each.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{Server, database};

/// The settings that are seen in what is stored, or say where.
const APART: [&str; 6] = ["DATABASE__", "KEYS__", "PASSWORDS__", "SECRETS__", "SESSION__", "TOKENS__"];

/// The files of the installation, and the folder that they were in: on `PostgreSQL` its database is still there.
struct Template {
    data_dir: PathBuf,
    files: Vec<(&'static str, Vec<u8>)>,
}

/// Whether an installation with these settings is like every other one.
pub fn fits(settings: &[(&str, &str)]) -> bool {
    !settings.iter().any(|(name, _)| APART.iter().any(|prefix| name.starts_with(prefix)))
}

/// Copies the installation into a folder that is not there yet.
pub fn copy(data_dir: &Path) {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    let template = TEMPLATE.get_or_init(make);
    DirBuilder::new().mode(0o700).create(data_dir).expect("a folder can be made");
    for (name, content) in &template.files {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(data_dir.join(name));
        file.and_then(|mut file| file.write_all(content)).expect("a file can be made");
    }
    database::copy(&template.data_dir, data_dir);
}

fn make() -> Template {
    let data_dir = Server::start_fresh(&[]).stop();
    database::settle(&data_dir);
    let names = if database::is_postgres() { &["master.key"][..] } else { &["master.key", "countersign.db"] };
    let read = |name: &&'static str| (*name, std::fs::read(data_dir.join(name)).expect("the server made it"));
    let files = names.iter().map(read).collect();
    std::fs::remove_dir_all(&data_dir).expect("a folder can be removed");
    Template { data_dir, files }
}
