//! Ranges: how a table is walked through in steps that cost the same however large it is.

/// Rows that a step looks at.
pub(super) const ROWS: i64 = 256;

/// What a step through a table did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<K> {
    /// Rows that it removed.
    pub removed: usize,
    /// The last key that it looked at, after which the next step begins; `None` at the end of the table.
    pub last: Option<K>,
}

/// A step of a walk by the key `$id`, from `$after` on, which removes the rows of which `$gone` is true.
macro_rules! step {
    ($conn:expr, $table:ident :: $id:ident, $after:expr, $gone:expr) => {{
        let after = $after;
        let ends = $table::table
            .filter($table::$id.gt(after))
            .order($table::$id)
            .select($table::$id)
            .offset($crate::store::range::ROWS - 1);
        let last = ends.first($conn).optional()?;
        let rows = $table::table.filter($table::$id.gt(after));
        let removed = match &last {
            Some(last) => diesel::delete(rows.filter($table::$id.le(last)).filter($gone)).execute($conn)?,
            None => diesel::delete(rows.filter($gone)).execute($conn)?,
        };
        Ok($crate::store::Step { removed, last })
    }};
}
pub(super) use step;
