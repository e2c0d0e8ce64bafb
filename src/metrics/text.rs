//! The text format of Prometheus, version 0.0.4.

use std::fmt::{self, Write};
use std::time::Duration;

use super::Histogram;

/// A page of metrics.
#[derive(Default)]
pub struct Page(String);

impl Page {
    /// The media type.
    pub const MEDIA_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a metric that only grows. Its name ends in `_total`.
    pub fn counter(&mut self, name: &'static str, help: &'static str) -> Samples<'_> {
        self.begin(name, help, "counter")
    }

    /// Begins a metric that goes up and down.
    pub fn gauge(&mut self, name: &'static str, help: &'static str) -> Samples<'_> {
        self.begin(name, help, "gauge")
    }

    /// Begins a histogram.
    pub fn histogram(&mut self, name: &'static str, help: &'static str) -> Samples<'_> {
        self.begin(name, help, "histogram")
    }

    /// The page as text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    fn begin(&mut self, name: &'static str, help: &'static str, kind: &'static str) -> Samples<'_> {
        put(&mut self.0, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        Samples { text: &mut self.0, name }
    }
}

/// A label's name with its value.
pub type Pair<'a> = (&'static str, &'a str);

/// The samples of one metric.
pub struct Samples<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Samples<'_> {
    /// A whole number.
    pub fn number(&mut self, labels: &[Pair<'_>], value: impl Into<i128>) -> &mut Self {
        self.line("", labels, value.into())
    }

    /// A duration, in seconds.
    pub fn duration(&mut self, labels: &[Pair<'_>], value: Duration) -> &mut Self {
        self.line("", labels, Decimal(u64::try_from(value.as_nanos()).unwrap_or(u64::MAX), 1_000_000_000))
    }

    /// The buckets, the sum and the count of a histogram.
    pub fn buckets(&mut self, labels: &[Pair<'_>], histogram: &Histogram) -> &mut Self {
        let scale = histogram.scale();
        let bounds = scale.bounds.iter().map(|bound| Decimal(*bound, scale.unit).to_string());
        let mut count = 0;
        for (bound, cumulated) in bounds.chain(["+Inf".to_owned()]).zip(histogram.cumulated()) {
            let mut bounded: Vec<Pair<'_>> = labels.to_vec();
            bounded.push(("le", &bound));
            self.line("_bucket", &bounded, cumulated);
            count = cumulated;
        }
        self.line("_sum", labels, Decimal(histogram.sum(), scale.unit)).line("_count", labels, count)
    }

    fn line(&mut self, suffix: &str, labels: &[Pair<'_>], value: impl fmt::Display) -> &mut Self {
        put(self.text, format_args!("{}{suffix}", self.name));
        for (at, (name, value)) in labels.iter().enumerate() {
            put(self.text, format_args!("{}{name}=\"{}\"", if at == 0 { '{' } else { ',' }, Escaped(value)));
        }
        put(self.text, format_args!("{} {value}\n", if labels.is_empty() { "" } else { "}" }));
        self
    }
}

fn put(text: &mut String, more: fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes everything");
}

/// A number of parts, of which so many make a whole.
struct Decimal(u64, u64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(parts, whole) = *self;
        write!(f, "{}", parts / whole)?;
        if parts % whole == 0 {
            return Ok(());
        }
        let digits = whole.ilog10() as usize;
        let fraction = format!("{:0digits$}", parts % whole);
        write!(f, ".{}", fraction.trim_end_matches('0'))
    }
}

/// The value of a label between its quotes.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_has_its_help_and_type_before_its_samples() {
        let mut page = Page::default();
        page.counter("a_total", "How many.").number(&[], 3_u64).number(&[("x", "1"), ("y", "\"\\\n")], 4_u64);
        page.gauge("b_seconds", "How long.").duration(&[], Duration::from_millis(1500)).number(&[("of", "z")], -7_i64);
        assert_eq!(
            page.into_text(),
            "# HELP a_total How many.\n# TYPE a_total counter\na_total 3\na_total{x=\"1\",y=\"\\\"\\\\\\n\"} 4\n\
             # HELP b_seconds How long.\n# TYPE b_seconds gauge\nb_seconds 1.5\nb_seconds{of=\"z\"} -7\n"
        );
    }

    #[test]
    fn a_histogram_counts_up_to_infinity() {
        let (mut page, histogram) = (Page::default(), Histogram::of_sizes());
        histogram.observe_size(3);
        histogram.observe_size(1000);
        page.histogram("h", "Sizes.").buckets(&[("of", "z")], &histogram);
        let text = page.into_text();
        assert!(text.contains("\nh_bucket{of=\"z\",le=\"2\"} 0\nh_bucket{of=\"z\",le=\"4\"} 1\n"), "{text}");
        assert!(text.ends_with("\nh_bucket{of=\"z\",le=\"+Inf\"} 2\nh_sum{of=\"z\"} 1003\nh_count{of=\"z\"} 2\n"));
    }

    #[test]
    fn decimals_are_exact_and_short() {
        for (parts, expected) in
            [(0, "0"), (1_000_000_000, "1"), (100_000, "0.0001"), (2_500_000_000, "2.5"), (1, "0.000000001")]
        {
            assert_eq!(Decimal(parts, 1_000_000_000).to_string(), expected);
        }
        assert_eq!(Decimal(7, 1).to_string(), "7");
    }
}
