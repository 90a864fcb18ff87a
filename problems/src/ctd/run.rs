//! A script, run on an input.
//!
//! Work is counted and bounded, so that any script on any input ends: a command, a byte, and a product of two machine
//! words each count. What is stored is bounded likewise.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::CtdFailure;
use super::number::{Value, binary, negated};
use super::pattern::Pattern;
use super::store::Array;
use super::syntax::{Block, Command, Comparison, Expr, Operator, Script, Test, Times, Variable};

/// The most work that a script may do on one input: a command or an operation is 100, a byte 1.
pub const MAX_WORK: u64 = 10_000_000_000;
/// What an operation counts.
pub(super) const OPERATION: u64 = 100;

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
pub(super) enum Stop {
    /// The input is refused.
    Refused(String),
    /// The script is at fault.
    Fault(String),
}

pub(super) type Outcome<T> = Result<T, Stop>;

/// A message of a value's or a pattern's is the script's fault.
impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::Fault(message)
    }
}

pub(super) struct Run<'a> {
    pub(super) script: &'a Script,
    pub(super) input: &'a [u8],
    pub(super) at: usize,
    pub(super) variables: Vec<Array>,
    pub(super) patterns: BTreeMap<Vec<u8>, Pattern>,
    pub(super) work_left: u64,
    pub(super) stored_bytes: u64,
    /// Of the script, where it is.
    pub(super) line: usize,
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

    pub(super) fn eval(&mut self, expr: &Expr) -> Outcome<Value> {
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

    pub(super) fn text(&mut self, expr: &Expr) -> Outcome<std::sync::Arc<[u8]>> {
        match self.eval(expr)? {
            Value::Text(text) => Ok(text),
            _ => Err("a text is expected, not a number".to_owned().into()),
        }
    }

    pub(super) fn bounds(&mut self, bounds: &(Expr, Expr)) -> Outcome<(Value, Value)> {
        Ok((self.eval(&bounds.0)?, self.eval(&bounds.1)?))
    }

    pub(super) fn index(&mut self, variable: &Variable) -> Outcome<Vec<BigInt>> {
        let mut index = Vec::with_capacity(variable.index.len());
        for expr in &variable.index {
            match self.eval(expr)? {
                Value::Int(number) => index.push(number),
                _ => return Err("an index is a whole number".to_owned().into()),
            }
        }
        Ok(index)
    }

    pub(super) fn charge(&mut self, work: u64) -> Outcome<()> {
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

pub(super) fn refused(command: &Command, message: &str) -> Stop {
    Stop::Refused(format!("`{}`: {message}", command.name()))
}
