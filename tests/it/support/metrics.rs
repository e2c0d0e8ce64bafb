//! A page of metrics, read as strictly as the text format of Prometheus is written.

use std::collections::{BTreeMap, BTreeSet};

use super::{Http, Server};

/// The labels of a sample.
type Labels = BTreeMap<String, String>;

/// The samples of a page.
pub struct Metrics(BTreeMap<(String, Labels), f64>);

impl Server {
    /// What its metrics say now.
    #[track_caller]
    pub fn metrics(&self) -> Metrics {
        Metrics::of(self.management())
    }
}

impl Metrics {
    /// Reads the page of a management listener.
    #[track_caller]
    pub fn of(management: &Http) -> Self {
        let page = management.get("/metrics");
        assert_eq!(page.status, 200, "{page:?}");
        assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        Self::parse(&page.body)
    }

    /// Reads a page; panics at whatever is not in order.
    #[track_caller]
    pub fn parse(page: &str) -> Self {
        assert!(page.ends_with('\n') && !page.contains('\r'), "every line ends");
        let (mut samples, mut seen) = (BTreeMap::new(), BTreeSet::new());
        let mut lines = page.lines().peekable();
        while let Some(help) = lines.next() {
            let (name, words) = help.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')).expect(help);
            assert!(is_name(name) && !words.is_empty() && seen.insert(name.to_owned()), "{help}");
            let kind = lines.next().and_then(|line| line.strip_prefix(&format!("# TYPE {name} "))).expect(help);
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
            let mut own = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
                let (sample, labels, value) = parse_sample(line);
                let suffix = sample.strip_prefix(name).unwrap_or_else(|| panic!("{line} below {name}"));
                let suffixes: &[&str] = match kind {
                    "histogram" => &["_bucket", "_sum", "_count"],
                    "counter" | "gauge" => &[""],
                    other => panic!("{other} is no type"),
                };
                assert!(suffixes.contains(&suffix) && (kind == "gauge" || value >= 0.0), "{line}");
                own.push((suffix.to_owned(), labels.clone(), value));
                assert!(samples.insert((sample, labels), value).is_none(), "twice: {line}");
            }
            assert!(!own.is_empty(), "{name} has no samples");
            if kind == "histogram" {
                check_histogram(name, &own);
            }
        }
        Self(samples)
    }

    /// The value of one sample, by all of its labels.
    #[track_caller]
    pub fn get(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let key = (name.to_owned(), labels);
        *self.0.get(&key).unwrap_or_else(|| panic!("there is no {key:?}"))
    }

    /// The sum of all samples of a name.
    #[track_caller]
    pub fn sum(&self, name: &str) -> f64 {
        let of_name = self.0.iter().filter(|((known, _), _)| known == name).map(|(_, value)| *value);
        let values: Vec<f64> = of_name.collect();
        assert!(!values.is_empty(), "there is no {name}");
        values.iter().sum()
    }

    /// Every series, without its value.
    pub fn series(&self) -> BTreeSet<(String, Labels)> {
        self.0.keys().cloned().collect()
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `name{label="value",…} value`
#[track_caller]
fn parse_sample(line: &str) -> (String, Labels, f64) {
    let (series, value) = line.rsplit_once(' ').expect(line);
    let value = value.parse().unwrap_or_else(|_| panic!("no number: {line}"));
    let (name, labels) = match series.split_once('{') {
        Some((name, rest)) => (name, parse_labels(rest.strip_suffix('}').expect(line))),
        None => (series, Labels::new()),
    };
    assert!(is_name(name), "{line}");
    (name.to_owned(), labels, value)
}

#[track_caller]
fn parse_labels(mut text: &str) -> Labels {
    let mut labels = Labels::new();
    loop {
        let (name, rest) = text.split_once("=\"").expect(text);
        assert!(is_name(name), "{text}");
        let (mut value, mut characters) = (String::new(), rest.char_indices());
        let end = loop {
            match characters.next().expect("a value ends") {
                (at, '"') => break at,
                (_, '\\') => value.push(match characters.next().expect("an escape ends").1 {
                    'n' => '\n',
                    c @ ('"' | '\\') => c,
                    other => panic!("\\{other} is no escape"),
                }),
                (_, other) => value.push(other),
            }
        };
        assert!(labels.insert(name.to_owned(), value).is_none(), "{name} twice in {text}");
        let Some(more) = rest[end + 1..].strip_prefix(',') else {
            assert_eq!(&rest[end + 1..], "");
            return labels;
        };
        text = more;
    }
}

/// Bounds rise to infinity, buckets hold those below them, and the last is the count.
#[track_caller]
fn check_histogram(name: &str, samples: &[(String, Labels, f64)]) {
    let without_bound = |labels: &Labels| -> Labels {
        labels.iter().filter(|(name, _)| *name != "le").map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let all: BTreeSet<Labels> = samples.iter().map(|(_, labels, _)| without_bound(labels)).collect();
    for labels in all {
        let own = |suffix: &str| {
            let own = samples.iter().filter(|(known, own, _)| known == suffix && without_bound(own) == labels);
            own.cloned().collect::<Vec<_>>()
        };
        let bound = |labels: &Labels| -> f64 { labels["le"].parse().expect("a bound is a number") };
        let buckets: Vec<(f64, f64)> =
            own("_bucket").iter().map(|(_, labels, value)| (bound(labels), *value)).collect();
        assert!(buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{name} {labels:?}: {buckets:?}");
        let (last, count) = (buckets.last().expect("it has buckets"), own("_count"));
        assert!(last.0.is_infinite(), "{name} {labels:?}");
        assert_eq!((count.len(), own("_sum").len()), (1, 1), "{name} {labels:?}");
        assert!((last.1 - count[0].2).abs() < 0.5, "{name} {labels:?}");
    }
}
