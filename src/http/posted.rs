//! Requests of applications that come as a form. A form on another site brings no cookies along (`SameSite=Lax`), a redirect
//! after it does: the request goes on as a GET, sealed, so that no token of the form stands in an address.

use actix_web::HttpResponse;

use super::headers::see_other;
use super::visit::Visit;

/// The parameter that holds a sealed request.
const PARAMETER: &str = "posted";

/// Redirects a form's request, which is no longer than an address may be, to the same endpoint.
pub fn carry_on(visit: &Visit, path: &str, query: &str) -> HttpResponse {
    let (app, to) = (&visit.app, visit.path(path));
    let sealed = app.keys.flows.seal_posted(query, app.clock.now(), &app.rng);
    see_other(app, &format!("{to}?{PARAMETER}={sealed}")).finish()
}

/// The visit with the request that was sealed, where the address has one that opens. Otherwise the parameter counts as any
/// unknown one.
pub fn restore(mut visit: Visit) -> Visit {
    let query = visit.query().unwrap_or_default();
    let sealed = query.get(PARAMETER).ok().flatten();
    if let Some(opened) = sealed.and_then(|sealed| visit.app.keys.flows.open_posted(sealed, visit.app.clock.now())) {
        visit.set_query(opened);
    }
    visit
}
