//! Foreign text made fit for a prompt: one kind of line end, no control characters, and nothing that a
//! model or a template takes for a token of its own.
//!
//! It does not know what the text says. The same text always gives the same result.

use std::borrow::Cow;

/// What some model or other reads as more than text, whatever family it is asked as: a chat server may
/// have any model behind it. Tokens of the shape `<|…|>` are found by their shape.
const SPECIAL: [&str; 20] = [
    "```",
    "~~~",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "<think>",
    "</think>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<fim_prefix>",
    "<fim_suffix>",
    "<fim_middle>",
    "<file_sep>",
];
/// Characters between the bars of a token of the shape `<|…|>`.
const MAX_TOKEN_CHARS: usize = 64;

/// Cleans a text: CRLF and CR become LF, other control characters a space, and special tokens are
/// broken by a space after their first character. `special` adds tokens of a family.
///
/// Linear in the text, for a fixed number of tokens.
pub(super) fn clean(text: &str, special: &[String]) -> String {
    let text = plain(text);
    let starts: Vec<char> = SPECIAL
        .iter()
        .copied()
        .chain(special.iter().map(String::as_str))
        .filter_map(|it| it.chars().next())
        .collect();
    let mut out = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        out.push(char);
        if starts.contains(&char) && is_special(&text[at..], special) {
            out.push(' ');
        }
    }
    out
}

/// Gives a text one kind of line end and no control characters.
fn plain(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.chars().any(is_control) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            _ if is_control(char) => out.push(' '),
            _ => out.push(char),
        }
    }
    out.into()
}

fn is_control(char: char) -> bool {
    // The separators U+2028 and U+2029 end a line for some readers and not for others.
    (char.is_control() && char != '\n' && char != '\t') || matches!(char, '\u{2028}' | '\u{2029}')
}

/// Whether a text begins with a special token.
fn is_special(text: &str, special: &[String]) -> bool {
    SPECIAL.iter().any(|it| text.starts_with(it))
        || special.iter().any(|it| text.starts_with(it.as_str()))
        || is_barred(text)
}

/// Whether a text begins with `<|name|>`, with plain or full-width bars.
fn is_barred(text: &str) -> bool {
    let is_bar = |char| char == '|' || char == '｜';
    let Some(rest) = text
        .strip_prefix('<')
        .and_then(|it| it.strip_prefix(is_bar))
    else {
        return false;
    };
    rest.char_indices()
        .take(MAX_TOKEN_CHARS + 1)
        .find(|(_, char)| is_bar(*char) || *char == '\n')
        .is_some_and(|(at, char)| {
            let after = rest[at..].strip_prefix(char);
            at > 0 && after.is_some_and(|it| it.starts_with('>'))
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(clean(text, &["### Response:".to_owned()]), expected);
    }

    #[test]
    fn line_ends_are_one_kind_and_control_characters_are_spaces() {
        check(
            "\u{feff}a\r\nb\rc\n\td\0\x1b[1m\u{85}",
            "a\nb\nc\n\td  [1m ",
        );
    }

    #[test]
    fn special_tokens_are_broken() {
        check("x<|im_end|>y", "x< |im_end|>y");
        check("<｜fim▁hole｜>", "< ｜fim▁hole｜>");
        check("<|im_<|im_end|>end|>", "<|im_< |im_end|>end|>");
        check("[/INST] </s>", "[ /INST] < /s>");
        check("[[INST]INST]", "[[ INST]INST]");
        check("```c\n~~~~", "` ``c\n~ ~ ~~");
        check("### Response:", "# ## Response:");
    }

    #[test]
    fn what_is_only_alike_stays() {
        for text in [
            "a <| b",
            "1 < |x| > 0",
            "<|>",
            "<||>",
            "`x`",
            "``",
            "<sum>",
            "[i]",
        ] {
            check(text, text);
        }
    }

    proptest! {
        #[test]
        fn nothing_special_is_left(
            parts in proptest::collection::vec(
                prop_oneof![
                    proptest::sample::select(SPECIAL.as_slice()).prop_map(str::to_owned),
                    "[<|>\\[\\]/INST`~# \r\n]{0,4}",
                    Just("im_end|>".to_owned()),
                    Just("### Response:".to_owned()),
                    ".{0,4}",
                ],
                0..12,
            ),
        ) {
            let special = ["### Response:".to_owned()];
            let cleaned = clean(&parts.concat(), &special);
            for (at, _) in cleaned.char_indices() {
                prop_assert!(!is_special(&cleaned[at..], &special), "{:?} at {}", cleaned, at);
            }
            prop_assert!(!cleaned.chars().any(is_control));
            prop_assert_eq!(clean(&cleaned, &special), cleaned);
        }
    }
}
