//! Requests of the server by https: to whom the machine trusts, under the name that was asked for.

use std::path::Path;

use countersign::outbound::OutboundError;
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use serde_json::json;

use crate::support::signer::assertion_of;
use crate::support::{Installation, Peer, Program, Server, Signer};

const LOOPBACK: &[(&str, &str)] = &[("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1,::1")];

/// A certificate that vouches for itself, for this host.
fn certificate(host: &str) -> (X509, PKey<Private>) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", host).unwrap();
    let name = name.build();
    let mut serial = BigNum::new().unwrap();
    serial.rand(128, MsbOption::MAYBE_ZERO, false).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    let names = SubjectAlternativeName::new().dns(host).build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build(), key)
}

fn peer_of((certificate, key): &(X509, PKey<Private>)) -> Peer {
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_certificate(certificate).unwrap();
    acceptor.set_private_key(key).unwrap();
    Peer::start_tls(acceptor.build())
}

fn https(peer: &Peer) -> String {
    format!("https://localhost:{}/jwks", peer.address.port())
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = Server::start_with(LOOPBACK);
    let peer = peer_of(&certificate("localhost"));
    peer.serve("/jwks", "{\"keys\":[]}");
    let answer = server.block_on(server.app.outbound.get(super::outbound::KEYS, &https(&peer)));
    assert_eq!(answer, Err(OutboundError::Tls));
    assert!(peer.asked("/jwks").is_empty());
}

/// The whole way with the real program: keys that are published by https.
#[test]
fn published_keys_are_fetched_by_https_from_whom_the_machine_trusts() {
    let installation = Installation::new();
    let (right, other) = (certificate("localhost"), certificate("other.example"));
    let trusted = installation.data_dir.join("trusted.pem");
    write_pem(&trusted, &[&right.0, &other.0]);
    let signer = Signer::p256("1");
    let peers =
        [("right", peer_of(&right)), ("other", peer_of(&other)), ("stranger", peer_of(&certificate("localhost")))];
    for (id, peer) in &peers {
        peer.serve("/jwks", signer.jwks().to_string());
        let keys = format!("jwks_uri={}", https(peer));
        let client = ["client", "add", id, "--grant", "client_credentials", "--auth-method", "private_key_jwt"];
        installation.json(&[&client[..], &["--metadata", &keys]].concat(), "");
    }
    let program = Program::serve_trusting(&installation.data_dir, installation.port, LOOPBACK, &trusted);
    let statuses = peers.each_ref().map(|(id, _)| {
        let assertion = signer.sign(&assertion_of(id, &program.issuer));
        let kind = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        let form = [kind, ("client_assertion", &assertion), ("grant_type", "client_credentials")];
        program.post("/token", &form).status
    });
    assert_eq!(statuses, [200, 503, 503], "{}", program.log());
    assert_eq!(json!(peers.each_ref().map(|(_, peer)| peer.asked("/jwks").len())), json!([1, 0, 0]));
}

fn write_pem(path: &Path, certificates: &[&X509]) {
    let pem: Vec<u8> = certificates.iter().flat_map(|certificate| certificate.to_pem().unwrap()).collect();
    std::fs::write(path, pem).expect("the folder is there");
}
