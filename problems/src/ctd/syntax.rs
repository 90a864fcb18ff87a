//! What a script consists of.

use super::number::Value;

/// A script.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) commands: Block,
    /// The names of variables, by number.
    pub(super) names: Vec<String>,
}

/// Commands, each with its line in the script, from 1.
pub(super) type Block = Vec<(usize, Command)>;

/// A command.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Space,
    Newline,
    Eof,
    Int {
        bounds: (Expr, Expr),
        name: Option<Variable>,
    },
    Float {
        bounds: (Expr, Expr),
        /// The least and the greatest number of decimals.
        decimals: Option<(Expr, Expr)>,
        name: Option<Variable>,
        form: Form,
    },
    Text(Expr),
    Regex {
        pattern: Expr,
        name: Option<Variable>,
    },
    Assert(Test),
    Set(Vec<(Variable, Expr)>),
    Unset(Vec<usize>),
    Loop {
        counter: Option<Variable>,
        times: Times,
        separator: Option<Box<(usize, Self)>>,
        body: Block,
    },
    If {
        test: Test,
        then: Block,
        otherwise: Block,
    },
}

/// How a float may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Any,
    Fixed,
    Scientific,
}

/// How often a loop's body is met.
#[derive(Clone, Debug)]
pub(super) enum Times {
    Count(Expr),
    While(Test),
}

/// A variable, or an element of one.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Its number.
    pub(super) id: usize,
    pub(super) index: Vec<Expr>,
}

/// What has a value.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Constant(Value),
    Variable(Variable),
    Minus(Box<Self>),
    Binary(Operator, Box<(Self, Self)>),
    Length(Box<Self>),
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Modulo,
    Power,
}

/// What is true or not.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Not(Box<Self>),
    And(Box<(Self, Self)>),
    Or(Box<(Self, Self)>),
    Compare(Comparison, Box<(Expr, Expr)>),
    IsEof,
    Match(Expr),
    Unique(Vec<usize>),
    InArray(Expr, usize),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    Greater,
    AtMost,
    AtLeast,
    Equal,
    Different,
}

impl Command {
    /// Returns its name in scripts.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Space => "SPACE",
            Self::Newline => "NEWLINE",
            Self::Eof => "EOF",
            Self::Int { .. } => "INT",
            Self::Float { decimals: None, .. } => "FLOAT",
            Self::Float { .. } => "FLOATP",
            Self::Text(_) => "STRING",
            Self::Regex { .. } => "REGEX",
            Self::Assert(_) => "ASSERT",
            Self::Set(_) => "SET",
            Self::Unset(_) => "UNSET",
            Self::Loop { .. } => "REP",
            Self::If { .. } => "IF",
        }
    }
}
