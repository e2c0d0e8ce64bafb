//! The two numbers in a PKCS#1 public key, which `aws-lc-rs` gives only as DER.

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 §A.1.1: a SEQUENCE of two INTEGERs), big-endian and without
/// leading zeros; `None` for anything else.
pub(super) fn rsa_public_parts(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (body, rest) = read_value(0x30, der)?;
    let (modulus, body) = read_value(0x02, body)?;
    let (exponent, body) = read_value(0x02, body)?;
    (rest.is_empty() && body.is_empty()).then_some((unsigned(modulus)?, unsigned(exponent)?))
}

/// The content of the value with that tag at the start of `der`, and what follows it (X.690 §8.1).
fn read_value(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, der) = der.split_first()?;
    let (&first, der) = der.split_first()?;
    let (length, der) = match first {
        0..=0x7f => (usize::from(first), der),
        0x81 => der.split_first().map(|(&length, der)| (usize::from(length), der))?,
        0x82 => der.split_first_chunk().map(|(&length, der)| (usize::from(u16::from_be_bytes(length)), der))?,
        _ => return None,
    };
    (found == tag).then(|| der.split_at_checked(length))?
}

/// A positive INTEGER without the zero byte that keeps its sign bit clear.
fn unsigned(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [0, rest @ ..] if !rest.is_empty() => Some(rest),
        [first, ..] if *first < 0x80 => Some(integer),
        _ => None,
    }
}
