//! A grant as its row has it. A row that no code of ours can have written is an error.

use diesel::prelude::*;

use crate::oauth::Scope;
use crate::oauth::claims_request::ClaimsRequest;
use crate::oauth::grant::{Grant, GrantState, Repeats, Revocation, RevocationReason};
use crate::store::schema::grants;
use crate::store::{StoreError, id_column};
use crate::types::Timestamp;

/// The columns of a grant.
#[derive(Queryable, Insertable)]
#[diesel(table_name = grants)]
pub(super) struct GrantRow {
    id: Vec<u8>,
    user_id: Vec<u8>,
    client_id: String,
    sid: Option<Vec<u8>>,
    scope: String,
    resource: Option<String>,
    redirect_uri: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    auth_time: i64,
    amr: String,
    handle_key: i32,
    seed: Vec<u8>,
    generation: i64,
    rotated_at: i64,
    repeated_generation: i64,
    repeats: i64,
    pub(super) created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    revoked_reason: Option<String>,
    claims: Option<String>,
}

impl GrantRow {
    pub(super) fn new(grant: &Grant, now: Timestamp) -> Self {
        let state = grant.state;
        Self {
            id: grant.id.as_bytes().to_vec(),
            user_id: grant.user_id.as_bytes().to_vec(),
            client_id: grant.client_id.clone(),
            sid: grant.sid.map(|sid| sid.as_bytes().to_vec()),
            scope: grant.scope.to_string(),
            resource: grant.resource.clone(),
            redirect_uri: grant.redirect_uri.clone(),
            nonce: grant.nonce.clone(),
            code_challenge: grant.code_challenge.clone(),
            auth_time: grant.auth_time.millis(),
            amr: grant.amr.clone(),
            handle_key: grant.handle_key,
            seed: grant.seed.clone(),
            generation: i64::from(state.generation),
            rotated_at: state.rotated_at.millis(),
            repeated_generation: i64::from(state.repeats.generation),
            repeats: i64::from(state.repeats.count),
            created_at: now.millis(),
            expires_at: state.expires_at.millis(),
            revoked_at: state.revoked.map(|revoked| revoked.at.millis()),
            revoked_reason: state.revoked.map(|revoked| revoked.reason.as_str().to_owned()),
            claims: grant.claims.as_ref().map(|claims| serde_json::to_string(claims).expect("a request is plain data")),
        }
    }
}

/// Claims that were asked for by name.
pub(in crate::store) fn claims_column(text: Option<&str>) -> Result<Option<ClaimsRequest>, StoreError> {
    let corrupt = |_| StoreError::Corrupt { table: "grants", reason: "its claims cannot be read" };
    text.map(serde_json::from_str).transpose().map_err(corrupt)
}

impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;

    fn try_from(row: GrantRow) -> Result<Self, StoreError> {
        let corrupt = |reason| StoreError::Corrupt { table: "grants", reason };
        let count = |number: i64| u32::try_from(number).map_err(|_| corrupt("a counter is out of range"));
        let revoked = match (row.revoked_at, row.revoked_reason.as_deref()) {
            (None, None) => None,
            (Some(at), Some(reason)) => {
                Some(Revocation { at: Timestamp::from_millis(at), reason: RevocationReason::parse(reason) })
            }
            _ => return Err(corrupt("its end has a time or a reason, not both")),
        };
        Ok(Self {
            id: id_column("grants", &row.id)?,
            user_id: id_column("grants", &row.user_id)?,
            client_id: row.client_id,
            sid: row.sid.map(|sid| id_column("grants", &sid)).transpose()?,
            scope: Scope::parse(&row.scope).map_err(|_| corrupt("its scope cannot be read"))?,
            resource: row.resource,
            redirect_uri: row.redirect_uri,
            nonce: row.nonce,
            code_challenge: row.code_challenge,
            auth_time: Timestamp::from_millis(row.auth_time),
            amr: row.amr,
            handle_key: row.handle_key,
            seed: row.seed,
            claims: claims_column(row.claims.as_deref())?,
            state: GrantState {
                generation: count(row.generation)?,
                rotated_at: Timestamp::from_millis(row.rotated_at),
                repeats: Repeats { generation: count(row.repeated_generation)?, count: count(row.repeats)? },
                expires_at: Timestamp::from_millis(row.expires_at),
                revoked,
            },
        })
    }
}
