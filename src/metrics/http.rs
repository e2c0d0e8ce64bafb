//! Requests, by the route that served them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::label::labels;
use super::{Counter, Family, Histogram, Label, Page};

labels! {
    /// What kind of status was answered (RFC 9110 §15). What is answered is never informational.
    StatusClass {
        /// 200 to 299.
        Success = "2xx",
        /// 300 to 399.
        Redirection = "3xx",
        /// 400 to 499.
        ClientError = "4xx",
        /// All others.
        ServerError = "5xx",
    }
}

/// The metrics of one route.
pub struct RouteMetrics {
    route: String,
    answers: Family<StatusClass, Counter>,
    seconds: Histogram,
}

impl RouteMetrics {
    /// The route as it stands in the table.
    #[must_use]
    pub fn route(&self) -> &str {
        &self.route
    }

    /// Records a request that was answered.
    pub fn record(&self, status: u16, elapsed: Duration) {
        let last = StatusClass::ALL.len() - 1;
        let class = StatusClass::ALL[usize::from(status / 100).saturating_sub(2).min(last)];
        self.answers.of(class).increment();
        self.seconds.observe(elapsed);
    }
}

/// The metrics of all routes.
#[derive(Default)]
pub struct HttpMetrics(Mutex<Vec<Arc<RouteMetrics>>>);

impl HttpMetrics {
    /// The metrics of a route, for whoever puts the table together: it is not asked for in a request.
    pub fn route(&self, route: &str) -> Arc<RouteMetrics> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.iter().find(|found| found.route == route) {
            return Arc::clone(found);
        }
        let (answers, seconds) = (Family::default(), Histogram::of_durations());
        let new = Arc::new(RouteMetrics { route: route.to_owned(), answers, seconds });
        known.push(Arc::clone(&new));
        new
    }

    /// Writes the requests of every route.
    pub fn write(&self, page: &mut Page) {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut answers = page.counter("countersign_http_requests_total", "Requests, by route and status class.");
        for route in &routes {
            for (status, count) in route.answers.iter() {
                answers.number(&[("route", &route.route), ("status", status)], count.get());
            }
        }
        let mut seconds =
            page.histogram("countersign_http_request_duration_seconds", "Time until a request was answered.");
        for route in &routes {
            seconds.buckets(&[("route", &route.route)], &route.seconds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_one_series_however_many_workers_ask_for_it() {
        let http = HttpMetrics::default();
        for status in [200, 204, 303, 404, 500, 503, 999] {
            http.route("/token").record(status, Duration::ZERO);
        }
        let mut page = Page::default();
        http.write(&mut page);
        let text = page.into_text();
        for (class, count) in [("2xx", 2), ("3xx", 1), ("4xx", 1), ("5xx", 3)] {
            let line = format!("countersign_http_requests_total{{route=\"/token\",status=\"{class}\"}} {count}\n");
            assert_eq!(text.matches(&line).count(), 1, "{text}");
        }
    }
}
