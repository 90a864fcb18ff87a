//! Values and tests: operators, brackets, and how they bind.
//!
//! As in the grammar of checktestdata, `&&` and `||` bind alike and from the left, and `!` holds for all that follows it.

use super::CtdError;
use super::lex::Token;
use super::number::{Decimal, Value, binary, negated};
use super::parse::Parser;
use super::syntax::{Comparison, Expr, Operator, Test, Variable};

/// A value or a test, and how deep it is: which of the two a bracket holds is known after it.
enum Node {
    Expr(Expr, usize),
    Test(Test, usize),
}

impl Parser {
    pub(super) fn deep_variable(&mut self) -> Result<(Variable, usize), CtdError> {
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
    pub(super) fn value(&mut self) -> Result<Expr, CtdError> {
        Ok(self.deep_value()?.0)
    }

    fn deep_value(&mut self) -> Result<(Expr, usize), CtdError> {
        let node = self.deeper(Self::primary)?;
        self.expr_of(node)
    }

    pub(super) fn expr(&mut self) -> Result<Expr, CtdError> {
        Ok(self.deep_expr()?.0)
    }

    pub(super) fn deep_expr(&mut self) -> Result<(Expr, usize), CtdError> {
        let node = self.deeper(Self::sum)?;
        self.expr_of(node)
    }

    pub(super) fn test(&mut self) -> Result<Test, CtdError> {
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
}
