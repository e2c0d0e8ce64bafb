//! Ranges: how a table is walked through in steps that cost the same however large it is.

/// Rows that a step looks at, at most.
pub(super) const ROWS: i64 = 256;
/// Rows that a step removes, at most. Each of them changes a page of every index, which costs many times what looking at it
/// does, and whoever writes meanwhile waits for all of it.
pub(super) const REMOVED: i64 = 16;

/// What a step through a table did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<K> {
    /// Rows that it removed.
    pub removed: usize,
    /// The last key that it looked at, after which the next step begins; `None` at the end of the table.
    pub last: Option<K>,
}

/// A step of a walk by the key `$id`, from `$after` on, which removes the rows of which `$gone` is true: it ends where it
/// has looked at enough of them, or removed enough.
macro_rules! step {
    ($conn:expr, $table:ident :: $id:ident, $after:expr, $gone:expr) => {{
        let (after, gone) = ($after, $gone);
        let ahead = $table::table.filter($table::$id.gt(after)).order($table::$id).select($table::$id);
        let window = ahead.offset($crate::store::range::ROWS - 1).first($conn).optional()?;
        let found = ahead.filter(gone.clone()).limit($crate::store::range::REMOVED);
        let found = match &window {
            Some(window) => found.filter($table::$id.le(window)).load($conn)?,
            None => found.load($conn)?,
        };
        let is_full = i64::try_from(found.len()) == Ok($crate::store::range::REMOVED);
        let end = found.into_iter().next_back();
        let removed = match &end {
            Some(end) => {
                let passed = $table::table.filter($table::$id.gt(after)).filter($table::$id.le(end));
                diesel::delete(passed.filter(gone)).execute($conn)?
            }
            None => 0,
        };
        Ok($crate::store::Step { removed, last: if is_full { end } else { window } })
    }};
}
pub(super) use step;
