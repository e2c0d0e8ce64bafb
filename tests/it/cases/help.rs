//! The pages of `--help`, all of them.

use crate::support::Installation;

/// A command as it is typed, and its page.
pub type Page = (Vec<String>, String);

/// The pages of a command and of all below it.
pub fn pages(installation: &Installation, command: &[&str]) -> Vec<Page> {
    let page = installation.run(&[command, &["--help"]].concat(), "");
    let commands = page.split_once("Commands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap_or_default());
    let names = commands.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let below: Vec<Page> = names.flat_map(|name| pages(installation, &[command, &[name]].concat())).collect();
    let typed = command.iter().map(|word| (*word).to_owned()).collect();
    [vec![(typed, page)], below].concat()
}

/// The commands that do something, each as its words.
pub fn leaves(installation: &Installation) -> Vec<Vec<String>> {
    let pages = pages(installation, &[]).into_iter();
    pages.filter(|(_, page)| !page.contains("\nCommands:")).map(|(command, _)| command).collect()
}

#[test]
fn every_command_but_the_servers_prints_json_if_asked() {
    let pages = pages(&Installation::new(), &[]);
    let mut leaves = 0;
    for (command, page) in pages.iter().filter(|(_, page)| !page.contains("\nCommands:")) {
        leaves += 1;
        let is_server = command == &["serve"] || command == &["dev"];
        assert_eq!(page.contains("--json"), !is_server, "{command:?}: {page}");
    }
    assert!(leaves > 12, "the walk reaches every command: {leaves}");
}

#[test]
fn every_option_and_command_is_described() {
    for (command, page) in pages(&Installation::new(), &[]) {
        let named = page.lines().filter(|line| line.starts_with("  ") && !line.starts_with("  countersign"));
        for line in named {
            let described = line.trim_start().trim_start_matches("-h, ").trim_start_matches("-V, ").split_once("  ");
            assert!(described.is_some_and(|(_, text)| !text.trim().is_empty()), "{command:?}: {line}");
        }
    }
}
