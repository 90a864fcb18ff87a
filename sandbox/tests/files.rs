//! Arguments and files of an execution, as a judge's program is given them, seen from C, C++ and Rust.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "others use the rest")]
mod common;

use std::sync::Arc;

use common::{compile, sandbox};
use riddle_sandbox::{Cancel, Ending, Execution, Files, Language, Limits, Request};

fn run(language: Language, source: &str, request: Request) -> (Execution, Files) {
    let sandbox = sandbox();
    let program = compile(&sandbox, language, source);
    sandbox
        .execute_with(&program, request, &Limits::default(), &Cancel::new())
        .unwrap()
}

fn tests_of_a_judge() -> Request {
    let mut files = Files::new();
    files.add("test/input", Arc::from(*b"3 4\n")).unwrap();
    files.add("test/answer", Arc::from(*b"7\n")).unwrap();
    files.add_folder("feedback").unwrap();
    Request {
        input: Arc::from(*b"7"),
        arguments: [
            "validator",
            "/test/input",
            "/test/answer",
            "/feedback/",
            "strict",
        ]
        .map(str::to_owned)
        .to_vec()
        .into(),
        files: Some(files),
    }
}

#[test]
fn a_validator_in_cpp_reads_its_tests_and_leaves_feedback() {
    let source = r#"
        #include <bits/stdc++.h>
        int main(int argc, char **argv) {
            std::ifstream input(argv[1]), answer(argv[2]);
            int a, b, sum, said;
            input >> a >> b; answer >> sum; std::cin >> said;
            std::ofstream message(std::string(argv[3]) + "judgemessage.txt");
            message << argc << ' ' << argv[0] << ' ' << argv[4] << ' ' << (a + b == sum) << '\n';
            message.close();
            std::ofstream(std::string(argv[3]) + "judgemessage.txt", std::ios::app) << "more";
            exit(said == sum ? 42 : 43);
        }"#;
    let (execution, files) = run(Language::Cpp, source, tests_of_a_judge());
    assert_eq!(execution.ending, Ending::Exit(42));
    assert_eq!(
        files.get("feedback/judgemessage.txt"),
        Some(&b"5 validator strict 1\nmore"[..])
    );
}

#[test]
fn a_validator_in_c_seeks_lists_and_removes() {
    let source = r#"
        #include <dirent.h>
        #include <stdio.h>
        #include <sys/stat.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            FILE *f = fopen(argv[1], "r+");
            fseek(f, 0, SEEK_END);
            printf("%ld ", ftell(f));
            rewind(f);
            int a; fscanf(f, "%d", &a); printf("%d\n", a);
            fclose(f);
            struct stat st; stat(argv[2], &st); printf("%d %d\n", (int)st.st_size, S_ISREG(st.st_mode));
            mkdir("/test/sub", 0777);
            rename("/test/answer", "/test/sub/moved");
            unlink("test/input");
            DIR *d = opendir("/test");
            for (struct dirent *e; (e = readdir(d));) puts(e->d_name);
            printf("%d\n", access("/test/input", R_OK));
            return 0;
        }"#;
    let (execution, files) = run(Language::C, source, tests_of_a_judge());
    assert_eq!(
        String::from_utf8(execution.stdout).unwrap(),
        "4 3\n2 1\nsub\n-1\n"
    );
    assert_eq!(files.paths().collect::<Vec<_>>(), ["test/sub/moved"]);
}

#[test]
fn files_take_the_place_of_streams() {
    let source = r#"
        #include <stdio.h>
        int main() {
            if (!freopen("test/input", "r", stdin)) return 1;
            int a, b; scanf("%d %d", &a, &b);
            if (!freopen("test/answer", "r", stdin)) return 2;
            int sum; scanf("%d", &sum);
            puts("to the stream"); fflush(stdout);
            if (!freopen("out", "w", stdout)) return 3;
            printf("%d %d %d", a, b, sum);
            if (!freopen("log", "w", stdout)) return 4;
            puts("to the log");
            fclose(stdout);
            if (puts("to nobody") >= 0 && fflush(stdout) == 0) return 5;
            fputs("still there", stderr);
            return freopen("none", "r", stdin) ? 6 : 0;
        }"#;
    let (execution, files) = run(Language::C, source, tests_of_a_judge());
    assert_eq!(execution.ending, Ending::Ok);
    assert_eq!(execution.stdout, b"to the stream\n");
    assert_eq!(execution.stderr, b"still there");
    assert_eq!(files.get("out"), Some(&b"3 4 7"[..]));
    assert_eq!(files.get("log"), Some(&b"to the log\n"[..]));
}

#[test]
fn zeros_before_what_is_written_far_off_are_paid() {
    const FAR_BYTES: u32 = 60 << 20;
    let source = r#"
        #include <fcntl.h>
        #include <unistd.h>
        int main() {
            int fd = open("/feedback/x", O_CREAT | O_RDWR, 0666);
            return pwrite(fd, "x", 1, 60 << 20) != 1 || pwrite(fd, "x", 1, 1ll << 40) != -1;
        }"#;
    let (execution, files) = run(Language::C, source, tests_of_a_judge());
    assert_eq!(execution.ending, Ending::Ok);
    assert_eq!(
        files.get("feedback/x").map(<[u8]>::len),
        Some((60 << 20) + 1)
    );
    assert!(execution.fuel > FAR_BYTES.into(), "{}", execution.fuel);
}

#[test]
fn rust_sees_arguments_and_files_too() {
    let source = r#"
        fn main() {
            let arguments: Vec<String> = std::env::args().collect();
            let text = std::fs::read_to_string(&arguments[1]).unwrap();
            std::fs::write("/feedback/x", format!("{} {}", arguments.len(), text.trim())).unwrap();
        }"#;
    let (execution, files) = run(Language::Rust, source, tests_of_a_judge());
    assert_eq!(execution.ending, Ending::Ok);
    assert_eq!(files.get("feedback/x"), Some(&b"5 3 4"[..]));
}

#[test]
fn a_validator_in_python_reads_its_tests_and_leaves_feedback() {
    let source = r#"
import os, sys
_, inputs, answers, feedback, flag = sys.argv
a, b = map(int, open(inputs).read().split())
with open(os.path.join(feedback, "judgemessage.txt"), "w") as f:
    print(sys.argv[0], flag, a + b == int(open(answers, "rb").read()), file=f)
print("more", file=open(feedback + "judgemessage.txt", "a"), flush=True)
print(sorted(os.listdir("/test")), os.path.exists("/test/none"), os.path.getsize(inputs))
sys.exit(42 if int(input()) == a + b else 43)
"#;
    let (execution, files) = run(Language::Python, source, tests_of_a_judge());
    assert_eq!(
        String::from_utf8_lossy(&execution.stderr),
        "",
        "{execution:?}"
    );
    assert_eq!(execution.ending, Ending::Exit(42));
    assert_eq!(
        String::from_utf8_lossy(&execution.stdout),
        "['answer', 'input'] False 4\n"
    );
    assert_eq!(
        files.get("feedback/judgemessage.txt"),
        Some(&b"validator strict True\nmore\n"[..])
    );
}

#[test]
fn a_candidate_in_python_has_no_files_either() {
    let source = r#"
import os, sys
print(sys.argv)
for path in "input.txt", "/etc/passwd", "../x":
    try: open(path)
    except FileNotFoundError: print("none")
print(os.path.exists("input.txt"))
try: open("out.txt", "w")
except OSError: print("none")
"#;
    let (execution, _) = run(Language::Python, source, Request::default());
    assert_eq!(
        String::from_utf8_lossy(&execution.stdout),
        "['main.py']\nnone\nnone\nnone\nFalse\nnone\n"
    );
}

#[test]
fn a_candidate_has_no_files_and_can_make_none() {
    let source = r#"
        #include <errno.h>
        #include <stdio.h>
        int main(int argc, char **argv) {
            printf("%d %s\n", argc, argv[0]);
            printf("%d\n", fopen("input.txt", "r") != 0);
            printf("%d\n", fopen("x", "w") != 0);
            printf("%d\n", fopen("../../etc/passwd", "r") != 0);
            return 0;
        }"#;
    let (execution, files) = run(Language::C, source, Request::default());
    assert_eq!(
        String::from_utf8(execution.stdout).unwrap(),
        "1 main\n0\n0\n0\n"
    );
    assert_eq!(files.paths().count(), 0);
}
