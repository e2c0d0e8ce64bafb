//! The vectors of RFC 7638 §3.1, RFC 7515 §A.2 and §A.3, and RFC 8037 §A.

use jsonwebtoken::crypto;
use serde_json::{Value, json};

use crate::keys::{Algorithm, PublicJwk, SigningKey, install};
use crate::types::base64url;

/// The claims of RFC 7515 §A.1 to §A.3.
const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn jwk(value: Value) -> PublicJwk {
    serde_json::from_value(value).unwrap()
}

fn rfc7515_a2_key() -> PublicJwk {
    jwk(json!({
        "kty": "RSA",
        "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ\
              S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2\
              R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD\
              TW9gb54h4FRWyuXpoQ",
        "e": "AQAB",
    }))
}

fn rfc7515_a3_key() -> PublicJwk {
    jwk(json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }))
}

fn rfc8037_a2_key() -> PublicJwk {
    jwk(json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }))
}

/// Verifies, and refuses each of the three segments with one bit changed, and every other algorithm.
fn assert_verifies(key: &PublicJwk, algorithm: Algorithm, token: &str) {
    install();
    let decoding_key = key.decoding_key(algorithm).unwrap();
    let verify = |token: &str, algorithm: Algorithm| {
        let (message, signature) = token.rsplit_once('.').unwrap();
        crypto::verify(signature, message.as_bytes(), &decoding_key, algorithm.into())
    };
    assert_eq!(verify(token, algorithm), Ok(true));
    for (index, _) in token.match_indices(|symbol: char| symbol != '.') {
        let mut changed = token.as_bytes().to_vec();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_ne!(verify(&changed, algorithm), Ok(true), "symbol {index}");
    }
    for other in super::ALGORITHMS.into_iter().filter(|other| *other != algorithm) {
        assert_ne!(verify(token, other), Ok(true), "{other:?}");
    }
}

#[test]
fn rfc7638_3_1_thumbprint() {
    let key = jwk(json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3\
              oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA\
              ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-\
              kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29",
    }));
    assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!((key.kid(), key.algorithm()), (Some("2011-04-29"), Some(Algorithm::Rs256)));
}

#[test]
fn rfc7515_a2_rs256() {
    let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdb\
                     F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383\
                     LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy\
                     wlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    assert_verifies(&rfc7515_a2_key(), Algorithm::Rs256, &format!("eyJhbGciOiJSUzI1NiJ9.{JOE}.{signature}"));
}

#[test]
fn rfc7515_a3_es256() {
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert_verifies(&rfc7515_a3_key(), Algorithm::Es256, &format!("eyJhbGciOiJFUzI1NiJ9.{JOE}.{signature}"));
}

const RFC8037_A4_MESSAGE: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
const RFC8037_A4_SIGNATURE: &str =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

#[test]
fn rfc8037_a3_thumbprint() {
    assert_eq!(rfc8037_a2_key().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn rfc8037_a5_verification() {
    let token = format!("{RFC8037_A4_MESSAGE}.{RFC8037_A4_SIGNATURE}");
    assert_verifies(&rfc8037_a2_key(), Algorithm::EdDsa, &token);
}

#[test]
fn rfc8037_a4_signing() {
    let seed = base64url::decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    // The PKCS#8 of RFC 8410 §7 around the 32 bytes.
    let pkcs8 = [&b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"[..], &seed].concat();
    let key = SigningKey::from_pkcs8(Algorithm::EdDsa, &pkcs8).unwrap();
    assert_eq!(key.kid(), rfc8037_a2_key().thumbprint());
    assert_eq!(base64url::encode(key.sign(RFC8037_A4_MESSAGE.as_bytes()).unwrap()), RFC8037_A4_SIGNATURE);
}
