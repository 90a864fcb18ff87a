//! A folder with problems and pools, and the binary run in it.

use std::{
    fmt,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A temporary folder that the binary runs in, with a cache of its own.
pub(crate) struct World {
    folder: tempfile::TempDir,
}

/// What one call of the binary came to.
pub(crate) struct Outcome {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exit = self.exit.map_or("none".to_owned(), |it| it.to_string());
        let (stdout, stderr) = (&self.stdout, &self.stderr);
        write!(f, "exit {exit}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).unwrap()
    }

    /// Makes a problem whose answer is its input: one public and one private test, and little time.
    pub(crate) fn echo_problem(&self, id: &str) {
        self.write(&format!("{id}/problem.toml"), "time_limit_seconds = 0.01\n");
        for (name, text) in [("public/1", "1234"), ("private/1", "5678")] {
            self.write(&format!("{id}/tests/{name}.in"), text);
            self.write(&format!("{id}/tests/{name}.ans"), text);
        }
    }

    /// Returns the binary with arguments, in this folder, with an environment that tests control.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_riddle"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("RIDDLE_CACHE", self.path("cache"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn riddle(&self, args: &[&str]) -> Outcome {
        outcome(&self.command(args).output().unwrap(), self.folder.path())
    }

    /// Runs the binary with a standard input.
    pub(crate) fn riddle_reading(&self, args: &[&str], input: &[u8]) -> Outcome {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        outcome(&child.wait_with_output().unwrap(), self.folder.path())
    }
}

fn outcome(output: &std::process::Output, folder: &Path) -> Outcome {
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.replace(folder.to_str().unwrap(), "[folder]")
    };
    Outcome {
        exit: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// Compares an outcome with a snapshot, times and fuel left out.
#[macro_export]
macro_rules! check {
    ($outcome:expr, @$snapshot:literal) => {
        insta::with_settings!({filters => vec![
            (r" *\d+(\.\d+)? ms\b", " [time]"),
            (r"cache, \d+(\.\d+)? s\b", "cache, [time]"),
            (r"[\d,]+ fuel", "[n] fuel"),
        ]}, {
            insta::assert_snapshot!($outcome.to_string(), @$snapshot);
        });
    };
}
