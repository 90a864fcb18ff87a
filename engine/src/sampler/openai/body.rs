//! Reading a body up to a bound, whatever its headers promise.
//!
//! Does not know what is in it. Headers are bounded by hyper: 100 of them, some 400 KiB in all.

use reqwest::Response;

/// Bytes that any answer may have.
const MAX_BODY_BYTES: usize = 64 << 20;
/// Bytes of an answer beside its tokens, or of an answer without any.
const BASE_BYTES: usize = 1 << 20;
/// Bytes a token: its text twice or thrice, its bytes as numbers, its log-probability.
const BYTES_PER_TOKEN: usize = 1 << 10;
/// Bytes that are read of an answer that is an error.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// Why a body could not be read.
#[derive(Debug)]
pub(super) enum BodyFault {
    /// It goes on after the bound, in bytes.
    TooLarge(usize),
    /// It did not come to its end.
    Cut(reqwest::Error),
}

/// Returns the bytes that an answer of so many tokens may have.
pub(super) fn limit_of(n: u32, max_tokens: u32) -> usize {
    let n_tokens = (n as usize).saturating_mul(max_tokens as usize);
    n_tokens
        .saturating_mul(BYTES_PER_TOKEN)
        .saturating_add(BASE_BYTES)
        .min(MAX_BODY_BYTES)
}

/// Reads a whole body of at most `limit` bytes.
pub(super) async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, BodyFault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyFault::Cut)? {
        if chunk.len() > limit - body.len() {
            return Err(BodyFault::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads the beginning of a body that only explains an error; whatever goes wrong ends it.
pub(super) async fn read_error(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MAX_ERROR_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == MAX_ERROR_BYTES {
            break;
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_grow_with_the_tokens_up_to_a_bound() {
        assert_eq!(limit_of(1, 0), BASE_BYTES);
        assert_eq!(limit_of(4, 1024), BASE_BYTES + (4 << 20));
        assert_eq!(limit_of(u32::MAX, u32::MAX), MAX_BODY_BYTES);
    }
}
