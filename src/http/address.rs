//! The address that a request comes from: the one that the log has, and that wrong passwords and secrets are counted by.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::http::header::HeaderValue;
use actix_web::web::ThinData;
use actix_web::{HttpMessage, HttpRequest};

use crate::app::App;

/// The address, worked out once for each request.
#[derive(Clone, Copy)]
struct Address(IpAddr);

/// The other end of the connection, or whom a trusted proxy says that it serves.
pub fn client_address(request: &HttpRequest) -> IpAddr {
    if let Some(Address(known)) = request.extensions().get() {
        return *known;
    }
    let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app");
    let proxies = &app.config.proxies;
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let lines = request.headers().get_all(proxies.header.as_str()).map(HeaderValue::as_bytes);
    let address = proxies.client_address(peer, lines);
    request.extensions_mut().insert(Address(address));
    address
}
