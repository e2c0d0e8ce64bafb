//! Grants: one row each, however often its handle rotates.
//!
//! A handle is consumed by a guarded statement, and the row count decides. What ends grants is in `ends`, what administrators
//! see of them in `listing`, what removes them in `purge`.

mod ends;
mod listing;
mod purge;
mod rotate;
mod row;

use diesel::prelude::*;

use crate::oauth::Resource;
use crate::oauth::grant::{Grant, GrantState, Repeats, RevocationReason};
use crate::types::{Id, Timestamp};

use super::conn::on_engine;
use super::resources::ResourceRow;
use super::schema::{grants, resources, users};
use super::users::{User, UserRow, seed_column};
use super::{Conn, StoreError};

pub use ends::{Page, next_page, revoke, revoke_bound, revoke_consented, revoke_page, revoke_person, revoke_session};
pub use listing::{Listed, count_consented, count_unrevoked, list};
pub use purge::{Ended, purge, remove};

use ends::ended;
use rotate::Rotate;
use row::GrantRow;

pub(super) use row::claims_column;

/// The person of a grant.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Whether the person is switched off.
    pub disabled: bool,
    /// What their pairwise subjects come from.
    pub subject_seed: [u8; 32],
    row: UserRow,
}

impl Owner {
    /// All that is known of the person, as it was read with the grant: only an ID token with claims needs it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn user(&self) -> Result<User, StoreError> {
        User::try_from(self.row.clone())
    }
}

/// A grant with what its redemption depends on: whose it is, and what its tokens are for. It is read by one statement.
#[derive(Clone, Debug)]
pub struct Found {
    /// The grant.
    pub grant: Grant,
    /// Whose it is.
    pub owner: Owner,
    /// The resource that it names, while that is registered.
    pub resource: Option<Resource>,
}

type FoundRow = (GrantRow, UserRow, Option<ResourceRow>);

/// The grant of an id.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, id: Id) -> Result<Option<Found>, StoreError> {
    let grant = grants::table
        .inner_join(users::table)
        .left_join(resources::table)
        .filter(grants::id.eq(id.as_bytes().to_vec()))
        .select((grants::all_columns, users::all_columns, resources::all_columns.nullable()));
    let row: Option<FoundRow> = on_engine!(conn, |conn| grant.get_result(conn)).optional()?;
    row.map(|(grant, row, resource)| {
        let subject_seed = seed_column(row.subject_seed.clone())?;
        let owner = Owner { disabled: row.disabled_at.is_some(), subject_seed, row };
        Ok(Found { grant: Grant::try_from(grant)?, owner, resource: resource.map(Resource::try_from).transpose()? })
    })
    .transpose()
}

/// Adds a grant.
///
/// # Errors
/// [`StoreError`].
pub fn insert(conn: &mut Conn, grant: &Grant, now: Timestamp) -> Result<(), StoreError> {
    let row = GrantRow::new(grant, now);
    on_engine!(conn, |conn| diesel::insert_into(grants::table).values(&row).execute(conn))?;
    Ok(())
}

/// A person's grants with a client that were not revoked. An index holds just these, so that the cost is theirs alone.
///
/// # Errors
/// [`StoreError`].
pub fn unrevoked(conn: &mut Conn, user_id: Id, client_id: &str) -> Result<Vec<(Id, GrantState)>, StoreError> {
    let rows: Vec<GrantRow> = grants::table
        .filter(grants::user_id.eq(user_id.as_bytes().to_vec()))
        .filter(grants::client_id.eq(client_id))
        .filter(grants::revoked_at.is_null())
        .load(conn)?;
    rows.into_iter().map(|row| Grant::try_from(row).map(|grant| (grant.id, grant.state))).collect()
}

/// Moves a grant on to its next handle; `false` when somebody else moved or ended it first.
///
/// # Errors
/// [`StoreError`].
pub fn rotate(conn: &mut Conn, id: Id, from: u32, now: Timestamp) -> Result<bool, StoreError> {
    let rotate = Rotate { id: id.as_bytes().to_vec(), from: i64::from(from), now: now.millis() };
    Ok(on_engine!(conn, |conn| rotate.execute(conn))? == 1)
}

/// Notes that the handle before `generation` came again; `false` when somebody else moved or ended the grant first.
///
/// # Errors
/// [`StoreError`].
pub fn note_repeat(conn: &mut Conn, id: Id, generation: u32, repeats: Repeats) -> Result<bool, StoreError> {
    let noted = diesel::update(unmoved(id, generation))
        .set((
            grants::repeated_generation.eq(i64::from(repeats.generation)),
            grants::repeats.eq(i64::from(repeats.count)),
        ))
        .execute(conn)?;
    Ok(noted == 1)
}

/// Ends a grant whose time is over, so that no clock that is set back revives it; `false` when somebody else moved or ended it
/// first.
///
/// # Errors
/// [`StoreError`].
pub fn expire(conn: &mut Conn, id: Id, generation: u32, now: Timestamp) -> Result<bool, StoreError> {
    Ok(diesel::update(unmoved(id, generation)).set(ended(RevocationReason::Expired, now)).execute(conn)? == 1)
}

type Unmoved = diesel::helper_types::Filter<
    diesel::helper_types::Filter<
        diesel::helper_types::Find<grants::table, Vec<u8>>,
        diesel::helper_types::Eq<grants::generation, i64>,
    >,
    diesel::helper_types::IsNull<grants::revoked_at>,
>;

/// The guard of every statement that moves a grant.
fn unmoved(id: Id, generation: u32) -> Unmoved {
    grants::table
        .find(id.as_bytes().to_vec())
        .filter(grants::generation.eq(i64::from(generation)))
        .filter(grants::revoked_at.is_null())
}
