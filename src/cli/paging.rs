//! Long lists, page by page: `--search`, `--limit` and `--after`.

use clap::Args;

use crate::store::{Conn, StoreError};

use super::output::{Format, print_note, say};
use super::{Admin, CommandResult};

/// Rows that are read in one unit of work.
const SCAN: i64 = 1000;

/// Which part of a list is shown.
#[derive(Args)]
pub(super) struct Paging {
    /// Only those that have this text in them, in any case
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// The most that are shown
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Only those that come after this one, the last of the page before
    #[arg(long, value_name = "NAME")]
    after: Option<String>,
}

/// A part of a list.
pub(super) struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The way to go on, where there are more.
    more: Option<String>,
}

impl Paging {
    /// The rows of a page. `read` gives the rows after a name, so many at most, in the order of their names; `name` is
    /// that of a row, and `texts` are those that are searched.
    ///
    /// # Errors
    /// [`StoreError`], boxed.
    pub async fn read<T: Send + 'static>(
        &self,
        admin: &Admin,
        read: impl Fn(&mut Conn, Option<&str>, i64) -> Result<Vec<T>, StoreError> + Copy + Send + 'static,
        name: impl Fn(&T) -> &str,
        texts: impl Fn(&T) -> Vec<String>,
    ) -> CommandResult<Page<T>> {
        let limit = usize::try_from(self.limit)?;
        let wanted = self.search.as_ref().map(|text| text.to_lowercase());
        let matches = |row: &T| match &wanted {
            Some(wanted) => texts(row).iter().any(|text| text.to_lowercase().contains(wanted)),
            None => true,
        };
        let (mut rows, mut after) = (Vec::new(), self.after.clone());
        loop {
            let from = after.clone();
            let scanned = admin.store.read(move |conn| read(conn, from.as_deref(), SCAN)).await?;
            after = scanned.last().map(|row| name(row).to_owned());
            let is_last = i64::try_from(scanned.len())? < SCAN;
            rows.extend(scanned.into_iter().filter(&matches));
            if is_last || rows.len() > limit {
                break;
            }
        }
        let is_cut = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| is_cut).map(&name);
        let more = last.map(|last| format!("There are more: add --after '{}' to go on.", last.replace('\'', r"'\''")));
        Ok(Page { rows, more })
    }
}

impl<T> Page<T> {
    /// Says how to go on, where there are more: under the table, or beside the JSON.
    pub fn print_more(&self, format: &Format) -> CommandResult {
        match &self.more {
            None => Ok(()),
            Some(more) if format.json => {
                print_note(more);
                Ok(())
            }
            Some(more) => say!("{more}"),
        }
    }
}
