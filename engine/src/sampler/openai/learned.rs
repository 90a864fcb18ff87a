//! What a server was found not to take, remembered for the rest of the run.
//!
//! Only ever asks for less, so that calls under way at once may learn in any order.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use super::request::Dialect;

/// What was learned of a server.
#[derive(Debug)]
pub(super) struct Learned {
    n_at_once: AtomicU32,
    logprobs: AtomicBool,
    max_completion_tokens: AtomicBool,
}

impl Learned {
    /// Knows nothing yet but what the config says.
    pub(super) fn new(logprobs: bool) -> Self {
        Self {
            n_at_once: AtomicU32::new(u32::MAX),
            logprobs: AtomicBool::new(logprobs),
            max_completion_tokens: AtomicBool::new(false),
        }
    }

    /// Returns how many choices the server is known to give at once.
    pub(super) fn n_at_once(&self) -> u32 {
        self.n_at_once.load(Relaxed)
    }

    /// Remembers that the server gives only `n` choices at once.
    pub(super) fn gives_only(&self, n: u32) {
        self.n_at_once.fetch_min(n.max(1), Relaxed);
    }

    /// Returns how to word a request.
    pub(super) fn dialect(&self) -> Dialect {
        Dialect {
            logprobs: self.logprobs.load(Relaxed),
            max_completion_tokens: self.max_completion_tokens.load(Relaxed),
        }
    }

    /// Learns from what the server said when it refused a request so worded. Returns true if another
    /// wording is worth a try.
    pub(super) fn learn_from(&self, said: &str, was: Dialect, is_chat: bool) -> bool {
        let said = said.to_ascii_lowercase();
        if is_chat && !was.max_completion_tokens && said.contains("max_completion_tokens") {
            self.max_completion_tokens.store(true, Relaxed);
            return true;
        }
        if was.logprobs && said.contains("logprob") {
            self.logprobs.store(false, Relaxed);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_only_fall_and_never_to_nothing() {
        let learned = Learned::new(true);
        learned.gives_only(4);
        learned.gives_only(8);
        assert_eq!(learned.n_at_once(), 4);
        learned.gives_only(0);
        assert_eq!(learned.n_at_once(), 1);
    }

    #[test]
    fn each_wording_is_given_up_once() {
        let learned = Learned::new(true);
        let said = "Use 'max_completion_tokens' instead; Logprobs are not supported";
        let mut n_tries = 0;
        while learned.learn_from(said, learned.dialect(), true) {
            n_tries += 1;
        }
        assert_eq!(n_tries, 2);
        assert!(!learned.learn_from("nothing of the kind", learned.dialect(), true));
        assert!(!Learned::new(false).learn_from(said, Learned::new(false).dialect(), false));
    }
}
