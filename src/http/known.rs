//! What is known of a request from its first moment on, in one place: the log, the handlers and the pages read it here.

use std::cell::{Cell, Ref};
use std::net::{IpAddr, Ipv4Addr};

use actix_web::http::header::HeaderValue;
use actix_web::web::ThinData;
use actix_web::{HttpMessage, HttpRequest};

use crate::app::App;
use crate::audit::{Origin, RequestNotes};
use crate::grant::Requester;

/// What is known of a request.
pub struct Known {
    /// Where it comes from, and its id in the log line, on its error page and in the header `x-request-id`.
    pub origin: Origin,
    /// The client, as soon as it has authenticated.
    pub requester: Requester,
    /// What the use cases note for the log.
    pub notes: RequestNotes,
    /// The grant type.
    pub grant_type: Cell<Option<&'static str>>,
}

impl Known {
    /// What is known of a request, from when it is first asked for.
    pub fn of(request: &HttpRequest) -> Ref<'_, Self> {
        if request.extensions().get::<Self>().is_none() {
            let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app");
            request.extensions_mut().insert(Self::at_first(app, request));
        }
        Ref::map(request.extensions(), |all| all.get().expect("it was put there just now"))
    }

    fn at_first(app: &App, request: &HttpRequest) -> Self {
        Self {
            origin: Origin { request_id: app.request_ids.next(), address: client_address(app, request) },
            requester: Requester::default(),
            notes: RequestNotes::default(),
            grant_type: Cell::new(None),
        }
    }
}

/// The address that a request comes from, which wrong passwords and secrets are counted by: the other end of the connection,
/// or whom a trusted proxy says that it serves.
fn client_address(app: &App, request: &HttpRequest) -> IpAddr {
    let proxies = &app.config.proxies;
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let lines = request.headers().get_all(proxies.header.as_str()).map(HeaderValue::as_bytes);
    proxies.client_address(peer, lines)
}
