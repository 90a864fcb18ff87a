//! What a text is written in, by its looks: one of our languages, or another.
//!
//! Looks, not grammar: it reads lines, knows a few dozen words, and is linear. It does not know what was
//! asked for.

use riddle_sandbox::Language::{self, C, Cpp, Go, Python, Rust, Wasm};

use super::prose::is_prose;

/// Bytes of a text that are looked at for its language: the head says enough.
const MAX_LOOKED_AT_BYTES: usize = 8 << 10;
/// Times that one clue counts: a program in one language may be full of what is rare in it.
const MAX_TIMES: u32 = 2;
/// What a text must score to be taken for a language.
const MIN_SCORE: u32 = 3;

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// One of the languages that we take.
    Ours(Language),
    /// One that we do not take, by name.
    Foreign(&'static str),
    /// No program: an output, a shell session.
    Other,
}

use Writing::{Foreign, Other, Ours};

/// What a word says, and where in a line it says so.
enum Clue {
    Start(&'static str),
    Within(&'static str),
}

use Clue::{Start, Within};

/// Clues, with what they count. In the order in which languages win a tie.
const CLUES: &[(Clue, Writing, u32)] = &[
    (Start("#include <bits/"), Ours(Cpp), 8),
    (Start("#include <iostream"), Ours(Cpp), 8),
    (Start("#include <vector"), Ours(Cpp), 8),
    (Start("#include <algorithm"), Ours(Cpp), 8),
    (Start("#include <string>"), Ours(Cpp), 8),
    (Start("#include <map"), Ours(Cpp), 8),
    (Start("#include <set"), Ours(Cpp), 8),
    (Start("#include <queue"), Ours(Cpp), 8),
    (Start("#include <unordered_"), Ours(Cpp), 8),
    (Start("#include <cstdio"), Ours(Cpp), 8),
    (Start("#include <cmath"), Ours(Cpp), 8),
    (Start("using namespace "), Ours(Cpp), 6),
    (Start("template <"), Ours(Cpp), 4),
    (Start("template<"), Ours(Cpp), 4),
    (Within("cin >>"), Ours(Cpp), 4),
    (Within("cin>>"), Ours(Cpp), 4),
    (Within("cout <<"), Ours(Cpp), 4),
    (Within("cout<<"), Ours(Cpp), 4),
    (Within("std::cin"), Ours(Cpp), 4),
    (Within("std::cout"), Ours(Cpp), 4),
    (Within("vector<"), Ours(Cpp), 2),
    (Start("#include"), Ours(C), 4),
    (Start("int main("), Ours(C), 5),
    (Within("scanf(\""), Ours(C), 3),
    (Within("printf(\""), Ours(C), 2),
    (Start("use std::"), Ours(Rust), 8),
    (Start("fn main("), Ours(Rust), 8),
    (Start("fn "), Ours(Rust), 3),
    (Start("impl "), Ours(Rust), 2),
    (Within("let mut "), Ours(Rust), 4),
    (Within("println!("), Ours(Rust), 4),
    (Within(".unwrap()"), Ours(Rust), 3),
    (Start("package main"), Ours(Go), 9),
    (Start("func main("), Ours(Go), 6),
    (Start("import \"fmt\""), Ours(Go), 6),
    (Within("fmt.Scan"), Ours(Go), 5),
    (Within("fmt.Print"), Ours(Go), 5),
    (Within("bufio.New"), Ours(Go), 4),
    (Start("import sys"), Ours(Python), 6),
    (Start("import math"), Ours(Python), 4),
    (Start("import "), Ours(Python), 3),
    (Start("from "), Ours(Python), 1),
    (Within(" import "), Ours(Python), 2),
    (Start("def "), Ours(Python), 4),
    (Start("elif "), Ours(Python), 4),
    (Start("if __name__"), Ours(Python), 8),
    (Start("print("), Ours(Python), 3),
    (Start("for _ in range("), Ours(Python), 4),
    (Within(" in range("), Ours(Python), 4),
    (Within("input()"), Ours(Python), 4),
    (Within("sys.stdin"), Ours(Python), 5),
    (Within("sys.stdout"), Ours(Python), 4),
    (Start("(module"), Ours(Wasm), 9),
    (Start("import java."), Foreign("java"), 12),
    (Start("public class "), Foreign("java"), 10),
    (Within("public static void main"), Foreign("java"), 10),
    (Within("System.out.print"), Foreign("java"), 8),
    (Within("new Scanner("), Foreign("java"), 6),
    (Start("using System"), Foreign("csharp"), 14),
    (Within("Console.Read"), Foreign("csharp"), 8),
    (Within("Console.Write"), Foreign("csharp"), 8),
    (Within("console.log("), Foreign("javascript"), 8),
    (Within("require('"), Foreign("javascript"), 6),
    (Within("require(\""), Foreign("javascript"), 6),
    (Start("function "), Foreign("javascript"), 3),
    (Start("const "), Foreign("javascript"), 1),
    (Within("parseInt("), Foreign("javascript"), 3),
    (Within(" => {"), Foreign("javascript"), 1),
    (Start("fun main("), Foreign("kotlin"), 9),
    (Within("readLine()!!"), Foreign("kotlin"), 8),
    (Within("readln()"), Foreign("kotlin"), 6),
    (Start("val "), Foreign("kotlin"), 1),
    (Start("import Foundation"), Foreign("swift"), 9),
    (Within("readLine()!"), Foreign("swift"), 6),
    (Start("<?php"), Foreign("php"), 12),
    (Start("puts "), Foreign("ruby"), 4),
    (Within("gets.chomp"), Foreign("ruby"), 8),
    (Within("gets.to_i"), Foreign("ruby"), 8),
    (Within("gets.split"), Foreign("ruby"), 8),
    (Start("main :: IO"), Foreign("haskell"), 10),
    (Start("main = "), Foreign("haskell"), 8),
    (Start("import Data."), Foreign("haskell"), 8),
    (Start("object Main extends"), Foreign("scala"), 10),
    (Start("object Main {"), Foreign("scala"), 10),
    (Start("use strict"), Foreign("perl"), 10),
    (Start("my $"), Foreign("perl"), 6),
    (Within("<STDIN>"), Foreign("perl"), 8),
    (Start("local "), Foreign("lua"), 3),
    (Within("io.read("), Foreign("lua"), 8),
    (Within("writeln("), Foreign("pascal"), 6),
    (Within("readln("), Foreign("pascal"), 5),
    (Start("#!/bin/"), Foreign("shell"), 10),
    (Start("read -r "), Foreign("shell"), 8),
];

/// Guesses what a text is written in, with its score. `None` if nothing speaks for anything.
pub(super) fn guess(text: &str) -> Option<(Writing, u32)> {
    let mut times_seen = [0; CLUES.len()];
    for line in head(text).lines() {
        for index in clues(line) {
            times_seen[index] += 1;
        }
    }
    let mut scores: Vec<(Writing, u32)> = Vec::new();
    for ((_, writing, weight), times) in CLUES.iter().zip(times_seen) {
        let weight = weight * times.min(MAX_TIMES);
        match scores.iter_mut().find(|it| it.0 == *writing) {
            Some((_, score)) => *score += weight,
            None => scores.push((*writing, weight)),
        }
    }
    let score_of = |language| {
        let found = scores.iter().find(|it| it.0 == Ours(language));
        found.map_or(0, |it| it.1)
    };
    let (c, cpp) = (score_of(C), score_of(Cpp));
    // All of C is a clue for C++ too, but not the other way.
    if cpp > 0 && c > 0 {
        for (writing, score) in &mut scores {
            if *writing == Ours(Cpp) {
                *score += c;
            }
        }
    }
    // The first of the greatest, which are in the order of the clues.
    scores
        .into_iter()
        .filter(|it| it.1 >= MIN_SCORE)
        .rev()
        .max_by_key(|it| it.1)
}

/// Whether a line alone looks like the beginning of a program.
pub(super) fn begins(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() {
        return false;
    }
    let is_type = ["class ", "struct "].iter().any(|it| line.starts_with(it));
    let opens = is_type && line.ends_with([':', '{']);
    opens || clues(line).map(|it| CLUES[it].2).sum::<u32>() >= MIN_SCORE && !is_prose(line)
}

/// Returns the indices of the clues in a line.
fn clues(line: &str) -> impl Iterator<Item = usize> {
    let line = line.trim_start();
    let speaks = move |clue: &Clue| match clue {
        Start(word) => line.starts_with(word),
        Within(word) => line.contains(word),
    };
    (0..CLUES.len()).filter(move |it| speaks(&CLUES[*it].0))
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_LOOKED_AT_BYTES)]
}

/// How much of a program a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// A piece.
    Piece,
    /// It prints, and does not read: an example of use, more often than a program.
    Prints,
    /// It begins somewhere, or reads.
    Whole,
}

pub(super) fn extent(language: Language, text: &str) -> Extent {
    let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
    let whole = match language {
        C | Cpp => has(&["main(", "main ("]),
        Rust => has(&["fn main("]),
        Go => has(&["func main("]),
        Python => has(&["input(", "stdin", "open(0", "os.read(0"]),
        Wasm => has(&["(module"]),
        _ => false,
    };
    match language {
        _ if whole => Extent::Whole,
        Python if has(&["print("]) => Extent::Prints,
        _ => Extent::Piece,
    }
}

/// Reads the info string of a fence.
///
/// `None` says nothing: it is empty or a word for any text.
pub(super) fn named(info: &str) -> Option<Writing> {
    let word = info
        .trim()
        .trim_start_matches(['{', '.', ' '])
        .split([' ', ',', ':', '{', '}', '(', '\t'])
        .next()
        .unwrap_or_default()
        .trim_start_matches("language-")
        .to_ascii_lowercase();
    // "python3.11", "c++17", "gnu++20".
    let stem = word.trim_end_matches(|it: char| it.is_ascii_digit() || it == '.');
    let ours = |name: &str| name.parse::<Language>().ok();
    if let Some(language) = ours(&word).or_else(|| ours(stem)) {
        return Some(Ours(language));
    }
    Some(match stem {
        "gnu++" | "g++" | "hpp" | "h++" | "cplusplus" => Ours(Cpp),
        "gnu" | "h" => Ours(C),
        "ipython" | "pypy" | "pyw" => Ours(Python),
        "" | "text" | "txt" | "plain" | "plaintext" | "none" | "code" | "markdown" | "md"
        | "program" | "solution" => return None,
        "output" | "input" | "console" | "shell" | "bash" | "sh" | "zsh" | "shellsession"
        | "terminal" | "powershell" | "cmd" | "json" | "yaml" | "yml" | "toml" | "xml" | "html"
        | "css" | "latex" | "tex" | "math" | "diff" | "makefile" | "dockerfile" | "csv" | "ini"
        | "example" | "sample" | "pseudocode" | "pseudo" | "algorithm" | "pycon" | "mermaid" => {
            Other
        }
        "java" => Foreign("java"),
        "javascript" | "js" | "node" | "jsx" => Foreign("javascript"),
        "typescript" | "ts" => Foreign("typescript"),
        "kotlin" | "kt" => Foreign("kotlin"),
        "csharp" | "cs" | "c#" => Foreign("csharp"),
        "ruby" | "rb" => Foreign("ruby"),
        "php" => Foreign("php"),
        "swift" => Foreign("swift"),
        "scala" => Foreign("scala"),
        "haskell" | "hs" => Foreign("haskell"),
        "perl" | "pl" => Foreign("perl"),
        "lua" => Foreign("lua"),
        "pascal" | "delphi" => Foreign("pascal"),
        "r" => Foreign("r"),
        "julia" | "jl" => Foreign("julia"),
        "d" => Foreign("d"),
        "ocaml" | "ml" => Foreign("ocaml"),
        "sql" => Foreign("sql"),
        "dart" => Foreign("dart"),
        "nim" => Foreign("nim"),
        "zig" => Foreign("zig"),
        "elixir" => Foreign("elixir"),
        "clojure" | "lisp" | "scheme" | "racket" => Foreign("lisp"),
        "fortran" => Foreign("fortran"),
        "matlab" | "octave" => Foreign("matlab"),
        "vb" | "vbnet" | "basic" => Foreign("basic"),
        "asm" | "assembly" | "nasm" => Foreign("assembly"),
        _ => return None,
    })
}

/// Whether an info string is one that a block is opened with, and not the rest of a sentence.
pub(super) fn is_info(info: &str) -> bool {
    let info = info.trim();
    named(info).is_some() && !info.contains(' ') || matches!(info, "text" | "plaintext" | "txt")
}
