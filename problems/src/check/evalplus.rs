//! EvalPlus: values, equal or floats that are close.
//!
//! EvalPlus calls functions and compares what they return. Here answer and output are taken for such
//! values as `repr` writes them; where either is none, the two texts must be the same but for white space
//! around them.

use super::difference::Difference;
use super::python::{is_close, strip};
use super::value::{self, Element, Value};

const RELATIVE: f64 = 1e-7;
const ABSOLUTE: f64 = 1e-6;

/// Follows `unsafe_execute` and `is_floats` of `evalplus/eval/__init__.py` in evalplus/evalplus, without the
/// oracles of single tasks and with the absolute tolerance that it gives to floats, and to them alone.
///
/// Its `numpy` also stretches lists within lists to the shape of the answer; here these are never close.
pub(super) fn judge(answer: &[u8], output: &[u8]) -> Option<Difference> {
    let refuse = |reason| Some(Difference::of_texts(answer, output, reason));
    let (Ok(expected), Ok(found)) = (std::str::from_utf8(answer), std::str::from_utf8(output))
    else {
        return refuse("a value is a text, and this is not UTF-8");
    };
    let (Some(a), Some(b)) = (value::read(expected), value::read(found)) else {
        let same = strip(expected) == strip(found);
        let reason = "compared as texts, since one of them is no Python value";
        return if same { None } else { refuse(reason) };
    };
    if a == b && !a.value.has_nan() || are_close(&a, &b) {
        return None;
    }
    refuse("as Python values")
}

/// Whether the answer is a float, or some in a list or tuple, and the output of its kind and close.
fn are_close(expected: &Element, found: &Element) -> bool {
    let close = |(expected, found): (&Element, &Element)| {
        let pair = expected.as_float.zip(found.as_float);
        pair.is_some_and(|(a, b)| is_close(b, a, RELATIVE, ABSOLUTE))
    };
    match (&expected.value, &found.value) {
        (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => {
            let of_floats = !a.is_empty() && a.iter().all(|it| it.is_float);
            of_floats && a.len() == b.len() && a.iter().zip(b).all(close)
        }
        _ => expected.is_float && found.is_float && close((expected, found)),
    }
}
