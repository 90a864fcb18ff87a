//! A script, run on an input.
//!
//! Work is counted and bounded, so that any script on any input ends: a command, a byte, and a product of two machine
//! words each count. What is stored is bounded likewise.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::CtdFailure;
use super::number::{Decimal, MAX_INT_DIGITS, Value, binary, negated};
use super::pattern::Pattern;
use super::syntax::{
    Block, Command, Comparison, Expr, Form, Operator, Script, Test, Times, Variable,
};

/// The most work that a script may do on one input: a command or an operation is 100, a byte 1.
pub const MAX_WORK: u64 = 10_000_000_000;
const OPERATION: u64 = 100;
/// Bytes of all variables together.
const MAX_STORED_BYTES: u64 = 512 << 20;
/// What an element of a variable takes beside its value, in bytes.
const ELEMENT_BYTES: u64 = 160;
/// Different patterns of one script.
const MAX_PATTERNS: usize = 64;

pub(super) fn run(script: &Script, input: &[u8], max_work: u64) -> Result<(), CtdFailure> {
    let mut run = Run {
        script,
        input,
        at: 0,
        variables: script.names.iter().map(|_| Array::default()).collect(),
        patterns: BTreeMap::new(),
        work_left: max_work,
        stored_bytes: 0,
        line: 1,
    };
    let stop = match run.block(&script.commands) {
        Ok(()) if run.at == input.len() => return Ok(()),
        Ok(()) => Stop::Refused("the end of the input is expected".to_owned()),
        Err(stop) => stop,
    };
    Err(run.failure(stop))
}

/// Why a script ends early.
enum Stop {
    /// The input is refused.
    Refused(String),
    /// The script is at fault.
    Fault(String),
}

type Outcome<T> = Result<T, Stop>;

/// A message of a value's or a pattern's is the script's fault.
impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::Fault(message)
    }
}

/// A variable: its elements by index, the empty one for the variable itself.
#[derive(Default)]
struct Array {
    elements: BTreeMap<Vec<BigInt>, Value>,
    /// How often each value occurs; counted from the first time that it is asked for.
    counts: Option<BTreeMap<Value, u64>>,
}

struct Run<'a> {
    script: &'a Script,
    input: &'a [u8],
    at: usize,
    variables: Vec<Array>,
    patterns: BTreeMap<Vec<u8>, Pattern>,
    work_left: u64,
    stored_bytes: u64,
    /// Of the script, where it is.
    line: usize,
}

impl Run<'_> {
    fn block(&mut self, block: &Block) -> Outcome<()> {
        for (line, command) in block {
            self.command(*line, command)?;
        }
        Ok(())
    }

    fn command(&mut self, line: usize, command: &Command) -> Outcome<()> {
        self.line = line;
        self.charge(OPERATION)?;
        match command {
            Command::Space => self.expect(b" ", command),
            Command::Newline => self.expect(b"\n", command),
            Command::Eof if self.at == self.input.len() => Ok(()),
            Command::Eof => Err(refused(command, "the input goes on")),
            Command::Int { bounds, name } => {
                let value = self.int(command, bounds)?;
                self.set_if_named(name.as_ref(), value)
            }
            Command::Float {
                bounds,
                decimals,
                name,
                form,
            } => {
                let value = self.float(command, bounds, decimals.as_ref(), *form)?;
                self.set_if_named(name.as_ref(), value)
            }
            Command::Text(text) => {
                let text = self.text(text)?;
                self.expect(&text, command)
            }
            Command::Regex { pattern, name } => {
                let text = self.matched(command, pattern)?;
                self.set_if_named(name.as_ref(), text)
            }
            Command::Assert(test) => {
                if self.test(test)? {
                    Ok(())
                } else {
                    Err(refused(command, "does not hold"))
                }
            }
            Command::Set(all) => {
                for (variable, expr) in all {
                    let value = self.eval(expr)?;
                    self.set(variable, value)?;
                }
                Ok(())
            }
            Command::Unset(ids) => {
                for &id in ids {
                    self.unset(id);
                }
                Ok(())
            }
            Command::Loop {
                counter,
                times,
                separator,
                body,
            } => self.repeat(line, counter.as_ref(), times, separator.as_deref(), body),
            Command::If {
                test,
                then,
                otherwise,
            } => {
                let block = if self.test(test)? { then } else { otherwise };
                self.block(block)
            }
        }
    }

    fn repeat(
        &mut self,
        line: usize,
        counter: Option<&Variable>,
        times: &Times,
        separator: Option<&(usize, Command)>,
        body: &Block,
    ) -> Outcome<()> {
        let mut n_done: u64 = 0;
        if let Some(counter) = counter {
            self.set(counter, Value::Int(0.into()))?;
        }
        let count = match times {
            Times::While(_) => u64::MAX,
            Times::Count(count) => match self.eval(count)? {
                Value::Int(count) => {
                    u64::try_from(&count).map_err(|_| "a count is from 0 to 2^64 - 1".to_owned())?
                }
                _ => return Err("a count is a whole number".to_owned().into()),
            },
        };
        while n_done < count {
            self.line = line;
            self.charge(OPERATION)?;
            if let Times::While(test) = times
                && !self.test(test)?
            {
                break;
            }
            if let Some((line, separator)) = separator.filter(|_| n_done > 0) {
                self.command(*line, separator)?;
            }
            self.block(body)?;
            n_done += 1;
            self.line = line;
            if let Some(counter) = counter {
                self.set(counter, Value::Int(n_done.into()))?;
            }
        }
        Ok(())
    }

    /// Takes exactly these bytes.
    fn expect(&mut self, bytes: &[u8], command: &Command) -> Outcome<()> {
        self.charge(bytes.len() as u64)?;
        let rest = &self.input[self.at..];
        let n_same = rest.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        self.at += n_same;
        match rest.get(n_same) {
            _ if n_same == bytes.len() => Ok(()),
            Some(byte) => {
                let found = format!("found `{}`", byte.escape_ascii());
                Err(refused(command, &found))
            }
            None => Err(refused(command, "the input ends")),
        }
    }

    /// Takes `0`, or digits that do not begin with one, with or without a minus sign.
    fn int(&mut self, command: &Command, bounds: &(Expr, Expr)) -> Outcome<Value> {
        let rest = &self.input[self.at..];
        let is_negative = rest.first() == Some(&b'-');
        let n_digits = n_digits(&rest[usize::from(is_negative)..]);
        let length = usize::from(is_negative) + n_digits;
        let text = String::from_utf8_lossy(&rest[..length]).into_owned();
        self.charge(length as u64)?;
        let bounds = self.bounds(bounds)?;
        if n_digits == 0 {
            return Err(refused(command, "a whole number is expected"));
        }
        let digits = text.trim_start_matches('-');
        if digits.starts_with('0') && (n_digits > 1 || is_negative) {
            let message = if n_digits > 1 {
                "begins with a zero"
            } else {
                "is minus zero"
            };
            return Err(refused(command, &format!("`{}` {message}", cut(&text))));
        }
        // Digits are put together in words, each once for each before it.
        let n_words = length.min(MAX_INT_DIGITS) as u64 / 19;
        self.charge(n_words * n_words)?;
        // One that has too many digits is beyond all bounds that there can be.
        match Value::of_digits(&text) {
            Some(value) if is_within(&value, &bounds)? => {
                self.at += length;
                Ok(value)
            }
            _ => Err(refused(command, &format!("{} is out of range", cut(&text)))),
        }
    }

    fn float(
        &mut self,
        command: &Command,
        bounds: &(Expr, Expr),
        decimals: Option<&(Expr, Expr)>,
        form: Form,
    ) -> Outcome<Value> {
        let decimals = match decimals {
            Some((least, most)) => Some((self.count_of(least)?, self.count_of(most)?)),
            None => None,
        };
        let rest = &self.input[self.at..];
        let mut length = usize::from(rest.first() == Some(&b'-'));
        let first = rest.get(length).copied().unwrap_or_default();
        let n_whole = n_digits(&rest[length..]);
        length += n_whole;
        let mut n_decimals = 0;
        let has_point = n_whole > 0 && rest.get(length) == Some(&b'.');
        if has_point {
            n_decimals = n_digits(&rest[length + 1..]);
            length += 1 + n_decimals;
        }
        let has_exponent = form != Form::Fixed && matches!(rest.get(length), Some(b'e' | b'E'));
        let mut exponent: &[u8] = b"1";
        if has_exponent {
            length += 1;
            length += usize::from(matches!(rest.get(length), Some(b'+' | b'-')));
            exponent = &rest[length..length + n_digits(&rest[length..])];
            length += exponent.len();
        }
        self.charge(length as u64)?;
        let text = String::from_utf8_lossy(&rest[..length]).into_owned();
        let fault = if n_whole == 0 {
            Some("a number is expected".to_owned())
        } else if first == b'0' && n_whole > 1 {
            Some(format!("`{}` begins with a zero", cut(&text)))
        } else if (has_point && n_decimals == 0) || exponent.is_empty() {
            Some(format!("`{}` lacks a digit", cut(&text)))
        } else if exponent.len() > 1 && exponent[0] == b'0' {
            Some(format!(
                "the exponent of `{}` begins with a zero",
                cut(&text)
            ))
        } else if form == Form::Scientific && !has_exponent {
            Some(format!("`{}` has no exponent", cut(&text)))
        } else if decimals.is_some()
            && has_exponent
            && !(n_whole == 1 && first != b'0' && has_point)
        {
            Some(format!(
                "`{}` has not one digit before its point",
                cut(&text)
            ))
        } else {
            decimals
                .filter(|(least, most)| !(*least..=*most).contains(&(n_decimals as u64)))
                .map(|_| format!("{n_decimals} decimals are out of range"))
        };
        if let Some(fault) = fault {
            return Err(refused(command, &fault));
        }
        let value = Value::Float(Decimal::of_text(&text));
        let bounds = self.bounds(bounds)?;
        if !is_within(&value, &bounds)? {
            return Err(refused(command, &format!("{} is out of range", cut(&text))));
        }
        self.at += length;
        Ok(value)
    }

    fn count_of(&mut self, expr: &Expr) -> Outcome<u64> {
        match self.eval(expr)? {
            Value::Int(count) => u64::try_from(&count).map_err(|_| {
                "a number of decimals is from 0 to 2^64 - 1"
                    .to_owned()
                    .into()
            }),
            _ => Err("a number of decimals is a whole number".to_owned().into()),
        }
    }

    fn matched(&mut self, command: &Command, pattern: &Expr) -> Outcome<Value> {
        let pattern = self.text(pattern)?;
        if !self.patterns.contains_key(&*pattern) {
            if self.patterns.len() == MAX_PATTERNS {
                return Err(format!("script has more than {MAX_PATTERNS} patterns").into());
            }
            let ready = Pattern::new(&pattern)?;
            self.patterns.insert(pattern.to_vec(), ready);
        }
        let rest = &self.input[self.at..];
        let ready = self.patterns.get_mut(&*pattern);
        let ready = ready.expect("it is there or was put there");
        let (length, n_seen) = ready.longest(rest)?;
        self.charge(n_seen as u64)?;
        let Some(length) = length else {
            return Err(refused(command, "the pattern does not match"));
        };
        self.at += length;
        Ok(Value::Text(rest[..length].into()))
    }

    fn test(&mut self, test: &Test) -> Outcome<bool> {
        self.charge(OPERATION)?;
        Ok(match test {
            Test::Not(test) => !self.test(test)?,
            Test::And(both) => self.test(&both.0)? && self.test(&both.1)?,
            Test::Or(both) => self.test(&both.0)? || self.test(&both.1)?,
            Test::Compare(comparison, both) => {
                let (left, right) = (self.eval(&both.0)?, self.eval(&both.1)?);
                self.charge(left.n_words().min(right.n_words()))?;
                let order = left.compare(&right)?;
                match comparison {
                    Comparison::Less => order == Ordering::Less,
                    Comparison::Greater => order == Ordering::Greater,
                    Comparison::AtMost => order != Ordering::Greater,
                    Comparison::AtLeast => order != Ordering::Less,
                    Comparison::Equal => order == Ordering::Equal,
                    Comparison::Different => order != Ordering::Equal,
                }
            }
            Test::IsEof => self.at == self.input.len(),
            Test::Match(text) => {
                let text = self.text(text)?;
                self.charge(text.len() as u64)?;
                let next = self.input.get(self.at);
                next.is_some_and(|it| text.contains(it))
            }
            Test::Unique(ids) => self.unique(ids)?,
            Test::InArray(value, id) => {
                let value = self.eval(value)?;
                self.occurs(&value, *id)?
            }
        })
    }

    /// Says whether the tuples of several variables at the same places differ; that the places are the same is a
    /// matter of the input.
    fn unique(&mut self, ids: &[usize]) -> Outcome<bool> {
        for &id in ids {
            self.charge_for_all(id)?;
            self.defined(id)?;
        }
        let mut tuples: Vec<Vec<&Value>> = Vec::new();
        let first = &self.variables[ids[0]].elements;
        for (index, value) in first {
            let mut tuple = vec![value];
            for &id in &ids[1..] {
                let elements = &self.variables[id].elements;
                let other = elements
                    .get(index)
                    .filter(|_| elements.len() == first.len());
                let Some(other) = other else {
                    let names = [ids[0], id].map(|it| &self.script.names[it]);
                    let [a, b] = names;
                    let message = format!("`UNIQUE`: `{a}` and `{b}` have different indices");
                    return Err(Stop::Refused(message));
                };
                tuple.push(other);
            }
            tuples.push(tuple);
        }
        tuples.sort_unstable();
        Ok(tuples.windows(2).all(|it| it[0] != it[1]))
    }

    fn occurs(&mut self, value: &Value, id: usize) -> Outcome<bool> {
        self.defined(id)?;
        if self.variables[id].counts.is_none() {
            self.charge_for_all(id)?;
            let bytes: u64 = self.variables[id].elements.values().map(stored_bytes).sum();
            self.store(bytes)?;
            let array = &mut self.variables[id];
            let mut counts = BTreeMap::new();
            for value in array.elements.values() {
                *counts.entry(value.clone()).or_insert(0) += 1;
            }
            array.counts = Some(counts);
        }
        let counts = self.variables[id].counts.as_ref();
        Ok(counts.is_some_and(|it| it.contains_key(value)))
    }

    fn charge_for_all(&mut self, id: usize) -> Outcome<()> {
        let n = self.variables[id].elements.len() as u64;
        let depth = u64::from(64 - n.leading_zeros());
        self.charge(n * (OPERATION + 10 * depth))
    }

    fn defined(&self, id: usize) -> Outcome<()> {
        if self.variables[id].elements.is_empty() {
            return Err(format!("`{}` has no value", self.script.names[id]).into());
        }
        Ok(())
    }

    fn eval(&mut self, expr: &Expr) -> Outcome<Value> {
        self.charge(OPERATION)?;
        match expr {
            Expr::Constant(value) => {
                self.charge(value.n_words())?;
                Ok(value.clone())
            }
            Expr::Variable(variable) => {
                let index = self.index(variable)?;
                let found = self.variables[variable.id].elements.get(&index).cloned();
                let Some(value) = found else {
                    let name = &self.script.names[variable.id];
                    let place = if index.is_empty() { "" } else { "[…]" };
                    return Err(format!("`{name}{place}` has no value").into());
                };
                self.charge(value.n_words())?;
                Ok(value)
            }
            Expr::Minus(expr) => Ok(negated(&self.eval(expr)?)?),
            Expr::Binary(operator, both) => {
                let (left, right) = (self.eval(&both.0)?, self.eval(&both.1)?);
                let words = left.n_words().saturating_mul(right.n_words());
                self.charge(match operator {
                    // The greatest number there is, multiplied by itself.
                    Operator::Power => 1 << 20,
                    _ if matches!((&left, &right), (Value::Int(_), Value::Int(_))) => words,
                    _ => 1 << 14,
                })?;
                Ok(binary(*operator, &left, &right)?)
            }
            Expr::Length(expr) => Ok(Value::Int(self.text(expr)?.len().into())),
        }
    }

    fn text(&mut self, expr: &Expr) -> Outcome<std::sync::Arc<[u8]>> {
        match self.eval(expr)? {
            Value::Text(text) => Ok(text),
            _ => Err("a text is expected, not a number".to_owned().into()),
        }
    }

    fn bounds(&mut self, bounds: &(Expr, Expr)) -> Outcome<(Value, Value)> {
        Ok((self.eval(&bounds.0)?, self.eval(&bounds.1)?))
    }

    fn index(&mut self, variable: &Variable) -> Outcome<Vec<BigInt>> {
        let mut index = Vec::with_capacity(variable.index.len());
        for expr in &variable.index {
            match self.eval(expr)? {
                Value::Int(number) => index.push(number),
                _ => return Err("an index is a whole number".to_owned().into()),
            }
        }
        Ok(index)
    }

    fn set_if_named(&mut self, name: Option<&Variable>, value: Value) -> Outcome<()> {
        match name {
            Some(variable) => self.set(variable, value),
            None => Ok(()),
        }
    }

    fn set(&mut self, variable: &Variable, value: Value) -> Outcome<()> {
        let index = self.index(variable)?;
        let index_bytes: u64 = index.iter().map(|it| 32 + it.bits() / 8).sum();
        let n_new = 1 + u64::from(self.variables[variable.id].counts.is_some());
        self.store(n_new * stored_bytes(&value) + index_bytes)?;
        let array = &mut self.variables[variable.id];
        if let Some(counts) = &mut array.counts {
            *counts.entry(value.clone()).or_insert(0) += 1;
        }
        let Some(old) = array.elements.insert(index, value) else {
            return Ok(());
        };
        if let Some(counts) = &mut array.counts
            && let Some(count) = counts.get_mut(&old)
        {
            *count -= 1;
            if *count == 0 {
                counts.remove(&old);
            }
        }
        let bytes = n_new * stored_bytes(&old) + index_bytes;
        self.stored_bytes = self.stored_bytes.saturating_sub(bytes);
        Ok(())
    }

    fn unset(&mut self, id: usize) {
        let array = std::mem::take(&mut self.variables[id]);
        let n_each = 1 + u64::from(array.counts.is_some());
        for (index, value) in &array.elements {
            let index_bytes: u64 = index.iter().map(|it| 32 + it.bits() / 8).sum();
            let bytes = n_each * stored_bytes(value) + index_bytes;
            self.stored_bytes = self.stored_bytes.saturating_sub(bytes);
        }
    }

    fn store(&mut self, bytes: u64) -> Outcome<()> {
        self.stored_bytes += bytes;
        if self.stored_bytes > MAX_STORED_BYTES {
            return Err(format!("variables have more than {MAX_STORED_BYTES} bytes").into());
        }
        Ok(())
    }

    fn charge(&mut self, work: u64) -> Outcome<()> {
        match self.work_left.checked_sub(work) {
            Some(left) => self.work_left = left,
            None => return Err("script does too much".to_owned().into()),
        }
        Ok(())
    }

    fn failure(&self, stop: Stop) -> CtdFailure {
        match stop {
            Stop::Fault(message) => CtdFailure::Fault {
                line: self.line,
                message,
            },
            Stop::Refused(message) => {
                let before = &self.input[..self.at];
                let begin = before.iter().rposition(|it| *it == b'\n');
                let begin = begin.map_or(0, |it| it + 1);
                CtdFailure::Refused {
                    line: before.split(|it| *it == b'\n').count(),
                    character: 1 + before.len() - begin,
                    message: format!("{message} (line {} of the script)", self.line),
                }
            }
        }
    }
}

fn refused(command: &Command, message: &str) -> Stop {
    Stop::Refused(format!("`{}`: {message}", command.name()))
}

fn is_within(value: &Value, (least, most): &(Value, Value)) -> Outcome<bool> {
    let is_above = value.compare(least)? != Ordering::Less;
    Ok(is_above && value.compare(most)? != Ordering::Greater)
}

fn n_digits(text: &[u8]) -> usize {
    text.iter().take_while(|it| it.is_ascii_digit()).count()
}

fn stored_bytes(value: &Value) -> u64 {
    ELEMENT_BYTES + 8 * value.n_words()
}

/// Cuts what is quoted.
fn cut(text: &str) -> String {
    const MAX_QUOTED: usize = 40;
    match text.get(..MAX_QUOTED) {
        Some(head) if head.len() < text.len() => format!("{head}…"),
        _ => text.to_owned(),
    }
}
