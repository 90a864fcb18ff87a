//! Where things are below the cache folder.
//!
//! Each toolchain's folder carries a digest of its recipe in its name, so that two versions of Riddle
//! share a cache without meeting. A folder is complete if its `complete` file is there.

use std::path::{Path, PathBuf};

use crate::Digest;

/// The text of the pinned requirements.
pub(super) const REQUIREMENTS: &str = include_str!("requirements.txt");

/// Paths below one cache folder.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    cache: PathBuf,
}

impl Layout {
    pub(crate) fn new(cache: &Path) -> Self {
        Self {
            cache: cache.to_owned(),
        }
    }

    /// The folder of all toolchains.
    pub(crate) fn toolchains(&self) -> PathBuf {
        self.cache.join("toolchains")
    }

    /// The Python environment that holds the wheels.
    pub(crate) fn venv(&self) -> PathBuf {
        self.versioned("venv", &[REQUIREMENTS.as_bytes()])
    }

    /// The C and C++ headers, libraries and runtime.
    pub(crate) fn sysroot(&self) -> PathBuf {
        self.versioned(
            "sysroot",
            &[
                REQUIREMENTS.as_bytes(),
                super::sysroot::RECIPE.as_bytes(),
                super::headers::TEXT.as_bytes(),
            ],
        )
    }

    /// The Python guest.
    pub(crate) fn guest(&self) -> PathBuf {
        let recipe = [REQUIREMENTS, super::sysroot::RECIPE, super::headers::TEXT];
        let recipe = recipe.iter().chain(super::guest::RECIPE);
        let recipe: Vec<_> = recipe.map(|it| it.as_bytes()).collect();
        self.versioned("python-guest", &recipe)
    }

    /// What was found of the machine's Rust.
    pub(crate) fn rust(&self) -> PathBuf {
        self.versioned("rust", &[super::rust::RECIPE.as_bytes()])
    }

    /// Go's compiler, linker and standard library.
    pub(crate) fn go(&self) -> PathBuf {
        self.versioned("go", &[super::go::RECIPE.as_bytes()])
    }

    fn versioned(&self, name: &str, recipe: &[&[u8]]) -> PathBuf {
        let digest = Digest::of_parts("riddle 2026-11-22 toolchain recipe", recipe).to_string();
        self.toolchains().join(format!("{name}-{}", &digest[..12]))
    }
}

/// Returns the cache folder that is used where none is named: `RIDDLE_CACHE`, or `riddle` below
/// `XDG_CACHE_HOME` or `~/.cache`. `None` where the environment has none of them.
pub fn default_cache() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty());
    if let Some(cache) = set("RIDDLE_CACHE") {
        return Some(cache.into());
    }
    let caches = set("XDG_CACHE_HOME").map(PathBuf::from);
    let caches = caches.or_else(|| Some(PathBuf::from(set("HOME")?).join(".cache")));
    Some(caches?.join("riddle"))
}

/// Returns true if a toolchain's folder was filled to the end.
pub(crate) fn is_complete(folder: &Path) -> bool {
    folder.join("complete").is_file()
}

/// Marks a toolchain's folder as filled to the end.
pub(super) fn mark_complete(folder: &Path) -> std::io::Result<()> {
    fs_err::write(folder.join("complete"), b"")
}
