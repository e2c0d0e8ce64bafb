//! The issuer as clients see it: reachable at its own URL, saying the same, with our keys and a certificate that lasts.

use std::net::TcpStream;
use std::time::Duration;

use native_tls::TlsConnector;
use openssl::asn1::Asn1Time;
use openssl::x509::X509;
use serde_json::Value;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use url::Url;

use super::{Examiner, Verdict};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Days before its end from which a certificate is mentioned.
const DAYS_LEFT: i32 = 14;

pub(super) fn examine(examiner: &mut Examiner, kids: &[String]) {
    let Ok(issuer) = examiner.config.issuer().cloned() else {
        return examiner.skip(&["issuer", "jwks", "certificate"], "there is no issuer");
    };
    let discovery = issuer.url("/.well-known/openid-configuration");
    let metadata =
        get(&discovery).and_then(|metadata| says(&metadata, issuer.as_str()).map(|detail| (metadata, detail)));
    let metadata = metadata.map_err(|reason| {
        format!(
            "{reason}: is `countersign serve` running, and does {} lead to {}?",
            issuer.as_str(),
            examiner.config.listen
        )
    });
    let Some(metadata) = examiner.keep("issuer", metadata) else {
        examiner.skip(&["jwks"], "the issuer does not answer");
        return certificate(examiner, issuer.as_str());
    };
    let jwks = metadata["jwks_uri"].as_str().unwrap_or_default();
    let keys = get(jwks).and_then(|keys| has_all(&keys, kids));
    examiner.keep("jwks", keys.map(|detail| ((), detail)));
    certificate(examiner, issuer.as_str());
}

fn get(url: &str) -> Result<Value, String> {
    let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build();
    let agent: Agent = Agent::config_builder().timeout_global(Some(TIMEOUT)).tls_config(tls).build().into();
    let failed = |error: ureq::Error| format!("{url}: {error}");
    let body = agent.get(url).call().map_err(failed)?.body_mut().read_to_string().map_err(failed)?;
    serde_json::from_str(&body).map_err(|_| format!("{url} answers something else than JSON"))
}

/// "The issuer value returned MUST be identical to the Issuer URL that was used" (OpenID Connect Discovery §4.3).
fn says(metadata: &Value, issuer: &str) -> Result<String, String> {
    match metadata["issuer"].as_str() {
        Some(said) if said == issuer => Ok(format!("answers at {issuer} and names itself so")),
        Some(said) => Err(format!("another server answers at {issuer}, which calls itself {said}")),
        None => Err(format!("what answers at {issuer} is no OpenID provider")),
    }
}

fn has_all(keys: &Value, kids: &[String]) -> Result<String, String> {
    let published: Vec<&str> =
        keys["keys"].as_array().into_iter().flatten().filter_map(|key| key["kid"].as_str()).collect();
    match kids.iter().find(|kid| !published.contains(&kid.as_str())) {
        None => Ok(format!("{} keys, as in the database", published.len())),
        Some(kid) => Err(format!("the JWKS lacks the key {kid}: a cache in front of the server keeps it for too long")),
    }
}

fn certificate(examiner: &mut Examiner, issuer: &str) {
    let url = Url::parse(issuer).ok().filter(|url| url.scheme() == "https");
    let Some(url) = url else {
        return examiner.note("certificate", Verdict::Ok, "none is needed on this machine");
    };
    match days_left(&url) {
        Ok(days) if days > DAYS_LEFT => examiner.note("certificate", Verdict::Ok, format!("valid for {days} days")),
        Ok(days) => examiner.note("certificate", Verdict::Warning, format!("it ends in {days} days: renew it")),
        Err(error) => examiner.note("certificate", Verdict::Failed, format!("{url} {error}")),
    }
}

/// The days until the server's certificate ends; its chain and its name are verified.
fn days_left(url: &Url) -> Result<i32, Box<dyn std::error::Error>> {
    let address = url.socket_addrs(|| None)?.into_iter().next().ok_or("its host has no address")?;
    let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let connection = TlsConnector::new()?.connect(url.host_str().unwrap_or_default(), stream)?;
    let certificate = connection.peer_certificate()?.ok_or("it shows none")?;
    let certificate = X509::from_der(&certificate.to_der()?)?;
    let now = Asn1Time::days_from_now(0)?;
    Ok(now.diff(certificate.not_after())?.days)
}
