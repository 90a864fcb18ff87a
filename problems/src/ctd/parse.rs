//! Tokens to a script.
//!
//! Recursion is bounded by [`MAX_DEPTH`], of the text and of what it comes to.

use super::CtdError;
use super::lex::{Placed, Token};
use super::syntax::{Block, Command, Expr, Form, Script, Times, Variable};

/// How deep blocks, brackets and operators may lie in each other.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(tokens: Vec<Placed>) -> Result<Script, CtdError> {
    let mut parser = Parser {
        tokens,
        at: 0,
        names: Vec::new(),
        depth: 0,
    };
    let commands = parser.block()?;
    if let Some(Token::Word(word)) = parser.peek() {
        return Err(parser.error(format!("`{word}` closes nothing")));
    }
    Ok(Script {
        commands,
        names: parser.names,
    })
}

pub(super) struct Parser {
    tokens: Vec<Placed>,
    pub(super) at: usize,
    names: Vec<String>,
    depth: usize,
}

impl Parser {
    /// Reads commands up to the end, `END` or `ELSE`.
    fn block(&mut self) -> Result<Block, CtdError> {
        let mut block = Block::new();
        loop {
            match self.peek() {
                None | Some(Token::Word("END" | "ELSE")) => return Ok(block),
                Some(_) => block.push((self.line(), self.deeper(Self::command)?)),
            }
        }
    }

    fn command(&mut self) -> Result<Command, CtdError> {
        let Some(Token::Word(word)) = self.peek().cloned() else {
            return Err(self.unexpected("a command"));
        };
        self.at += 1;
        match word {
            "SPACE" => return Ok(Command::Space),
            "NEWLINE" => return Ok(Command::Newline),
            "EOF" => return Ok(Command::Eof),
            _ => {}
        }
        self.sign("(")?;
        let command = match word {
            "INT" => Command::Int {
                bounds: self.pair()?,
                name: self.and_variable()?,
            },
            "FLOAT" | "FLOATP" => {
                let bounds = self.pair()?;
                let mut decimals = None;
                if word == "FLOATP" {
                    self.sign(",")?;
                    decimals = Some(self.pair()?);
                }
                let name = self.and_variable()?;
                let form = match name {
                    Some(_) => self.and_form()?,
                    None => Form::Any,
                };
                Command::Float {
                    bounds,
                    decimals,
                    name,
                    form,
                }
            }
            "STRING" => Command::Text(self.value()?),
            "REGEX" => Command::Regex {
                pattern: self.value()?,
                name: self.and_variable()?,
            },
            "ASSERT" => Command::Assert(self.test()?),
            "SET" => {
                let mut all = Vec::new();
                loop {
                    let variable = self.variable()?;
                    self.sign("=")?;
                    all.push((variable, self.expr()?));
                    if !self.takes(",") {
                        break Command::Set(all);
                    }
                }
            }
            "UNSET" => Command::Unset(self.names_of()?),
            "REP" | "REPI" | "WHILE" | "WHILEI" => return self.repeated(word),
            "IF" => return self.conditional(),
            _ => return Err(self.error(format!("`{word}` is no command"))),
        };
        self.sign(")")?;
        Ok(command)
    }

    fn repeated(&mut self, word: &str) -> Result<Command, CtdError> {
        let mut counter = None;
        if word.ends_with('I') {
            counter = Some(self.variable()?);
            self.sign(",")?;
        }
        let times = if word.starts_with("REP") {
            Times::Count(self.expr()?)
        } else {
            Times::While(self.test()?)
        };
        let mut separator = None;
        if self.takes(",") {
            if let Some(Token::Word("REP" | "REPI" | "WHILE" | "WHILEI" | "IF")) = self.peek() {
                return Err(self.unexpected("a command without `END`"));
            }
            separator = Some(Box::new((self.line(), self.deeper(Self::command)?)));
        }
        self.sign(")")?;
        let body = self.block()?;
        self.end()?;
        Ok(Command::Loop {
            counter,
            times,
            separator,
            body,
        })
    }

    fn conditional(&mut self) -> Result<Command, CtdError> {
        let test = self.test()?;
        self.sign(")")?;
        let then = self.block()?;
        let mut otherwise = Block::new();
        if self.peek() == Some(&Token::Word("ELSE")) {
            self.at += 1;
            otherwise = self.block()?;
        }
        self.end()?;
        Ok(Command::If {
            test,
            then,
            otherwise,
        })
    }

    fn end(&mut self) -> Result<(), CtdError> {
        match self.peek() {
            Some(Token::Word("END")) => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.unexpected("`END`")),
        }
    }

    fn pair(&mut self) -> Result<(Expr, Expr), CtdError> {
        let first = self.expr()?;
        self.sign(",")?;
        Ok((first, self.expr()?))
    }

    fn and_variable(&mut self) -> Result<Option<Variable>, CtdError> {
        self.takes(",").then(|| self.variable()).transpose()
    }

    fn and_form(&mut self) -> Result<Form, CtdError> {
        if !self.takes(",") {
            return Ok(Form::Any);
        }
        let form = match self.peek() {
            Some(Token::Word("FIXED")) => Form::Fixed,
            Some(Token::Word("SCIENTIFIC")) => Form::Scientific,
            _ => return Err(self.unexpected("`FIXED` or `SCIENTIFIC`")),
        };
        self.at += 1;
        Ok(form)
    }

    pub(super) fn names_of(&mut self) -> Result<Vec<usize>, CtdError> {
        let mut all = vec![self.name()?];
        while self.takes(",") {
            all.push(self.name()?);
        }
        Ok(all)
    }

    pub(super) fn name(&mut self) -> Result<usize, CtdError> {
        let Some(Token::Name(name)) = self.peek().cloned() else {
            return Err(self.unexpected("a variable"));
        };
        self.at += 1;
        let known = self.names.iter().position(|it| *it == name);
        Ok(known.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        }))
    }

    fn variable(&mut self) -> Result<Variable, CtdError> {
        Ok(self.deep_variable()?.0)
    }

    /// Runs a part of the parser one level deeper in the text.
    pub(super) fn deeper<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, CtdError>,
    ) -> Result<T, CtdError> {
        self.depth = self.above(self.depth)?;
        let result = part(self);
        self.depth -= 1;
        result
    }

    /// Returns the next depth, if that is not too deep.
    pub(super) fn above(&self, depth: usize) -> Result<usize, CtdError> {
        match depth + 1 {
            depth if depth <= MAX_DEPTH => Ok(depth),
            _ => Err(self.error(format!("script is more than {MAX_DEPTH} levels deep"))),
        }
    }

    pub(super) fn takes(&mut self, sign: &'static str) -> bool {
        let is_there = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is_there);
        is_there
    }

    pub(super) fn sign(&mut self, sign: &'static str) -> Result<(), CtdError> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{sign}`")))
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn line(&self) -> usize {
        let here = self.tokens.get(self.at).or(self.tokens.last());
        here.map_or(1, |(line, _)| *line)
    }

    pub(super) fn unexpected(&self, expected: &str) -> CtdError {
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(Token::Word(it) | Token::Sign(it)) => format!("`{it}`"),
            Some(Token::Name(it) | Token::Int(it) | Token::Float(it)) => {
                format!("`{}`", it.chars().take(40).collect::<String>())
            }
            Some(Token::Text(_)) => "a text".to_owned(),
        };
        self.error(format!("expected {expected}, found {found}"))
    }

    pub(super) fn error(&self, message: String) -> CtdError {
        CtdError {
            line: self.line(),
            message,
        }
    }
}
