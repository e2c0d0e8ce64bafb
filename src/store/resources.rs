//! Registered resources.

use diesel::prelude::*;

use crate::oauth::resource::ScopeWords;
use crate::oauth::{Resource, Scope};
use crate::types::Timestamp;

use super::conn::on_engine;
use super::schema::resources;
use super::{Conn, StoreError};

#[derive(Queryable, Insertable)]
#[diesel(table_name = resources)]
pub(super) struct ResourceRow {
    uri: String,
    name: String,
    scope: String,
    created_at: i64,
    scope_words: String,
}

/// The resource of a URI, compared as a string.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, uri: &str) -> Result<Option<Resource>, StoreError> {
    let row: Option<ResourceRow> = on_engine!(conn, |conn| resources::table.find(uri).get_result(conn)).optional()?;
    row.map(Resource::try_from).transpose()
}

/// Every resource, by its URI.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn) -> Result<Vec<Resource>, StoreError> {
    let rows: Vec<ResourceRow> = resources::table.order(resources::uri).load(conn)?;
    rows.into_iter().map(Resource::try_from).collect()
}

/// Registers a resource.
///
/// # Errors
/// [`StoreError::Exists`] when the URI is taken.
pub fn insert(conn: &mut Conn, resource: &Resource, now: Timestamp) -> Result<(), StoreError> {
    let row = ResourceRow {
        uri: resource.uri.clone(),
        name: resource.name.clone(),
        scope: resource.scope.to_string(),
        created_at: now.millis(),
        scope_words: words_column(&resource.words),
    };
    diesel::insert_into(resources::table).values(&row).execute(conn)?;
    Ok(())
}

/// Rewrites the name, the scopes and their words of a resource.
///
/// # Errors
/// [`StoreError`].
pub fn update(conn: &mut Conn, resource: &Resource) -> Result<(), StoreError> {
    diesel::update(resources::table.find(resource.uri.clone()))
        .set((
            resources::name.eq(&resource.name),
            resources::scope.eq(resource.scope.to_string()),
            resources::scope_words.eq(words_column(&resource.words)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a resource; `false` when there is none. Clients that name it are the caller's to look for.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, uri: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(resources::table.find(uri)).execute(conn)? == 1)
}

impl TryFrom<ResourceRow> for Resource {
    type Error = StoreError;

    fn try_from(row: ResourceRow) -> Result<Self, StoreError> {
        let corrupt = |reason| StoreError::Corrupt { table: "resources", reason };
        Ok(Self {
            scope: Scope::parse(&row.scope).map_err(|_| corrupt("its scope cannot be read"))?,
            words: serde_json::from_str(&row.scope_words).map_err(|_| corrupt("its words are no JSON object"))?,
            uri: row.uri,
            name: row.name,
        })
    }
}

fn words_column(words: &ScopeWords) -> String {
    serde_json::to_string(words).expect("words are plain data")
}
