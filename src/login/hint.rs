//! Reading an `id_token_hint`.

use crate::app::App;
use crate::oidc::IdTokenHint;

/// What an ID token of ours says, if it is one, whenever it expired and whatever became of the key that signed it. A token
/// without signature, of another signer or issuer, or of another kind is none.
#[must_use]
pub fn read_hint(app: &App, token: &str) -> Option<IdTokenHint> {
    let hint = app.keys.ring.current().verify_hint::<IdTokenHint>(token, "JWT").ok()?;
    hint.is_of(app.issuer.as_str()).then_some(hint)
}
