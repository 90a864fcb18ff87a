//! Python programs of several files: one text, that finds its modules within itself.
//!
//! The text holds the marshalled code of the main source and of every module, puts an importer for these before all
//! others, and runs the main code as its own. Knows nothing of how code is made.

use std::fmt::Write as _;

use crate::SourceFiles;

/// A module among the files of a program.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Module<'a> {
    /// As it is imported: `util`, `shapes.circle`.
    name: String,
    /// Whether it has modules of its own.
    is_package: bool,
    /// Its file, relative to the main source; empty for a folder without `__init__.py`.
    pub(super) path: &'a str,
    pub(super) source: &'a [u8],
}

/// Returns the modules among the files, by name. A folder is a package whether it says so or not.
pub(super) fn modules(files: &SourceFiles) -> Vec<Module<'_>> {
    let sources = || {
        files.iter().filter_map(|(path, source)| {
            let stem = path.strip_suffix(".py")?;
            Some((path, stem, source))
        })
    };
    let mut modules: Vec<Module<'_>> = sources()
        .map(|(path, stem, source)| {
            let package = stem.strip_suffix("/__init__");
            Module {
                name: package.unwrap_or(stem).replace('/', "."),
                is_package: package.is_some(),
                path,
                source,
            }
        })
        .collect();
    for (path, ..) in sources() {
        for (end, _) in path.match_indices('/') {
            let name = path[..end].replace('/', ".");
            if modules.iter().all(|it| it.name != name || !it.is_package) {
                modules.push(Module {
                    name,
                    is_package: true,
                    path: "",
                    source: b"",
                });
            }
        }
    }
    // A package goes before a module of its name, as in the interpreter.
    modules.sort_by(|a, b| (&a.name, !a.is_package).cmp(&(&b.name, !b.is_package)));
    modules.dedup_by(|later, earlier| later.name == earlier.name);
    modules
}

/// Returns the text that runs `main` with the modules, each with its marshalled code.
pub(super) fn joined(main: &[u8], modules: &[(Module<'_>, Vec<u8>)]) -> Vec<u8> {
    let mut text = "def _program():\n    import marshal, sys\n    from _frozen_importlib import ModuleSpec\n    codes = {\n".to_owned();
    for (module, code) in modules {
        // Names and paths have letters, digits and `._+-/` alone.
        let (name, path) = (&module.name, module.path);
        let is_package = if module.is_package { "True" } else { "False" };
        let code = literal(code);
        let _ = writeln!(text, "        '{name}': ('{path}', {is_package}, {code}),");
    }
    text.push_str(IMPORTER);
    let _ = writeln!(text, "    return marshal.loads({})", literal(main));
    text.push_str("exec(globals().pop('_program')())\n");
    text.into_bytes()
}

/// What is loaded already goes, unless it is part of the interpreter: a program's own `queue` is the one it means.
const IMPORTER: &str = "    }

    class Beside:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name not in codes:
                return None
            origin, is_package, _ = codes[name]
            spec = ModuleSpec(name, Beside, origin=origin or None, is_package=is_package)
            spec.has_location = bool(origin)
            return spec

        @staticmethod
        def create_module(spec):
            return None

        @staticmethod
        def exec_module(module):
            exec(marshal.loads(codes[module.__name__][2]), module.__dict__)

    for name in codes:
        if name not in sys.builtin_module_names:
            sys.modules.pop(name, None)
    sys.meta_path.insert(sys.meta_path[0].__name__ == 'BuiltinImporter', Beside)
";

fn literal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(4 * bytes.len() + 3);
    text.push_str("b'");
    for byte in bytes {
        let _ = write!(text, "\\x{byte:02x}");
    }
    text.push('\'');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_packages_and_packages_go_first() {
        let mut files = SourceFiles::default();
        for path in ["util.py", "a/b/c.py", "a/__init__.py", "a.py", "words.txt"] {
            files
                .add(path, path.into())
                .unwrap_or_else(|error| assert_eq!(error.to_string(), ""));
        }
        let found = modules(&files);
        let found: Vec<_> = found
            .iter()
            .map(|it| (&*it.name, it.is_package, it.path))
            .collect();
        assert_eq!(
            found,
            [
                ("a", true, "a/__init__.py"),
                ("a.b", true, ""),
                ("a.b.c", false, "a/b/c.py"),
                ("util", false, "util.py"),
            ]
        );
    }
}
