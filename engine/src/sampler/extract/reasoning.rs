//! What surrounds an answer proper: reasoning before it, end tokens behind it.
//!
//! It does not know what an answer is.

/// What reasoning stands between.
const TAGS: [(&str, &str); 4] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
];

/// What ends an answer, where a server lets it through.
const END_TOKENS: [&str; 8] = [
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|EOT|>",
    "<｜end▁of▁sentence｜>",
    "<EOT>",
    "<end_of_turn>",
    "</s>",
];

/// Takes away reasoning: what stands between tags, what precedes a closing tag whose opening one was in
/// the prompt, and what follows an opening tag that is never closed.
///
/// An opening tag counts at the beginning of a line only: a sentence may name one.
pub(super) fn without_reasoning(text: &str) -> String {
    if !TAGS
        .iter()
        .any(|it| text.contains(it.0) || text.contains(it.1))
    {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut kept_from = 0;
    let mut inside: Option<&str> = None;
    let mut is_line_start = true;
    let mut skip_to = 0;
    for (at, byte) in text.bytes().enumerate() {
        if at < skip_to {
            continue;
        }
        if byte == b'<' || byte == b'[' {
            let rest = &text[at..];
            if let Some(close) = inside {
                if rest.starts_with(close) {
                    inside = None;
                    kept_from = at + close.len();
                    skip_to = kept_from;
                    is_line_start = true;
                    continue;
                }
            } else if let Some((open, close)) = TAGS.iter().find(|it| rest.starts_with(it.0))
                && is_line_start
            {
                out += &text[kept_from..at];
                inside = Some(close);
                skip_to = at + open.len();
                continue;
            } else if let Some((_, close)) = TAGS.iter().find(|it| rest.starts_with(it.1)) {
                out.clear();
                kept_from = at + close.len();
                skip_to = kept_from;
                is_line_start = true;
                continue;
            }
        }
        is_line_start = byte == b'\n' || is_line_start && byte.is_ascii_whitespace();
    }
    if inside.is_none() {
        out += &text[kept_from..];
    }
    out
}

/// Returns what precedes the first end token, or all, and whether there was one.
pub(super) fn before_end_token(text: &str) -> (&str, bool) {
    let mut from = 0;
    while let Some(at) = text[from..].find('<').map(|it| from + it) {
        if END_TOKENS.iter().any(|it| text[at..].starts_with(it)) {
            return (&text[..at], true);
        }
        from = at + 1;
    }
    (text, false)
}
