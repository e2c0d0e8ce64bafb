//! What work needs beside its requests: how much of what is used up, and access tokens to ask about.

use std::net::SocketAddr;
use std::time::Duration;

use crate::Outcome;
use crate::http::Connection;
use crate::kind::Kind;
use crate::requests::refresh;
use crate::seed::{Seed, WITH_OPENID};

/// Access tokens that are asked about in turn.
const ACCESS_TOKENS: usize = 200;
/// What is used up is seeded for so many requests per second; a round ends early where that is not enough.
const MOST_PER_SECOND: f64 = 6000.0;

/// How much of what a kind of work uses up a round may take.
pub fn for_a_round(kind: Kind, connections: usize, round: Duration) -> usize {
    let share = if kind == Kind::Mixed { 0.2 } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a few thousand")]
    let count = (MOST_PER_SECOND * share * round.as_secs_f64()) as usize;
    count + connections
}

/// Access tokens of people, each of a grant of its own.
pub async fn access_tokens(seed: &Seed, server: SocketAddr) -> Outcome<Vec<String>> {
    let mut connection = Connection::open(server).await?;
    let mut tokens = Vec::new();
    for held in seed.refresh_tokens(ACCESS_TOKENS, WITH_OPENID).await? {
        let answer = connection.send(refresh(&held)?).await?;
        tokens.push(answer.text("access_token").ok_or_else(|| answer.refused("a refresh"))?);
    }
    Ok(tokens)
}
