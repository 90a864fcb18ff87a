//! A table of answers as models give them, and any text at all.

use proptest::prelude::*;
use riddle_sandbox::Language::{C, Cpp, Go, Python, Rust};

use super::*;

const PY: &str = "n = int(input())\nprint(2 * n)\n";
const PY_MAIN: &str =
    "import sys\n\n\ndef main():\n    n = int(input())\n    print(2 * n)\n\n\nmain()\n";
const CPP: &str = "#include <iostream>\nusing namespace std;\n\nint main() {\n    int n;\n    cin >> n;\n    cout << 2 * n << endl;\n    return 0;\n}\n";
const C_TEXT: &str = "#include <stdio.h>\n\nint main(void) {\n    int n;\n    scanf(\"%d\", &n);\n    printf(\"%d\\n\", 2 * n);\n    return 0;\n}\n";
const RUST: &str = "use std::io;\n\nfn main() {\n    let mut line = String::new();\n    io::stdin().read_line(&mut line).unwrap();\n    let n: i64 = line.trim().parse().unwrap();\n    println!(\"{}\", 2 * n);\n}\n";
const GO: &str = "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tvar n int\n\tfmt.Scan(&n)\n\tfmt.Println(2 * n)\n}\n";
const JAVA: &str = "import java.util.Scanner;\n\npublic class Main {\n    public static void main(String[] args) {\n        Scanner in = new Scanner(System.in);\n        System.out.println(2 * in.nextInt());\n    }\n}\n";

fn asked(language: Option<Language>) -> Asked<'static> {
    Asked {
        language,
        prefill: "",
        before: "",
        after: "",
        finished: true,
    }
}

const PREFILLED: Asked<'static> = Asked {
    language: Some(Python),
    prefill: "```python\n",
    before: "",
    after: "",
    finished: true,
};

/// The answer gives this program, whole.
#[track_caller]
fn check(asked: &Asked<'_>, answer: &str, language: Language, source: &str) {
    let expected = Extracted {
        language,
        source: source.to_owned(),
        truncated: false,
    };
    assert_eq!(extract(answer, asked), Ok(expected), "{answer}");
}

/// Asked for Python, the answer gives this program.
#[track_caller]
fn python(answer: &str, source: &str) {
    check(&asked(Some(Python)), answer, Python, source);
}

/// Asked for anything, the answer gives this program.
#[track_caller]
fn anything(answer: &str, language: Language, source: &str) {
    check(&asked(None), answer, language, source);
}

#[track_caller]
fn none(answer: &str, reason: RejectReason, detail: &str) {
    let no_code = extract(answer, &asked(Some(Python))).unwrap_err();
    assert_eq!(
        (no_code.reason, no_code.detail.as_str()),
        (reason, detail),
        "{answer}"
    );
}

/// The answer was cut and gives this much.
#[track_caller]
fn cut(asked: &Asked<'_>, answer: &str, source: &str) {
    let asked = Asked {
        finished: false,
        ..*asked
    };
    let extracted = extract(answer, &asked).unwrap();
    assert_eq!(
        (extracted.source.as_str(), extracted.truncated),
        (source, true),
        "{answer}"
    );
}

#[test]
fn one_fenced_block_is_the_program() {
    python(&format!("```python\n{PY}```"), PY);
    python(
        &format!("```python\r\n{}```\r\n", PY.replace('\n', "\r\n")),
        PY,
    );
    python(
        &format!("Here is the solution:\n\n```python\n{PY}```\n\nIt reads n and doubles it."),
        PY,
    );
    python(&format!("~~~python\n{PY}~~~\n"), PY);
    python(&format!("```\n{PY}```"), PY);
    python(&format!("```Python3\n{PY}```"), PY);
    python(&format!("```{{.python .numberLines}}\n{PY}```"), PY);
    python(&format!("```python:main.py\n{PY}```"), PY);
    python(&format!("```python title=\"main.py\"\n{PY}```"), PY);
    python(&format!("``` python\n\n\n{PY}\n\n```"), PY);
    python(&format!("````python\n{PY}````"), PY);
    python(&format!("````markdown\n```python\n{PY}```\n````"), PY);
    python(
        &format!("```markdown\nThe code:\n```python\n{PY}```\nThat is all.\n```"),
        PY,
    );
    anything(&format!("```c++\n{CPP}```"), Cpp, CPP);
    anything(&format!("```cpp17\n{CPP}```"), Cpp, CPP);
    anything(&format!("```rs\n{RUST}```"), Rust, RUST);
    anything(&format!("```golang\n{GO}```"), Go, GO);
    anything(&format!("```C\n{C_TEXT}```"), C, C_TEXT);
}

#[test]
fn fences_need_not_be_markdown() {
    python(&format!("Sure! ```python\n{PY}```"), PY);
    python(
        "Use ```python\nprint(int(input()) * 2)```",
        "print(int(input()) * 2)\n",
    );
    python(
        "```python print(int(input()) * 2)```",
        "print(int(input()) * 2)\n",
    );
    python(
        "1. The code:\n\n   ```python\n   n = int(input())\n   print(2 * n)\n   ```\n2. Done.",
        PY,
    );
    python("- ```python\n  n = int(input())\n  print(2 * n)\n  ```", PY);
    python(&format!("```python\n{PY}"), PY);
    python(
        &format!("```python\n{PY}\nThis program reads n and prints twice its value."),
        PY,
    );
    // The model forgot to close the first block.
    python(
        &format!("```python\ndef f(n):\n    return 2 * n\n\n```python\n{PY}```"),
        PY,
    );
}

#[test]
fn fences_within_the_program_are_part_of_it() {
    let indented = "def f(n):\n    \"\"\"Doubles.\n\n    ```\n    f(2)\n    ```\n    \"\"\"\n    return 2 * n\nprint(f(int(input())))\n";
    python(&format!("```python\n{indented}```\nDone."), indented);
    let at_margin = "\"\"\"\nExample:\n```python\nf(2)\n```\n\"\"\"\nprint(2 * int(input()))\n";
    python(&format!("```python\n{at_margin}```\nDone."), at_margin);
    let comment = "// ```\n// 2 -> 4\n// ```\n".to_owned() + CPP;
    anything(&format!("```cpp\n{comment}```"), Cpp, &comment);
    let longer = "s = '''\n```\n'''\nprint(s, input())\n";
    python(&format!("````python\n{longer}````"), longer);
    // Three quotes that never end do not swallow the fence.
    python(
        "```python\n# it's \"\"\" odd\ns = input()  # '''\nprint(s)\n```\nIt works.\n",
        "# it's \"\"\" odd\ns = input()  # '''\nprint(s)\n",
    );
}

#[test]
fn of_several_blocks_the_whole_program_in_the_language_asked_for_is_taken() {
    let sample = "Input:\n```\n3\n1 2 3\n```\nOutput:\n```\n6\n```\n";
    python(&format!("{sample}\n```python\n{PY}```\n{sample}"), PY);
    python(
        &format!(
            "```python\ndef f(n):\n    return 2 * n\n```\nAll of it:\n```python\n{PY_MAIN}```"
        ),
        PY_MAIN,
    );
    python(&format!("```cpp\n{CPP}```\nor\n```python\n{PY}```"), PY);
    python(
        &format!("```python\n{PY}```\nIn C++:\n```cpp\n{CPP}```"),
        PY,
    );
    python(&format!("```java\n{JAVA}```\n```python\n{PY}```"), PY);
    // A later version is better.
    python(
        &format!(
            "```python\n{PY}```\nWait, this fails for large n. Fixed:\n```python\n{PY_MAIN}```"
        ),
        PY_MAIN,
    );
    // Neither an explanation line by line nor an example of use is a version.
    python(
        &format!(
            "```python\n{PY_MAIN}```\nFirst it reads:\n```python\nn = int(input())\n```\nThen:\n```python\nprint(2 * n)\n```"
        ),
        PY_MAIN,
    );
    python(
        &format!(
            "```python\n{PY_MAIN}```\nUse it so:\n```python\nprint(main(21), main(42), 'and so on')\n```"
        ),
        PY_MAIN,
    );
    python(
        &format!("```python\n{PY}```\nRun it:\n```bash\npython3 main.py < input.txt\n```"),
        PY,
    );
    // None is whole: the longest piece.
    python(
        "```python\ndef f(n):\n    return 2 * n\n```\n```python\nf(2)\n```",
        "def f(n):\n    return 2 * n\n",
    );
    // Another language of ours is better than none.
    check(&asked(Some(Python)), &format!("```cpp\n{CPP}```"), Cpp, CPP);
}

#[test]
fn after_a_prefill_the_answer_begins_inside_the_block() {
    let prefilled = |answer: &str| check(&PREFILLED, answer, Python, PY);
    prefilled(PY);
    prefilled(&format!("{PY}```\nThis doubles n."));
    // Some servers repeat it, and some models.
    prefilled(&format!("```python\n{PY}"));
    prefilled(&format!("```python\n{PY}```\n"));
    prefilled(&format!("\n```py\n{PY}```\n"));
    prefilled(&format!("```\n{PY}```\n"));
    // A model that rambles: the first program is the answer.
    prefilled(&format!(
        "{PY}```\n\nAnother problem: print n squared.\n\n```python\nn = int(input())\nprint(n * n)\n```"
    ));
    prefilled(&format!(
        "{PY}\nThe program reads an integer and prints it.\n\nExample:\n2\n"
    ));
    check(
        &Asked {
            prefill: " ```python\n",
            ..PREFILLED
        },
        PY,
        Python,
        PY,
    );
    // It was not gone on with, but started again.
    prefilled(&format!("Sure, here is the code:\n```\n{PY}```\n"));
    prefilled(&format!("Sure, here is the code:\n```python\n{PY}```\n"));
    let sorry = extract("I am sorry, I cannot solve this problem.", &PREFILLED).unwrap_err();
    assert_eq!(sorry.reason, RejectReason::NoCode);
    // It was begun as Python and went on as C++.
    check(&PREFILLED, &format!("{CPP}```"), Cpp, CPP);
}

#[test]
fn the_looks_of_a_program_say_its_language() {
    for (language, source) in [
        (C, C_TEXT),
        (Cpp, CPP),
        (Python, PY_MAIN),
        (Rust, RUST),
        (Go, GO),
    ] {
        anything(source, language, source);
        anything(&format!("```\n{source}```"), language, source);
        anything(
            &format!("Here is my program:\n\n{source}\nIt runs in constant time."),
            language,
            source,
        );
    }
    anything(&format!("```c\n{CPP}```"), Cpp, CPP);
    check(&asked(Some(Cpp)), &format!("```\n{C_TEXT}```"), Cpp, C_TEXT);
    check(&asked(Some(C)), C_TEXT, C, C_TEXT);
}

#[test]
fn bare_code_is_found_in_prose() {
    python(PY, PY);
    python(&format!("\n\n{PY}\n\n"), PY);
    python(
        &format!(
            "To solve this problem, read n and double it.\n\n{PY}\nThis prints the answer to the question."
        ),
        PY,
    );
    python(
        &format!("Solution:\n{PY}\n### Explanation\nWe double n."),
        PY,
    );
    python(
        "The code is\n\n    n = int(input())\n    print(2 * n)\n\nand that is all there is to it.",
        PY,
    );
    python(&format!("# Doubles n\n{PY}"), &format!("# Doubles n\n{PY}"));
    python("x=7\nx+=1\n", "x=7\nx+=1\n");
    python(
        &format!("{PY}\n## 说明\n这个程序读取一个整数并输出两倍。\n"),
        PY,
    );
    // A heading before the code is the model's; between lines of Python it is a comment.
    let headings = "n = int(input())\n### Print\nprint(2 * n)\n";
    python(&format!("### Solution\n{headings}"), headings);
    let function = "long long twice(long long n, long long unused)\n{\n    return 2 * n;\n}\n";
    let two = CPP.replace("int main", &format!("{function}int main"));
    anything(&two, Cpp, &two);
    let arms = "        0 => {\n            println!(\"0\");\n        }\n".repeat(9);
    let rust = format!("fn main() {{\n    match 1 {{\n{arms}        _ => {{}}\n    }}\n}}\n");
    anything(&rust, Rust, &rust);
    anything(
        &format!("// by me\n{CPP}\n# Explanation\nIt doubles n."),
        Cpp,
        &format!("// by me\n{CPP}"),
    );
    let text = "\"\"\"\nThis is a docstring that reads like a sentence.\n\"\"\"\nprint(2 * int(input()))\n";
    python(text, text);
}

#[test]
fn reasoning_and_end_tokens_are_left_out() {
    python(
        &format!(
            "<think>\nMaybe:\n```python\nprint(1, input())\n```\nNo.\n</think>\n\n```python\n{PY}```"
        ),
        PY,
    );
    python(
        &format!("Double it: ```print(input())```.\n</think>\n```python\n{PY}```"),
        PY,
    );
    python(&format!("[THINK]Hm.[/THINK]```python\n{PY}```"), PY);
    python(
        &format!("The <think> tag is not used.\n```python\n{PY}```"),
        PY,
    );
    python(
        &format!("```python\n{PY}```<|im_end|>\n<|im_start|>user\n```python\nprint(input())\n```"),
        PY,
    );
    python(&format!("{PY}<|endoftext|>print(3)"), PY);
    check(&PREFILLED, &format!("{PY}</s>"), Python, PY);
    none(
        &format!("<think>\n```python\n{PY}```\nbut is it"),
        RejectReason::NoCode,
        "answer is nothing but reasoning",
    );
    none(
        "<think>Hm.</think>\n",
        RejectReason::NoCode,
        "answer is nothing but reasoning",
    );
}

#[test]
fn an_answer_without_a_program_says_why() {
    use RejectReason::{NoCode, SourceTooLarge, UnknownLanguage};
    none("", NoCode, "answer is empty");
    none(" \n\t\r\n", NoCode, "answer is empty");
    none(
        "I'm sorry, but I can't help with that.",
        NoCode,
        "no line of the answer looks like code",
    );
    none(
        "To solve this, import the numbers from the input and print their sum.",
        NoCode,
        "no line of the answer looks like code",
    );
    none(
        "The answer is:\n```\n42\n```",
        NoCode,
        "no line of the answer looks like code",
    );
    none("```\n```", NoCode, "no line of the answer looks like code");
    none(
        "```python\n```",
        NoCode,
        "no line of the answer looks like code",
    );
    none(
        &format!("```java\n{JAVA}```"),
        UnknownLanguage,
        "program is in `java`",
    );
    none(
        &format!("```\n{JAVA}```"),
        UnknownLanguage,
        "program is in `java`",
    );
    none(JAVA, UnknownLanguage, "program is in `java`");
    none(
        "```python\nconst x = require('fs').readFileSync(0);\nconsole.log(2 * x);\n```",
        UnknownLanguage,
        "program is in `javascript`",
    );
    none(
        "n = gets.to_i\nputs 2 * n\n",
        UnknownLanguage,
        "program is in `ruby`",
    );
    none(
        "```haskell\nmain = interact $ show . (* 2) . read\n```",
        UnknownLanguage,
        "program is in `haskell`",
    );
    none(
        &"x".repeat(MAX_ANSWER_BYTES + 1),
        SourceTooLarge,
        "answer has 16777217 bytes: the limit is 16777216",
    );
}

#[test]
fn a_program_that_was_cut_is_marked() {
    let python = asked(Some(Python));
    cut(
        &python,
        "```python\nn = int(input())\nprint(2 *",
        "n = int(input())\nprint(2 *\n",
    );
    cut(
        &python,
        "n = int(input())\nprint(2 *",
        "n = int(input())\nprint(2 *\n",
    );
    cut(&PREFILLED, "n = int(input())\nprint(2 * n)\n``", PY);
    // The model closed its block by opening another.
    let asked = Asked {
        finished: false,
        ..python
    };
    check(&asked, &format!("```python\n{PY}```python\n"), Python, PY);
    // What was cut came after the program.
    let asked = Asked {
        finished: false,
        ..python
    };
    check(&asked, &format!("```python\n{PY}```\nThis pro"), Python, PY);
    check(
        &asked,
        &format!("```python\n{PY}\nThis program reads n and th"),
        Python,
        PY,
    );
    check(&asked, &format!("{PY}<|im_end|>"), Python, PY);
    // A whole program is better than the torn next version.
    check(
        &asked,
        &format!("```python\n{PY}```\nFaster:\n```python\nimport sys\nn = int(sys.stdin.re"),
        Python,
        PY,
    );
}

#[test]
fn a_continuation_is_put_behind_what_it_continues() {
    let asked = Asked {
        before: "import sys\n",
        ..asked(Some(Python))
    };
    let whole = format!("import sys\n{PY}");
    let check_as = check;
    let check = |answer: &str| check_as(&asked, answer, Python, &whole);
    check(PY);
    check(&format!("import sys\n{PY}"));
    check(&format!(
        "{PY}\n\n# RATING: 1200\n# TAGS: dp\n# LANGUAGE IS python3\nprint(0)\n"
    ));
    check(&format!("{PY}\n\nProblem 2\nPrint n squared.\n"));
    check(&format!("```python\n{PY}```"));
    let cpp = Asked {
        language: Some(Cpp),
        before: "#include <iostream>\nusing namespace std;\n",
        ..asked
    };
    let rest = CPP.strip_prefix(cpp.before).unwrap();
    check_as(&cpp, rest, Cpp, CPP);
    check_as(&cpp, CPP, Cpp, CPP);
    check_as(
        &cpp,
        &format!("{rest}\n// RATING: 900\nint main() {{}}\n"),
        Cpp,
        CPP,
    );
}

#[test]
fn a_hole_is_filled() {
    let asked = Asked {
        before: "import sys\n\n\ndef main():\n",
        after: "\n\nmain()\n",
        ..asked(Some(Python))
    };
    let check = |answer: &str| check(&asked, answer, Python, PY_MAIN);
    check("    n = int(input())\n    print(2 * n)\n");
    check("    n = int(input())\n    print(2 * n)\n\n\nmain()\n");
    check("    n = int(input())\n    print(2 * n)\n\n\nmain()\nmain()\nprint(3)\n");
    check("    n = int(input())\n    print(2 * n)\n\n\nThis reads n and doubles it.\n");
    check(&format!("```python\n{PY_MAIN}```"));
    cut(
        &asked,
        "    n = int(inp",
        "import sys\n\n\ndef main():\n    n = int(inp\n\n\nmain()\n",
    );
    let no_code = extract("\n\nmain()\n", &asked).unwrap_err();
    assert_eq!(no_code.detail, "answer adds nothing to the program");
}

/// Takes a second or two, since the first is 10 MB; anything quadratic would take hours on it.
#[test]
fn a_huge_answer_takes_one_pass() {
    let _ = extract(&"`".repeat(10 << 20), &PREFILLED);
    let inputs = [
        "```\n",
        "```python\n\"\"\"\n",
        "```python\nx=1\n",
        "<think>",
        "</think>",
        "<",
        "\n",
        "print(input())\n",
        "~~~\n'''\n",
        "main()\n",
        "Words of a sentence, ",
    ];
    let hole = Asked {
        before: "x\n",
        after: "main()\n",
        ..PREFILLED
    };
    for input in inputs {
        let input = input.repeat((64 << 10) / input.len());
        for asked in [asked(Some(Python)), PREFILLED, hole] {
            let _ = extract(&input, &asked);
        }
    }
}

/// Checks what holds for every answer.
fn check_any(answer: &str, asked: &Asked<'_>) {
    match extract(answer, asked) {
        Ok(extracted) => {
            let most = answer.len() + asked.before.len() + asked.after.len() + asked.prefill.len();
            assert!(extracted.source.len() <= most + 2);
            assert!(!extracted.source.trim().is_empty() && extracted.source.ends_with('\n'));
            assert!(!extracted.truncated || !asked.finished);
        }
        Err(no_code) => assert!(!no_code.detail.is_empty() && no_code.detail.len() < 200),
    }
}

fn any_asked() -> impl Strategy<Value = Asked<'static>> {
    (
        proptest::option::of(proptest::sample::select(Language::ALL.as_slice())),
        proptest::sample::select(["", "```python\n", " ```cpp\n", "```"].as_slice()),
        proptest::sample::select(["", "import sys\n", "int main() {\n"].as_slice()),
        proptest::sample::select(["", "\nmain()\n", "}\n"].as_slice()),
        proptest::bool::ANY,
    )
        .prop_map(|(language, prefill, before, after, finished)| Asked {
            language,
            prefill,
            before,
            after,
            finished,
        })
}

proptest! {
    #[test]
    fn any_text_is_an_answer(answer in "(?s).{0,300}", asked in any_asked()) {
        check_any(&answer, &asked);
    }

    #[test]
    fn any_soup_of_fences_is_an_answer(
        parts in proptest::collection::vec(
            proptest::sample::select([
                "```", "````", "~~~", "`", "\n", "\r\n", "    ", "python", "cpp\n", "java", "\"\"\"", "'''",
                "<think>", "</think>", "<|im_end|>", "print(input())\n", "int main() {}\n", "é", "main()\n",
                "This is a sentence.\n", "import sys\n", "# RATING: 800\n", "/*", "*/", "= (", "\u{feff}",
            ].as_slice()),
            0..40,
        ),
        asked in any_asked(),
    ) {
        check_any(&parts.concat(), &asked);
    }

    #[test]
    fn a_program_in_a_fence_comes_out_as_it_went_in(
        lines in proptest::collection::vec("[a-z ()=0-9\"']{0,20}", 0..10),
        n in 3_usize..6,
    ) {
        let body = lines.join("\n").replace("\"\"\"", "").replace("'''", "");
        let source = format!("n = int(input())\n{body}\nprint(n)\n");
        let fence = "`".repeat(n);
        let answer = format!("Text.\n\n{fence}python\n{source}{fence}\n\nMore text.");
        let extracted = extract(&answer, &asked(Some(Python))).unwrap();
        prop_assert_eq!(extracted.source, source);
    }
}
