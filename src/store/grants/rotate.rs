//! The statement of every refresh. Diesel prepares an `UPDATE` anew each time that it runs, since what it sets may vary; this
//! one never varies.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary};

/// Moves the grant `id` on from the generation `from`, unless somebody else has moved or ended it.
#[derive(QueryId)]
pub(super) struct Rotate {
    /// The grant.
    pub id: Vec<u8>,
    /// The generation that it is to stand at.
    pub from: i64,
    /// The time, in unix milliseconds.
    pub now: i64,
}

impl<DB> QueryFragment<DB> for Rotate
where
    DB: Backend,
    i64: ToSql<BigInt, DB>,
    Vec<u8>: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE grants SET generation = generation + 1, rotated_at = ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<Binary, _>(&self.id)?;
        out.push_sql(" AND generation = ");
        out.push_bind_param::<BigInt, _>(&self.from)?;
        out.push_sql(" AND revoked_at IS NULL");
        Ok(())
    }
}

impl<C> RunQueryDsl<C> for Rotate {}
