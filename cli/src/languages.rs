//! The languages that this version runs, each with the smallest program that shows that it does.

use riddle_engine::sandbox::Language;

/// What the programs of [`hello`] read.
pub(crate) const HELLO_INPUT: &[u8] = b"21\n";
/// What they print, white space at the end left out.
pub(crate) const HELLO_OUTPUT: &[u8] = b"42";

/// Returns a program that doubles the number that it reads; `None` for a language that this version
/// of Riddle cannot run.
pub(crate) fn hello(language: Language) -> Option<&'static str> {
    Some(match language {
        Language::C => {
            "#include <stdio.h>\nint main(void) { int n; scanf(\"%d\", &n); printf(\"%d\\n\", 2 * n); }\n"
        }
        Language::Cpp => {
            "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << 2 * n << '\\n'; }\n"
        }
        Language::Python => "print(2 * int(input()))\n",
        Language::Rust => {
            "fn main() {\n    let mut line = String::new();\n    std::io::stdin().read_line(&mut line).unwrap();\n    println!(\"{}\", 2 * line.trim().parse::<i64>().unwrap());\n}\n"
        }
        Language::Go => {
            "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tvar n int\n\tfmt.Scan(&n)\n\tfmt.Println(2 * n)\n}\n"
        }
        // Reads nothing: what it has to show is that a module runs.
        Language::Wasm => {
            r#"(module
                (import "wasi_snapshot_preview1" "fd_write"
                    (func $write (param i32 i32 i32 i32) (result i32)))
                (memory (export "memory") 1)
                (data (i32.const 0) "\10\00\00\00\03\00\00\00")
                (data (i32.const 16) "42\n")
                (func (export "_start")
                    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#
        }
        _ => return None,
    })
}
