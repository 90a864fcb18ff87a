//! Which failures are worth another try, and how long to wait before it.
//!
//! Reads no clock and draws nothing: a delay follows from the request and the number of the try.

use std::time::Duration;

use reqwest::{
    StatusCode,
    header::{DATE, HeaderMap, HeaderName, RETRY_AFTER},
};

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The longest first wait.
    pub(super) base: Duration,
    /// The longest wait: they double up to it.
    pub(super) cap: Duration,
    /// The longest wait that a server may ask for.
    pub(super) retry_after_cap: Duration,
    /// How long a server may load its model, summed over the waits.
    pub(super) loading: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
            retry_after_cap: Duration::from_secs(120),
            loading: Duration::from_secs(900),
        }
    }
}

impl Pace {
    /// Returns the wait after the try of this number, from 0, of a request: anything from nothing to
    /// a bound that doubles ("full jitter"), so that requests that failed together do not come
    /// together again; and not less than the server asked for.
    pub(super) fn delay(&self, request: &[u8], attempt: u32, asked: Option<Duration>) -> Duration {
        let bound = self
            .base
            .saturating_mul(1 << attempt.min(31))
            .min(self.cap)
            .as_nanos();
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        let mut hasher = blake3::Hasher::new_derive_key("riddle 2026-11-24 retry jitter");
        hasher.update(&attempt.to_le_bytes()).update(request);
        let mut drawn = [0; 8];
        hasher.finalize_xof().fill(&mut drawn);
        let delay = Duration::from_nanos(u64::from_le_bytes(drawn) % bound.saturating_add(1));
        delay.max(asked.unwrap_or_default().min(self.retry_after_cap))
    }
}

/// What a status means for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// There is an answer.
    Good,
    /// It may go better another time.
    Again,
    /// This request is not taken, others may be.
    Bad,
    /// No request of ours will be taken.
    Refused,
}

/// Returns what a status means.
pub(super) fn class(status: StatusCode) -> Class {
    match status.as_u16() {
        200..=299 => Class::Good,
        // 405 and 501: no such endpoint. Redirections are not followed: the key must not travel.
        401..=405 | 501 | 300..=399 => Class::Refused,
        408 | 409 | 425 | 429 | 500..=599 => Class::Again,
        _ => Class::Bad,
    }
}

/// Returns how long the server asks us to wait: seconds, or a date, taken from the server's own.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let now = httpdate::parse_http_date(text(DATE)?).ok()?;
    until.duration_since(now).ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn waits_double_up_to_a_cap_and_are_the_same_each_time() {
        let pace = Pace::default();
        let mut longest = [Duration::ZERO; 12];
        for request in 0..500_u32 {
            let request = request.to_le_bytes();
            for (attempt, longest) in (0..).zip(&mut longest) {
                let delay = pace.delay(&request, attempt, None);
                assert_eq!(delay, pace.delay(&request, attempt, None));
                *longest = delay.max(*longest);
            }
        }
        for (attempt, longest) in (0..).zip(longest) {
            let bound = pace.base.saturating_mul(1 << attempt).min(pace.cap);
            assert!(
                longest <= bound && longest > bound.mul_f64(0.9),
                "{attempt}"
            );
        }
        assert!(pace.delay(b"", u32::MAX, None) <= pace.cap);
    }

    #[test]
    fn a_server_may_ask_for_more_up_to_a_cap() {
        let pace = Pace::default();
        let delay = |seconds| pace.delay(b"", 0, Some(Duration::from_secs(seconds)));
        assert_eq!(delay(7), Duration::from_secs(7));
        assert_eq!(delay(u64::MAX), pace.retry_after_cap);
        assert_eq!(delay(0), pace.delay(b"", 0, None));
    }

    #[track_caller]
    fn check_retry_after(asked: &'static str, date: Option<&'static str>, seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(asked));
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_static(date));
        }
        assert_eq!(
            retry_after(&headers),
            seconds.map(Duration::from_secs),
            "{asked}"
        );
    }

    #[test]
    fn waits_are_asked_for_in_seconds_or_by_date() {
        let now = Some("Wed, 21 Oct 2015 07:28:00 GMT");
        let later = "Wed, 21 Oct 2015 07:28:30 GMT";
        check_retry_after("12", None, Some(12));
        check_retry_after(later, now, Some(30));
        check_retry_after(later, None, None);
        check_retry_after("Wed, 21 Oct 2015 07:27:00 GMT", now, None);
        check_retry_after("soon", now, None);
        check_retry_after("-1", None, None);
        check_retry_after("99999999999999999999", None, None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn each_status_has_its_class() {
        use Class::{Again, Bad, Good, Refused};
        for (status, expected) in [
            (200, Good),
            (302, Refused),
            (400, Bad),
            (401, Refused),
            (402, Refused),
            (403, Refused),
            (404, Refused),
            (408, Again),
            (409, Again),
            (413, Bad),
            (422, Bad),
            (425, Again),
            (429, Again),
            (500, Again),
            (501, Refused),
            (503, Again),
            (999, Bad),
        ] {
            assert_eq!(
                class(StatusCode::from_u16(status).unwrap()),
                expected,
                "{status}"
            );
        }
    }
}
