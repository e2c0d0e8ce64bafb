//! The store by itself: group commit, savepoints, and a schema from the future.
