//! Redeeming a handle: one unit of work around the rule of [`crate::oauth::redeem`].
//!
//! 1. the client is authenticated, in the same unit;
//! 2. a request whose client has gone, or that waited while the process stood still, changes nothing;
//! 3. the row is read by its primary key, with what may have ended it, and the resource that its tokens are for;
//! 4. a handle of another client or with a wrong tag changes nothing;
//! 5. the grant's own check of the request runs before anything is consumed;
//! 6. the rule decides, and a guarded statement does it: its row count is the truth, zero rows decide again. What the tokens
//!    tell of the person is read just before it, so that nothing is left to read once a handle is consumed;
//! 7. after the commit the tokens are minted. A refusal that revokes is committed like any other outcome.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::audit::Event;
use crate::oauth::grant::{Grant, GrantState, RevocationReason};
use crate::oauth::handle::{Handle, HandleKind};
use crate::oauth::redeem::{Outcome, RedeemPolicy, decide};
use crate::oauth::{Client, GrantType, OAuthError, Resource};
use crate::oidc::subject_for;
use crate::store::grants::{Found, Owner};
use crate::store::{Conn, StoreError, grants};
use crate::types::{Caller, Timestamp};

use super::client_authentication::authenticate;
use super::issue::{Granted, Wanted, for_grant};
use super::told::{in_id_token, roles_told};
use super::{Claimant, TokenResponse, require_signer};

/// How often a row that others keep moving is decided about anew.
const ATTEMPTS: usize = 3;
/// Seconds after which a request that came too late is worth another try.
const RETRY_AFTER_SECONDS: u64 = 1;

/// Nodes whose clocks differ from that of the database by more redeem nothing.
const MOST_AHEAD: Duration = Duration::from_secs(30);

/// What a grant makes of a request whose handle is genuine.
pub(super) enum Check {
    /// It is in order, and these tokens are wanted.
    Pass(Wanted),
    /// It is not, and nothing is consumed.
    Faulty(OAuthError),
    /// It is not, and a handle that could have been redeemed ends its grant.
    Revoke(RevocationReason),
}

/// What came of a handle.
enum Redeemed {
    /// The grant stands at the handle that the client gets now. It stood there before when that is `repeated`: after so many
    /// generations in a row that were repeated late.
    Granted { granted: Box<Granted>, repeated: Option<u32> },
    /// The handle is worth nothing, and nothing changed.
    Refused(&'static str),
    /// The handle ended its grant.
    Revoked { grant: Box<Grant>, handle: HandleKind, reason: RevocationReason },
}

/// Redeems a handle for tokens.
///
/// # Errors
/// `invalid_client`, `unauthorized_client`, `invalid_grant`, what `check` found, or `temporarily_unavailable`.
pub(super) async fn redeem(
    app: &App,
    client: Claimant,
    grant_type: GrantType,
    handle: Option<Handle>,
    check: impl Fn(&Client, &Grant, Option<Resource>) -> Check + Send + 'static,
) -> Result<TokenResponse, OAuthError> {
    let (now, origin, caller) = (app.clock.now(), client.origin, client.caller.clone());
    let unit = app.clone();
    let redeemed = app
        .store
        .write_one(move |conn| {
            let client = authenticate(conn, &client)?;
            let client = match client.and_then(|client| may_redeem(&unit, client, grant_type)) {
                Ok(client) => client,
                Err(error) => return Ok(Err(error)),
            };
            let Some(handle) = handle.clone() else { return Ok(Ok(Redeemed::Refused("malformed"))) };
            if let Some(reason) = delayed(&unit, &caller) {
                return Ok(Err(OAuthError::unavailable(RETRY_AFTER_SECONDS).with_source(reason)));
            }
            let policy = unit.redeem_policy(&client);
            let presented = Presented { handle, client, app: &unit, policy, now };
            redeem_in_unit(conn, &presented, &check)
        })
        .await??;
    match redeemed {
        Redeemed::Granted { granted, repeated } => {
            if let Some(late) = repeated {
                Event::RefreshRepeated { grant: &granted.grant, late }.write(&origin);
            }
            for_grant(app, *granted, now)
        }
        Redeemed::Refused(why) => Err(invalid_grant(grant_type).with_source(why)),
        Redeemed::Revoked { grant, handle, reason } => {
            Event::GrantRevoked { grant: &grant, handle, reason }.write(&origin);
            Err(invalid_grant(grant_type).with_source(reason.as_str()))
        }
    }
}

/// The reason why a request came too late to be answered: the client may have asked again elsewhere, and its handle may have
/// been redeemed since.
fn delayed(app: &App, caller: &Caller) -> Option<&'static str> {
    if caller.has_gone() {
        return Some("the client has closed the connection");
    }
    let stood_still = caller.accepted().is_some_and(|accepted| app.standstill.has_stood_still(accepted));
    stood_still.then_some("the process stood still since the request was sent")
}

/// A client that may use the grant, and whose tokens can be signed: nothing is consumed for those that cannot.
fn may_redeem(app: &App, client: Arc<Client>, grant_type: GrantType) -> Result<Arc<Client>, OAuthError> {
    client.require_grant(grant_type)?;
    require_signer(app, &client)?;
    Ok(client)
}

/// One description for every reason: whoever holds a handle that is not theirs learns nothing.
fn invalid_grant(grant_type: GrantType) -> OAuthError {
    OAuthError::invalid_grant(match grant_type {
        GrantType::AuthorizationCode => {
            "the code is invalid, expired, used or another client's: start the authorization again"
        }
        _ => "the refresh token is invalid, expired, revoked or another client's: the person has to sign in again",
    })
}

/// A handle presented by an authenticated client.
struct Presented<'a> {
    handle: Handle,
    client: Arc<Client>,
    app: &'a App,
    policy: RedeemPolicy,
    now: Timestamp,
}

fn redeem_in_unit(
    conn: &mut Conn,
    presented: &Presented<'_>,
    check: &impl Fn(&Client, &Grant, Option<Resource>) -> Check,
) -> Result<Result<Redeemed, OAuthError>, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(Found { grant, owner, resource }) = grants::find(conn, presented.handle.grant_id)? else {
            return Ok(Ok(Redeemed::Refused("unknown")));
        };
        let Some(key) = presented.app.keys.handles.get(grant.handle_key) else {
            return Ok(Ok(Redeemed::Refused("made with a master key that is not configured")));
        };
        if grant.client_id != presented.client.id || !presented.handle.is_genuine(key, &grant.seed) {
            return Ok(Ok(Redeemed::Refused("another client's, or forged")));
        }
        if owner.disabled {
            return Ok(Ok(Redeemed::Refused("of a disabled person")));
        }
        let wanted = match check(&presented.client, &grant, resource) {
            Check::Pass(wanted) => Ok(wanted),
            Check::Revoke(reason) => Err(reason),
            Check::Faulty(error) => return Ok(Err(error)),
        };
        if let Some(redeemed) = act(conn, presented, grant, &owner, wanted)? {
            return Ok(Ok(redeemed));
        }
    }
    Err(StoreError::Conflict("a grant did not stand still".to_owned()))
}

/// Decides about the handle by the rule. Before a late retry ends its grant, the last outage is asked about: in that time nobody
/// could have been answered.
fn decide_about(conn: &mut Conn, presented: &Presented<'_>, grant: &GrantState) -> Result<Outcome, StoreError> {
    let (generation, policy, now) = (presented.handle.generation, &presented.policy, presented.now);
    let outcome = decide(generation, grant, policy, now);
    if outcome != Outcome::Revoke(RevocationReason::Reuse) {
        return Ok(outcome);
    }
    let outage = presented.app.heartbeat.last_outage(conn)?;
    Ok(outage.map_or(outcome, |outage| decide(generation, &outage.delay(grant, policy.retry_window), policy, now)))
}

/// Does what the rule decides, for the tokens that are wanted or against a request that ends its grant; `None` when somebody
/// else moved the row first.
fn act(
    conn: &mut Conn,
    presented: &Presented<'_>,
    mut grant: Grant,
    owner: &Owner,
    wanted: Result<Wanted, RevocationReason>,
) -> Result<Option<Redeemed>, StoreError> {
    let now = presented.now;
    let outcome = decide_about(conn, presented, &grant.state)?;
    let wanted = match (outcome, wanted) {
        (Outcome::Rotate | Outcome::Repeat { .. }, Ok(wanted)) => wanted,
        (Outcome::Rotate | Outcome::Repeat { .. }, Err(reason)) | (Outcome::Revoke(reason), _) => {
            let handle = HandleKind::of(presented.handle.generation);
            let revoked = grants::revoke(conn, grant.id, reason, now)?;
            return Ok(revoked.then(|| Redeemed::Revoked { grant: Box::new(grant), handle, reason }));
        }
        (Outcome::Revoked, _) => return Ok(Some(Redeemed::Refused("revoked"))),
        (Outcome::Expired, _) => {
            let is_noted = grants::expire(conn, grant.id, grant.state.generation, now)?;
            return Ok(is_noted.then_some(Redeemed::Refused("expired")));
        }
    };
    let roles = roles_told(conn, grant.user_id, &wanted.scope)?;
    let told = in_id_token(conn, presented.app, &presented.client, &grant, &wanted.scope, || owner.user())?;
    let current = grant.state.generation;
    let (stood_still, repeated) = if let Outcome::Repeat { repeats } = outcome {
        let is_noted = repeats == grant.state.repeats || grants::note_repeat(conn, grant.id, current, repeats)?;
        (is_noted, Some(repeats.count))
    } else {
        grant.state.generation = current + 1;
        // The retry window begins here, and not when the request came in.
        grant.state.rotated_at = follow(grant.state.rotated_at, presented.app.clock.now());
        (grants::rotate(conn, grant.id, current, grant.state.rotated_at)?, None)
    };
    let sub = subject_for(&presented.client, grant.user_id, &owner.subject_seed);
    let granted = Granted { client: Arc::clone(&presented.client), sub, grant, wanted, roles, told };
    Ok(stood_still.then(|| Redeemed::Granted { granted: Box::new(granted), repeated }))
}

/// The time of a rotation after another. It does not go back behind a node whose clock is ahead by as much as is allowed; what is
/// further ahead was written by a clock that was wrong.
fn follow(before: Timestamp, now: Timestamp) -> Timestamp {
    if before <= now.plus(MOST_AHEAD) { before.max(now) } else { now }
}
