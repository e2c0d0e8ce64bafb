//! A token of whatever kind, as introspection and revocation take it (RFC 7662 §2.1, RFC 7009 §2.1).

use crate::app::App;
use crate::oauth::Client;
use crate::oauth::grant::Grant;
use crate::oauth::handle::{Handle, HandleKind};
use crate::store::grants::{self, Found};
use crate::store::{Conn, StoreError};
use crate::types::Secret;

use super::access_token::{AccessToken, read_access_token};

/// What a text is. Its form says so: `token_type_hint` is not needed, "an authorization server MAY ignore this parameter"
/// (RFC 7662 §2.1, RFC 7009 §2.1).
pub(super) enum PresentedToken {
    /// A current access token of ours.
    Access(Box<AccessToken>),
    /// A well-formed refresh token, not yet known to be genuine.
    Refresh(Handle),
    /// Nothing that we know, or a token whose time is over.
    Unknown,
}

impl PresentedToken {
    pub(super) fn read(app: &App, token: &Secret) -> Self {
        if let Some(handle) = Handle::parse(HandleKind::RefreshToken, token.expose()) {
            return Self::Refresh(handle);
        }
        read_access_token(app, token.expose()).map_or(Self::Unknown, |token| Self::Access(Box::new(token)))
    }
}

/// The grant of a refresh token that is genuine and the client's own.
pub(super) fn own_grant(
    conn: &mut Conn,
    app: &App,
    client: &Client,
    refresh_token: &Handle,
) -> Result<Option<Found>, StoreError> {
    let is_own = |grant: &Grant| {
        let key = app.keys.handles.get(grant.handle_key);
        grant.client_id == client.id && key.is_some_and(|key| refresh_token.is_genuine(key, &grant.seed))
    };
    Ok(grants::find(conn, refresh_token.grant_id)?.filter(|found| is_own(&found.grant)))
}
