//! Tokens to a script.
//!
//! Operators bind as in the grammar of checktestdata: `&&` and `||` alike and from the left, and `!` holds for all
//! that follows it. Recursion is bounded by [`MAX_DEPTH`], of the text and of what it comes to.

use super::CtdError;
use super::lex::{Placed, Token};
use super::number::{Decimal, Value, binary, negated};
use super::syntax::{
    Block, Command, Comparison, Expr, Form, Operator, Script, Test, Times, Variable,
};

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

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    names: Vec<String>,
    depth: usize,
}

/// A value or a test, and how deep it is: which of the two a bracket holds is known after it.
enum Node {
    Expr(Expr, usize),
    Test(Test, usize),
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

    fn names_of(&mut self) -> Result<Vec<usize>, CtdError> {
        let mut all = vec![self.name()?];
        while self.takes(",") {
            all.push(self.name()?);
        }
        Ok(all)
    }

    fn name(&mut self) -> Result<usize, CtdError> {
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

    fn deep_variable(&mut self) -> Result<(Variable, usize), CtdError> {
        let id = self.name()?;
        let mut index = Vec::new();
        let mut depth = 1;
        if self.takes("[") {
            loop {
                let (expr, below) = self.deep_expr()?;
                index.push(expr);
                depth = depth.max(self.above(below)?);
                if !self.takes(",") {
                    break;
                }
            }
            self.sign("]")?;
        }
        Ok((Variable { id, index }, depth))
    }

    /// Reads a value without operators.
    fn value(&mut self) -> Result<Expr, CtdError> {
        Ok(self.deep_value()?.0)
    }

    fn deep_value(&mut self) -> Result<(Expr, usize), CtdError> {
        let node = self.deeper(Self::primary)?;
        self.expr_of(node)
    }

    fn expr(&mut self) -> Result<Expr, CtdError> {
        Ok(self.deep_expr()?.0)
    }

    fn deep_expr(&mut self) -> Result<(Expr, usize), CtdError> {
        let node = self.deeper(Self::sum)?;
        self.expr_of(node)
    }

    fn test(&mut self) -> Result<Test, CtdError> {
        let node = self.deeper(Self::any)?;
        Ok(self.test_of(node)?.0)
    }

    /// Reads comparisons joined by `&&` and `||`, or what may be one of them.
    fn any(&mut self) -> Result<Node, CtdError> {
        let mut node = self.comparison()?;
        while let Some(Token::Sign(sign @ ("&&" | "||"))) = self.peek().cloned() {
            self.at += 1;
            let (left, left_depth) = self.test_of(node)?;
            let right = self.comparison()?;
            let (right, right_depth) = self.test_of(right)?;
            let both = Box::new((left, right));
            let test = match sign {
                "&&" => Test::And(both),
                _ => Test::Or(both),
            };
            node = Node::Test(test, self.above(left_depth.max(right_depth))?);
        }
        Ok(node)
    }

    fn comparison(&mut self) -> Result<Node, CtdError> {
        let left = self.sum()?;
        let comparison = match self.peek() {
            Some(Token::Sign("<")) => Comparison::Less,
            Some(Token::Sign(">")) => Comparison::Greater,
            Some(Token::Sign("<=")) => Comparison::AtMost,
            Some(Token::Sign(">=")) => Comparison::AtLeast,
            Some(Token::Sign("==")) => Comparison::Equal,
            Some(Token::Sign("!=")) => Comparison::Different,
            _ => return Ok(left),
        };
        self.at += 1;
        let (left, left_depth) = self.expr_of(left)?;
        let right = self.sum()?;
        let (right, right_depth) = self.expr_of(right)?;
        let test = Test::Compare(comparison, Box::new((left, right)));
        Ok(Node::Test(test, self.above(left_depth.max(right_depth))?))
    }

    fn sum(&mut self) -> Result<Node, CtdError> {
        self.chain(
            &[("+", Operator::Plus), ("-", Operator::Minus)],
            Self::product,
        )
    }

    fn product(&mut self) -> Result<Node, CtdError> {
        let operators = [
            ("*", Operator::Times),
            ("/", Operator::Over),
            ("%", Operator::Modulo),
        ];
        self.chain(&operators, Self::factor)
    }

    fn factor(&mut self) -> Result<Node, CtdError> {
        if self.takes("-") {
            let node = self.deeper(Self::factor)?;
            let (expr, depth) = self.expr_of(node)?;
            let expr = match expr {
                Expr::Constant(value) => negated(&value).map(Expr::Constant),
                other => Ok(Expr::Minus(Box::new(other))),
            };
            let expr = expr.map_err(|message| self.error(message))?;
            return Ok(Node::Expr(expr, self.above(depth)?));
        }
        self.chain(&[("^", Operator::Power)], Self::primary)
    }

    /// Reads operands with operators between them that bind alike and from the left.
    fn chain(
        &mut self,
        operators: &[(&'static str, Operator)],
        operand: fn(&mut Self) -> Result<Node, CtdError>,
    ) -> Result<Node, CtdError> {
        let mut node = operand(self)?;
        loop {
            let found = operators.iter();
            let mut found = found.filter(|it| self.peek() == Some(&Token::Sign(it.0)));
            let Some(&(_, operator)) = found.next() else {
                return Ok(node);
            };
            self.at += 1;
            let (left, left_depth) = self.expr_of(node)?;
            let right = if operator == Operator::Power && self.peek() == Some(&Token::Sign("-")) {
                self.deeper(Self::factor)?
            } else {
                operand(self)?
            };
            let (right, right_depth) = self.expr_of(right)?;
            // What is the same each time is worked out once; what cannot be is a fault where it is met.
            let constant = match (&left, &right) {
                (Expr::Constant(left), Expr::Constant(right)) => binary(operator, left, right).ok(),
                _ => None,
            };
            let depth = self.above(left_depth.max(right_depth))?;
            node = match constant {
                Some(value) => Node::Expr(Expr::Constant(value), 1),
                None => Node::Expr(Expr::Binary(operator, Box::new((left, right))), depth),
            };
        }
    }

    fn primary(&mut self) -> Result<Node, CtdError> {
        let token = self.peek().cloned();
        if let Some(Token::Name(_)) = token {
            let (variable, depth) = self.deeper(Self::deep_variable)?;
            return Ok(Node::Expr(Expr::Variable(variable), depth));
        }
        let Some(token) = token else {
            return Err(self.unexpected("a value"));
        };
        let line_error = self.unexpected("a value");
        self.at += 1;
        let constant = |value| Ok(Node::Expr(Expr::Constant(value), 1));
        match token {
            Token::Int(digits) => match Value::of_digits(&digits) {
                Some(value) if digits == "0" || !digits.starts_with('0') => constant(value),
                Some(_) => Err(self.error(format!("`{digits}` begins with a zero"))),
                None => Err(self.error("number is too great".to_owned())),
            },
            Token::Float(text) => constant(Value::Float(Decimal::of_text(&text))),
            Token::Text(text) => constant(Value::Text(text)),
            Token::Sign("(") => {
                let node = self.deeper(Self::any)?;
                self.sign(")")?;
                Ok(node)
            }
            Token::Sign("!") => {
                let node = self.deeper(Self::any)?;
                let (test, depth) = self.test_of(node)?;
                Ok(Node::Test(Test::Not(Box::new(test)), self.above(depth)?))
            }
            Token::Word("STRLEN") => {
                self.sign("(")?;
                let (value, depth) = self.deep_value()?;
                self.sign(")")?;
                let depth = self.above(depth)?;
                Ok(Node::Expr(Expr::Length(Box::new(value)), depth))
            }
            Token::Word("ISEOF") => Ok(Node::Test(Test::IsEof, 1)),
            Token::Word(word @ ("MATCH" | "UNIQUE" | "INARRAY")) => {
                self.sign("(")?;
                let (test, depth) = match word {
                    "MATCH" => {
                        let (value, depth) = self.deep_value()?;
                        (Test::Match(value), depth)
                    }
                    "UNIQUE" => (Test::Unique(self.names_of()?), 0),
                    _ => {
                        let (value, depth) = self.deep_expr()?;
                        self.sign(",")?;
                        (Test::InArray(value, self.name()?), depth)
                    }
                };
                self.sign(")")?;
                Ok(Node::Test(test, self.above(depth)?))
            }
            _ => Err(line_error),
        }
    }

    fn expr_of(&self, node: Node) -> Result<(Expr, usize), CtdError> {
        match node {
            Node::Expr(expr, depth) => Ok((expr, depth)),
            Node::Test(..) => Err(self.error("a value is expected, not a test".to_owned())),
        }
    }

    fn test_of(&self, node: Node) -> Result<(Test, usize), CtdError> {
        match node {
            Node::Test(test, depth) => Ok((test, depth)),
            Node::Expr(..) => Err(self.error("a test is expected, not a value".to_owned())),
        }
    }

    /// Runs a part of the parser one level deeper in the text.
    fn deeper<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, CtdError>,
    ) -> Result<T, CtdError> {
        self.depth = self.above(self.depth)?;
        let result = part(self);
        self.depth -= 1;
        result
    }

    /// Returns the next depth, if that is not too deep.
    fn above(&self, depth: usize) -> Result<usize, CtdError> {
        match depth + 1 {
            depth if depth <= MAX_DEPTH => Ok(depth),
            _ => Err(self.error(format!("script is more than {MAX_DEPTH} levels deep"))),
        }
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let is_there = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is_there);
        is_there
    }

    fn sign(&mut self, sign: &'static str) -> Result<(), CtdError> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{sign}`")))
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn line(&self) -> usize {
        let here = self.tokens.get(self.at).or(self.tokens.last());
        here.map_or(1, |(line, _)| *line)
    }

    fn unexpected(&self, expected: &str) -> CtdError {
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

    fn error(&self, message: String) -> CtdError {
        CtdError {
            line: self.line(),
            message,
        }
    }
}
