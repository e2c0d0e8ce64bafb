//! The end of a request's head in the bytes of a connection.

/// Finds the ends of heads: the first empty line after a line that is not empty (RFC 9112 §2.1). Empty lines before a head belong
/// to it (RFC 9112 §2.2), and a line may end with LF alone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HeadScanner {
    /// A byte of the head was seen, apart from empty lines before it.
    has_begun: bool,
    /// The bytes since the last LF are none, or a CR.
    is_line_empty: bool,
}

impl HeadScanner {
    /// Returns true after a part of a head, before its end.
    pub fn is_inside(self) -> bool {
        self.has_begun
    }

    /// Takes up bytes, and returns the length of those up to the end of the head; `None` if the end is not among them. The scanner
    /// then waits for the next head.
    pub fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' if self.has_begun && self.is_line_empty => {
                    *self = Self::default();
                    return Some(at + 1);
                }
                b'\n' => self.is_line_empty = true,
                b'\r' => {}
                _ => *self = Self { has_begun: true, is_line_empty: false },
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_at_its_empty_line() {
        for (bytes, length) in [
            ("GET / HTTP/1.1\r\nhost: x\r\n\r\nGET", 27),
            ("GET / HTTP/1.1\nhost: x\n\nGET", 24),
            ("\r\n\r\nGET / HTTP/1.1\r\n\r\n", 22),
            ("GET / HTTP/1.1\r\n\n", 17),
        ] {
            assert_eq!(HeadScanner::default().find_end(bytes.as_bytes()), Some(length), "{bytes:?}");
            let (mut scanner, mut found) = (HeadScanner::default(), None);
            for (at, byte) in bytes.bytes().enumerate() {
                found = found.or_else(|| scanner.find_end(&[byte]).map(|_| at + 1));
            }
            assert_eq!(found, Some(length), "byte by byte: {bytes:?}");
        }
    }

    #[test]
    fn a_head_without_its_end_goes_on() {
        let mut scanner = HeadScanner::default();
        assert_eq!(scanner.find_end(b"\r\n"), None);
        assert!(!scanner.is_inside(), "an empty line begins no head");
        assert_eq!(scanner.find_end(b"GET / HTTP/1.1\r\nhost: x\r\n"), None);
        assert!(scanner.is_inside());
        assert_eq!(scanner.find_end(b"\r\n"), Some(2));
        assert!(!scanner.is_inside());
    }
}
