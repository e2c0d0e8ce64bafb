//! The end of a chunked body in the bytes of a connection.

/// Finds the end of a chunked body and its trailers (RFC 9112 §7.1), byte for byte as the HTTP library does. A body that is
/// malformed has no end here: the library refuses it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ChunkScanner {
    next: Next,
    /// Bytes of data that are left of the chunk.
    left: u64,
}

/// The bytes that are expected next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    #[default]
    FirstDigit,
    Digit,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    LastCr,
    LastLf,
    Trailer,
    TrailerLf,
    Malformed,
}

impl ChunkScanner {
    /// Takes up bytes, and returns the length of those up to the end of the body; `None` if the end is not among them.
    pub fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.next == Next::Data {
                let data = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len() - at);
                at += data;
                self.left -= u64::try_from(data).unwrap_or(self.left);
                if self.left == 0 {
                    self.next = Next::DataCr;
                }
                continue;
            }
            let is_end = self.next == Next::LastLf && bytes[at] == b'\n';
            self.next = self.after(bytes[at]);
            at += 1;
            if is_end {
                return Some(at);
            }
        }
        None
    }

    fn after(&mut self, byte: u8) -> Next {
        match (self.next, byte) {
            (Next::FirstDigit | Next::Digit, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = char::from(byte).to_digit(16).map_or(0, u64::from);
                let Some(left) = self.left.checked_mul(16) else { return Next::Malformed };
                self.left = left + digit;
                Next::Digit
            }
            (Next::Digit, b';' | b' ' | b'\t') => Next::Extension,
            (Next::Extension, byte) if !matches!(byte, b'\r' | b'\n') => Next::Extension,
            (Next::Digit | Next::Extension, b'\r') => Next::SizeLf,
            (Next::SizeLf, b'\n') if self.left == 0 => Next::LastCr,
            (Next::SizeLf, b'\n') => Next::Data,
            (Next::DataCr, b'\r') => Next::DataLf,
            (Next::DataLf, b'\n') => Next::FirstDigit,
            (Next::LastCr, b'\r') => Next::LastLf,
            (Next::Trailer, b'\r') => Next::TrailerLf,
            (Next::LastCr | Next::Trailer, _) => Next::Trailer,
            (Next::TrailerLf, b'\n') => Next::LastCr,
            _ => Next::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_of(bytes: &[u8]) -> Option<usize> {
        ChunkScanner::default().find_end(bytes)
    }

    #[test]
    fn a_body_ends_behind_its_last_chunk() {
        for (body, next) in [
            ("0\r\n\r\n", ""),
            ("3\r\nabc\r\n0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"),
            ("a;name=\"value\"\r\n0\r\n\r\n0\r\n\r\n\r\n00\r\n\r\n", "5\r\n"),
            ("0\r\nname: value\r\nother: 0\r\n\r\n", "0\r\n\r\n"),
            ("1 \r\n\n\r\n1F\r\nabcdefghijklmnopqrstuvwxyz12345\r\n0;x\r\n\r\n", "\r\n"),
        ] {
            let bytes = format!("{body}{next}");
            assert_eq!(end_of(bytes.as_bytes()), Some(body.len()), "{bytes:?}");
            let mut scanner = ChunkScanner::default();
            let found = bytes.bytes().position(|byte| scanner.find_end(&[byte]).is_some());
            assert_eq!(found, Some(body.len() - 1), "byte by byte: {bytes:?}");
        }
    }

    #[test]
    fn a_malformed_body_has_no_end() {
        let long = format!("{}\r\n", "f".repeat(17));
        for body in ["\r\n\r\n", "x\r\n", "1\nabc", "1\r\nab\r\n", "0\r\nname\rvalue\r\n", ";\r\n", &long] {
            assert_eq!(end_of(format!("{body}0\r\n\r\n").as_bytes()), None, "{body:?}");
        }
    }
}
