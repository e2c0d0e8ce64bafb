//! What is not for sale is on: durability, and the refusals. A server that is fast without them is not measured.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign::store::{Conn, StoreError};
use diesel::dsl::sql;
use diesel::sql_types::{Integer, Text};
use diesel::{RunQueryDsl, select};
use hyper::StatusCode;
use nix::libc::{SYS_fdatasync, SYS_fsync};
use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use nix::unistd::Pid;

use crate::Outcome;
use crate::answer::{Answer, algorithm};
use crate::http::Connection;
use crate::place::{Engine, Place};
use crate::requests::{post, redeem, refresh, userinfo};
use crate::seed::{PLAIN, Seed, WITH_OPENID};
use crate::server::Server;
use crate::stock::Held;

/// `synchronous=FULL`, as `SQLite` tells of it.
const FULL: i32 = 2;
/// Refreshes during which the server has to be seen at a sync.
const MOST_REFRESHES: usize = 5000;

/// Checks all of it.
pub async fn all(place: &Place, seed: &Seed, server: &Server, algorithm: &str) -> Outcome {
    match place.engine {
        Engine::Sqlite => {
            is_on_a_disk(&place.data_dir)?;
            sqlite_is_synchronous(seed).await?;
            server_syncs(seed, server).await?;
        }
        Engine::Postgres => postgres_is_synchronous(seed).await?,
    }
    let mut connection = Connection::open(server.address).await?;
    tokens_are_signed_by(algorithm, seed, &mut connection).await?;
    old_refresh_tokens_are_refused(seed, &mut connection).await?;
    replayed_codes_are_refused(seed, &mut connection).await?;
    strangers_are_refused(seed, &mut connection).await?;
    tampered_tokens_are_refused(seed, &mut connection).await
}

fn is_on_a_disk(folder: &Path) -> Outcome {
    let is_memory = statfs(folder)?.filesystem_type() == TMPFS_MAGIC;
    ensure(!is_memory, || format!("{} is not on a disk", folder.display()))
}

/// By the connection that writes, as the store opened it.
async fn sqlite_is_synchronous(seed: &Seed) -> Outcome {
    let synchronous = seed.app().store.write(|conn| {
        let Conn::Sqlite(conn) = conn else { return Err(StoreError::Exists) };
        Ok(select(sql::<Integer>("synchronous FROM pragma_synchronous")).get_result::<i32>(conn)?)
    });
    let found = synchronous.await?;
    ensure(found == FULL, || format!("SQLite's synchronous is {found}, not FULL"))
}

/// The server itself is seen waiting for a sync, from outside, while tokens are refreshed.
async fn server_syncs(seed: &Seed, server: &Server) -> Outcome {
    let mut connection = Connection::open(server.address).await?;
    let mut held = one(seed.refresh_tokens(1, PLAIN).await?)?;
    let (synced, process) = (Arc::new(AtomicBool::new(false)), server.pid());
    let watching = Arc::clone(&synced);
    // Until it has seen one, or nobody waits for it any more.
    std::thread::spawn(move || {
        while !watching.load(Ordering::Relaxed) && Arc::strong_count(&watching) > 1 {
            watching.store(is_syncing(process), Ordering::Relaxed);
        }
    });
    for _ in 0..MOST_REFRESHES {
        if synced.load(Ordering::Relaxed) {
            return Ok(());
        }
        let answer = connection.send(refresh(&held)?).await?;
        held.token = answer.text("refresh_token").ok_or_else(|| answer.refused("a refresh"))?;
    }
    Err("the server answers refreshes without waiting for the disk".into())
}

/// Whether a thread of a process is in a system call that waits until what was written is on the disk.
fn is_syncing(process: Pid) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { return false };
    threads.flatten().any(|thread| {
        let call = std::fs::read_to_string(thread.path().join("syscall")).unwrap_or_default();
        let number = call.split(' ').next().and_then(|number| number.parse().ok());
        number.is_some_and(|number| [SYS_fdatasync, SYS_fsync].contains(&number))
    })
}

/// As a connection of the store sees the server, which has to be on this machine to be measured.
async fn postgres_is_synchronous(seed: &Seed) -> Outcome {
    for (name, expected) in [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")] {
        let found = postgres_setting(seed, name).await?;
        ensure(found == expected, || {
            format!("PostgreSQL's {name} is {found}: tests/postgres.sh --durable turns it on")
        })?;
    }
    is_on_a_disk(Path::new(&postgres_setting(seed, "data_directory").await?))
}

/// A process of the database that serves a connection.
pub async fn backend(seed: &Seed) -> Outcome<Pid> {
    let pid = seed.app().store.write_one(|conn| {
        let Conn::Postgres(conn) = conn else { return Err(StoreError::Exists) };
        Ok(select(sql::<Integer>("pg_backend_pid()")).get_result(conn)?)
    });
    Ok(Pid::from_raw(pid.await?))
}

async fn postgres_setting(seed: &Seed, name: &'static str) -> Outcome<String> {
    let setting = seed.app().store.write_one(move |conn| {
        let Conn::Postgres(conn) = conn else { return Err(StoreError::Exists) };
        Ok(select(sql::<Text>(&format!("current_setting('{name}')"))).get_result(conn)?)
    });
    Ok(setting.await?)
}

async fn tokens_are_signed_by(expected: &str, seed: &Seed, connection: &mut Connection) -> Outcome {
    let held = one(seed.refresh_tokens(1, PLAIN).await?)?;
    let answer = connection.send(refresh(&held)?).await?;
    let token = answer.text("access_token").ok_or_else(|| answer.refused("a refresh"))?;
    let found = algorithm(&token);
    ensure(found.as_deref() == Some(expected), || format!("tokens are signed with {found:?}, not with {expected}"))
}

/// A refresh token whose successor was used ends its grant (RFC 9700 §4.14.2).
async fn old_refresh_tokens_are_refused(seed: &Seed, connection: &mut Connection) -> Outcome {
    let mut held = one(seed.refresh_tokens(1, PLAIN).await?)?;
    let oldest = held.clone();
    for _ in 0..2 {
        let answer = connection.send(refresh(&held)?).await?;
        held.token = answer.text("refresh_token").ok_or_else(|| answer.refused("a refresh"))?;
    }
    for token in [&oldest, &held] {
        let answer = connection.send(refresh(token)?).await?;
        refused(&answer, StatusCode::BAD_REQUEST, "invalid_grant", "an old refresh token")?;
    }
    Ok(())
}

/// A code works once, and for whoever has its verifier (RFC 6749 §4.1.2, RFC 7636 §4.6).
async fn replayed_codes_are_refused(seed: &Seed, connection: &mut Connection) -> Outcome {
    let code = one(seed.codes(1).await?)?;
    let first = connection.send(redeem(&code)?).await?;
    let token = first.text("refresh_token").ok_or_else(|| first.refused("a code"))?;
    let again = connection.send(redeem(&code)?).await?;
    refused(&again, StatusCode::BAD_REQUEST, "invalid_grant", "a replayed code")?;
    let after = connection.send(refresh(&Held { client: Arc::clone(&code.client), token })?).await?;
    refused(&after, StatusCode::BAD_REQUEST, "invalid_grant", "a refresh token of a replayed code")?;
    let mut stolen = one(seed.codes(1).await?)?;
    stolen.verifier = code.verifier;
    let answer = connection.send(redeem(&stolen)?).await?;
    refused(&answer, StatusCode::BAD_REQUEST, "invalid_grant", "a code with another one's verifier")
}

async fn strangers_are_refused(seed: &Seed, connection: &mut Connection) -> Outcome {
    let client = seed.seeded.clients.last().ok_or("there is no client")?;
    let wrong = format!("{}AAAA", &client.authorization[..client.authorization.len() - 4]);
    let answer = connection.send(post("/token", &wrong, &[("grant_type", "client_credentials")])?).await?;
    refused(&answer, StatusCode::UNAUTHORIZED, "invalid_client", "a wrong secret")
}

/// An access token with another signature, or other claims, is nobody's.
async fn tampered_tokens_are_refused(seed: &Seed, connection: &mut Connection) -> Outcome {
    let held = one(seed.refresh_tokens(1, WITH_OPENID).await?)?;
    let answer = connection.send(refresh(&held)?).await?;
    let token = answer.text("access_token").ok_or_else(|| answer.refused("a refresh"))?;
    let (signed, signature) = token.rsplit_once('.').ok_or("a token has parts")?;
    let api = &seed.seeded.api.authorization;
    for forged in [format!("{signed}.{}", other(signature)), format!("{}.{signature}", other(signed))] {
        let answer = connection.send(post("/introspect", api, &[("token", &forged)])?).await?;
        ensure(answer.body == b"{\"active\":false}", || answer.refused("a tampered token").to_string())?;
        let answer = connection.send(userinfo(&forged)?).await?;
        ensure(answer.status == StatusCode::UNAUTHORIZED, || answer.refused("a tampered token").to_string())?;
    }
    Ok(())
}

/// The same text but for a character in its middle.
fn other(text: &str) -> String {
    let middle = text.len() / 2;
    let character = if text[middle..].starts_with('A') { "B" } else { "A" };
    format!("{}{character}{}", &text[..middle], &text[middle + 1..])
}

/// A token that was given back is worth nothing.
pub async fn revoked_token_is_refused(held: &Held, server: &Server) -> Outcome {
    let answer = Connection::open(server.address).await?.send(refresh(held)?).await?;
    refused(&answer, StatusCode::BAD_REQUEST, "invalid_grant", "a token that was given back")
}

fn refused(answer: &Answer, status: StatusCode, error: &str, what: &str) -> Outcome {
    let is_refused = answer.status == status && answer.text("error").as_deref() == Some(error);
    ensure(is_refused, || answer.refused(what).to_string())
}

fn one<T>(all: Vec<T>) -> Outcome<T> {
    Ok(all.into_iter().next().ok_or("nothing was seeded")?)
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}
