//! `countersign dev`: what it prints works as it stands, and nobody else can reach it.

use std::process::{Command, Stdio};

use crate::support::program::{command, free_port, run};
use crate::support::{Program, new_folder};

/// What a shell prints.
#[track_caller]
fn bash(script: &str) -> String {
    let output = Command::new("bash").args(["-c", script]).stdin(Stdio::null()).output().expect("bash runs");
    assert!(output.status.success(), "{script}: {output:?}");
    String::from_utf8(output.stdout).expect("it is text")
}

/// The line below the one that begins with this number.
#[track_caller]
fn pasted<'a>(printed: &'a [String], number: &str) -> &'a str {
    let at = printed.iter().position(|line| line.starts_with(number)).expect("it is printed");
    printed[at + 1].trim()
}

#[test]
fn the_three_lines_that_dev_prints_work_when_they_are_pasted() {
    let (server, printed) = Program::dev();
    let [link, sign_in, verify] = ["1.", "2.", "3."].map(|number| pasted(&printed, number));
    for _ in 0..2 {
        let printed = bash(&format!("{sign_in}\n{verify}"));
        let (access_token, answer) = printed.split_once('\n').expect("the token, and what the API says of it");
        assert_eq!(access_token.split('.').count(), 3, "{printed}");
        let answer: serde_json::Value =
            serde_json::from_str(answer.trim()).unwrap_or_else(|error| panic!("{error}: {printed}"));
        assert_eq!(answer["verified"], true);
        assert_eq!(answer["claims"]["iss"], server.issuer);
        assert_eq!(answer["claims"]["roles"], serde_json::json!(["editor"]));
        assert_eq!(answer["claims"]["permissions"], serde_json::json!(["notes.read", "notes.write"]));
    }
    let followed = bash(&format!("curl -s -o /dev/null -w '%{{http_code}} %{{redirect_url}}' '{link}'"));
    let login = format!("303 {}/login?flow=", server.issuer);
    assert!(followed.starts_with(&login), "{followed}");
    let page = bash(&format!("curl -s -L -b '' '{link}'"));
    assert!(page.contains("name=\"password\""), "the link leads to the sign-in page: {page}");
    for path in ["/", "/dev/client"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    // The API refuses what it should.
    let altered = bash(&format!("{sign_in} > /dev/null\nA=${{A%????}}AAAA\n{verify}"));
    assert!(altered.contains("invalid_token"), "{altered}");
    std::fs::remove_dir_all(&server.data_dir).unwrap();
}

#[test]
fn what_was_pasted_yesterday_works_after_a_restart() {
    let (mut server, printed) = Program::dev();
    let password =
        |printed: &[String]| printed.iter().find_map(|line| Some(line.split_once("password   ")?.1.to_owned()));
    let before = password(&printed).expect("it prints the password");
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    // A playground of before there were roles. Its database is a file, whatever the tests run on.
    let administer = |arguments: &[&str]| {
        let mut command = command(arguments);
        command.env("COUNTERSIGN_DATA_DIR", &server.data_dir);
        run(command, "")
    };
    assert!(administer(&["client", "set", "dev-public", "--scope", "openid profile"]).status.success());
    let data_dir = server.data_dir.to_string_lossy().into_owned();
    let mut again = command(&["dev", "--listen", "127.0.0.1:0", "--data", &data_dir]);
    let mut child = again.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    let lines: Vec<String> = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()))
        .map(|line| line.expect("it prints text"))
        .take_while(|line| !line.starts_with("Ctrl-C"))
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(password(&lines), Some(before));
    let shown = administer(&["client", "show", "dev-public", "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("it prints JSON");
    assert!(shown["scope"].as_str().unwrap().split(' ').any(|value| value == "roles"), "{shown}");
    std::fs::remove_dir_all(&server.data_dir).unwrap();
}

#[test]
fn dev_listens_on_this_machine_only() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080", "[2001:db8::1]:8080"] {
        let folder = new_folder();
        let data_dir = folder.to_string_lossy().into_owned();
        let output = run(command(&["dev", "--listen", address, "--data", &data_dir]), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
        assert!(said.contains("--listen") && said.contains("127.0.0.1"), "{said}");
        assert!(!folder.exists(), "nothing was made");
        let mut by_variable = command(&["dev", "--data", &data_dir]);
        by_variable.env("COUNTERSIGN_LISTEN", address);
        let output = run(by_variable, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), folder.exists()), (Some(1), false), "{said}");
        assert!(said.contains("COUNTERSIGN_LISTEN: ") && said.contains("127.0.0.1"), "{said}");
    }
}

/// The playground reads one variable of the configuration, and names those that it does not read.
#[test]
fn dev_listens_where_the_variable_says_and_names_what_it_ignores() {
    let (port, other) = (free_port(), free_port());
    let address = format!("127.0.0.1:{port}");
    let variables = [
        ("COUNTERSIGN_LISTEN", address.as_str()),
        ("COUNTERSIGN_ISSUER", "https://login.example.com"),
        ("COUNTERSIGN_SECRETS__MASTER_KEY", "s3cret"),
        ("COUNTERSIGN_NAME", ""),
        ("COUNTERSIGN_VERSION", "1.2.3"),
        ("COUNTERSIGN_PORT", "tcp://10.0.0.7:80"),
    ];
    let (printed, said) = dev_until_ready(&[], &variables);
    assert!(printed.contains(&format!("Countersign runs on http://localhost:{port}:")), "{printed}");
    let ignored =
        "The playground needs no configuration and ignores COUNTERSIGN_ISSUER, COUNTERSIGN_SECRETS__MASTER_KEY.";
    assert!(said.lines().any(|line| line == ignored), "{said}");
    let (printed, _) = dev_until_ready(&["--listen", &format!("127.0.0.1:{other}")], &variables);
    assert!(
        printed.contains(&format!("Countersign runs on http://localhost:{other}:")),
        "the option goes first: {printed}"
    );
}

/// A page whose own name leads to this machine (DNS rebinding) reads nothing of the playground, whose pages have its passwords.
#[test]
fn dev_answers_by_the_names_of_this_machine_alone() {
    let (playground, _) = Program::dev();
    let port = playground.issuer.rsplit_once(':').expect("it has a port").1.to_owned();
    for name in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"] {
        for host in [name.to_owned(), format!("{name}:{port}")] {
            assert_eq!(playground.get_with("/", &[("host", &host)]).status, 200, "{host}");
        }
    }
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "localhost@evil.example", "10.0.0.1", ""]
    {
        for (method, path) in [("GET", "/"), ("GET", "/dev/client"), ("POST", "/token"), ("GET", "/nowhere")] {
            let answer = playground.send(method, path, &[("host", &format!("{host}:{port}"))], None);
            assert_eq!(answer.status, 421, "{method} {path} at {host}: {answer:?}");
            assert!(answer.body.contains(&playground.issuer), "it says the right address: {answer:?}");
        }
    }
}

/// Runs a playground until it has printed its lines: standard output and standard error.
fn dev_until_ready(arguments: &[&str], variables: &[(&str, &str)]) -> (String, String) {
    let folder = new_folder();
    let data_dir = folder.to_string_lossy().into_owned();
    let mut dev = command(&[&["dev", "--data", &data_dir], arguments].concat());
    dev.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = dev.spawn().expect("the program starts");
    let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().expect("it is piped")));
    let printed: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.starts_with("Ctrl-C")).collect();
    child.kill().expect("it runs");
    let output = child.wait_with_output().expect("it ends");
    std::fs::remove_dir_all(&folder).expect("the folder is there");
    (printed.join("\n"), String::from_utf8(output.stderr).expect("it prints text"))
}
