//! The constants of a 2025-09 package: `{{name}}` in its statement and programs stands for a value.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{Fields, scalar};
use crate::error::LoadError;

/// The longest value that is put in, in bytes.
const MAX_VALUE_BYTES: usize = 1_024;
/// The most that a text may grow by what is put in, in bytes; beyond, the rest stays as it is.
const MAX_GROWTH_BYTES: usize = 16 << 20;

/// Values by `name` and `name.variant`.
#[derive(Debug, Default)]
pub(super) struct Constants(BTreeMap<String, String>);

impl Constants {
    pub(super) fn read(config: &Fields<'_>) -> Result<Self, LoadError> {
        let expected = "numbers or texts of at most 1024 bytes by name, or maps of them";
        let values = config.read("constants", expected, |value| {
            let mut values = BTreeMap::new();
            for (name, value) in value.as_object()? {
                match value {
                    Value::Object(variants) => {
                        for (variant, value) in variants {
                            values.insert(format!("{name}.{variant}"), short(value)?);
                        }
                        values.insert(name.clone(), short(variants.get("value")?)?);
                    }
                    other => {
                        values.insert(name.clone(), short(other)?);
                        values.insert(format!("{name}.value"), short(other)?);
                    }
                }
            }
            Some(values)
        })?;
        Ok(Self(values.unwrap_or_default()))
    }

    /// Puts the values into a text. A name that is no constant stays as it is.
    pub(super) fn put_into(&self, text: Vec<u8>) -> Vec<u8> {
        if self.0.is_empty() {
            return text;
        }
        let most = text.len() + MAX_GROWTH_BYTES;
        let mut result = Vec::with_capacity(text.len());
        let mut rest = &text[..];
        while let Some(open) = rest.windows(2).position(|it| it == b"{{") {
            let inside = &rest[open + 2..];
            // Up to the next brace alone, so that a text of braces costs no more than another.
            let mut pairs = inside.windows(2);
            let close = pairs.position(|it| matches!(it, b"}}" | b"{{"));
            let close = close.filter(|it| inside[*it] == b'}');
            let value = close.and_then(|close| {
                let name = std::str::from_utf8(&inside[..close]).ok()?;
                Some((close, self.0.get(name)?))
            });
            if let Some((close, value)) = value.filter(|_| result.len() + rest.len() < most) {
                result.extend_from_slice(&rest[..open]);
                result.extend_from_slice(value.as_bytes());
                rest = &inside[close + 2..];
            } else {
                result.extend_from_slice(&rest[..=open]);
                rest = &rest[open + 1..];
            }
        }
        result.extend_from_slice(rest);
        result
    }
}

fn short(value: &Value) -> Option<String> {
    scalar(value).filter(|it| it.len() <= MAX_VALUE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_replaced_and_others_stay() {
        let pairs = [("n", "5"), ("n.tex", "$5$")];
        let constants = Constants(pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).into());
        let put = |text: &str| String::from_utf8(constants.put_into(text.into())).unwrap();
        assert_eq!(
            put("a {{n}} {{n.tex}} {{m}} {n} {{{n}} {{n}"),
            "a 5 $5$ {{m}} {n} {5 {{n}"
        );
        assert_eq!(put(""), "");
        assert_eq!(put("{{"), "{{");
    }
}
