//! A GGUF model in memory: opened with clear errors, quantised once for the processor, shared by all
//! workers.
//!
//! The only file that calls llama.cpp without its safe wrapper: for its messages and its quantiser.

use std::{
    ffi::{CStr, CString, c_char, c_void},
    io::Read,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

use llama_cpp_2::{
    context::{LlamaContext, params::LlamaContextParams},
    llama_backend::LlamaBackend,
    model::{LlamaChatMessage, LlamaModel, params::LlamaModelParams},
    token::LlamaToken,
};

use crate::{Message, SamplerError};

/// What a GGUF file begins with.
const MAGIC: &[u8; 4] = b"GGUF";

/// llama.cpp, started once for the process; `None` if it cannot be.
static BACKEND: OnceLock<Option<LlamaBackend>> = OnceLock::new();
/// What llama.cpp last complained of.
static LAST_COMPLAINT: Mutex<String> = Mutex::new(String::new());

/// A model, and the only door to its contexts.
pub(super) struct Model {
    loaded: LlamaModel,
    name: String,
    /// llama.cpp writes to the model where it makes a context: one at a time.
    making: Mutex<()>,
}

impl Model {
    /// Loads a model.
    pub(super) fn open(path: &Path) -> Result<Self, SamplerError> {
        check_magic(path)?;
        let backend = backend()?;
        let loaded = LlamaModel::load_from_file(backend, path, &LlamaModelParams::default())
            .map_err(|_| {
                SamplerError::new(format!(
                    "could not load the model `{}`: {}",
                    path.display(),
                    complaint()
                ))
                .with_hint("the file may be cut short, or of a kind that llama.cpp does not know")
            })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self {
            loaded,
            name: name.into_owned(),
            making: Mutex::new(()),
        })
    }

    /// Returns the model's name: that of its file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the number of tokens that the model can look back on.
    pub(super) fn context_tokens(&self) -> usize {
        self.loaded.n_ctx_train() as usize
    }

    pub(super) fn context(
        &self,
        params: LlamaContextParams,
    ) -> Result<LlamaContext<'_>, SamplerError> {
        let _guard = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let made = self.loaded.new_context(backend()?, params);
        made.map_err(|_| {
            SamplerError::new(format!("could not make a model context: {}", complaint()))
                .with_hint("fewer slots need less memory")
        })
    }

    /// Turns a text into tokens, those of control written out in it included.
    pub(super) fn tokens(&self, text: &str) -> Vec<LlamaToken> {
        self.loaded.vocab().tokenize(text.as_bytes(), true, true)
    }

    /// Appends a token's bytes to a text.
    pub(super) fn push_piece(&self, token: LlamaToken, text: &mut Vec<u8>) {
        self.loaded
            .vocab()
            .token_to_piece_into(token, text, false, None);
    }

    /// Returns true for a token by which the model says that it is done.
    pub(super) fn is_end(&self, token: LlamaToken) -> bool {
        self.loaded.vocab().is_eog(token)
    }

    /// Lays messages out as the model was taught, up to where its answer begins.
    pub(super) fn chat(&self, messages: &[Message]) -> Result<String, SamplerError> {
        let template = self.loaded.chat_template(None).map_err(|_| {
            SamplerError::new(format!("the model `{}` has no chat template", self.name))
                .with_hint("pass `--template base`, or a template file of the model's family")
        })?;
        let broken = |what: String| {
            SamplerError::new(format!("could not apply the model's chat template: {what}"))
        };
        let messages = messages
            .iter()
            .map(|it| {
                LlamaChatMessage::new(it.role.name().to_owned(), self.without_control(&it.content))
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| broken(error.to_string()))?;
        self.loaded
            .apply_chat_template(&template, &messages, true)
            .map_err(|error| broken(error.to_string()))
    }

    /// Breaks up the model's control tokens in a text from outside, so that a statement cannot end its
    /// message and begin another.
    fn without_control(&self, text: &str) -> String {
        let vocab = self.loaded.vocab();
        let mut out = text.to_owned();
        let mut tokens = vocab.tokenize(text.as_bytes(), false, true);
        tokens.sort_unstable();
        tokens.dedup();
        for token in tokens.into_iter().filter(|it| vocab.is_control(*it)) {
            let piece = vocab.token_to_piece(token, true, None);
            if let Ok(piece) = std::str::from_utf8(&piece)
                && let Some(first) = piece.chars().next()
            {
                let (head, tail) = piece.split_at(first.len_utf8());
                out = out.replace(piece, &format!("{head}\u{200b}{tail}"));
            }
        }
        out
    }
}

/// Makes a copy of a model with eight bits a weight, unless it is there: for a small model on a
/// processor that is half as fast again as four bits.
pub(super) fn quantised(from: &Path, to: &Path) -> Result<PathBuf, SamplerError> {
    if to.is_file() {
        return Ok(to.to_owned());
    }
    check_magic(from)?;
    backend()?;
    let fault = |what: String| {
        SamplerError::new(format!("could not quantise `{}`: {what}", from.display()))
    };
    let folder = to.parent().expect("a file is in a folder");
    let aside = tempfile::Builder::new()
        .prefix(".quantising-")
        .tempfile_in(folder)
        .map_err(|error| fault(error.to_string()))?;
    let c_path = |path: &Path| {
        CString::new(path.as_os_str().as_encoded_bytes()).map_err(|error| fault(error.to_string()))
    };
    let (c_from, c_to) = (c_path(from)?, c_path(aside.path())?);
    #[expect(
        unsafe_code,
        reason = "the wrapper does not offer the quantiser; both paths and the settings outlive the calls"
    )]
    // SAFETY: the function only reads its three arguments, which live until it returns.
    let code = unsafe {
        let mut params = llama_cpp_sys_2::llama_model_quantize_default_params();
        params.ftype = llama_cpp_sys_2::LLAMA_FTYPE_MOSTLY_Q8_0;
        params.allow_requantize = true;
        llama_cpp_sys_2::llama_model_quantize(c_from.as_ptr(), c_to.as_ptr(), &raw const params)
    };
    if code != 0 {
        return Err(fault(complaint()));
    }
    aside
        .persist(to)
        .map_err(|error| fault(error.to_string()))?;
    Ok(to.to_owned())
}

fn check_magic(path: &Path) -> Result<(), SamplerError> {
    let mut magic = Vec::new();
    fs_err::File::open(path)
        .and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut magic))
        .map_err(|error| SamplerError::new("could not open the model").with_source(error))?;
    if magic == MAGIC {
        return Ok(());
    }
    Err(SamplerError::new(format!(
        "`{}` is not a GGUF file: it begins with `{}`, not `GGUF`",
        path.display(),
        magic.escape_ascii()
    )))
}

fn backend() -> Result<&'static LlamaBackend, SamplerError> {
    BACKEND
        .get_or_init(|| {
            #[expect(unsafe_code, reason = "the wrapper can only silence llama.cpp")]
            // SAFETY: the callback is a function of ours that lives as long as the process.
            unsafe {
                llama_cpp_sys_2::llama_log_set(Some(take_log), std::ptr::null_mut());
            }
            LlamaBackend::init().ok()
        })
        .as_ref()
        .ok_or_else(|| SamplerError::new("could not start llama.cpp"))
}

/// Keeps what llama.cpp complains of, and drops all else that it has to say.
#[expect(unsafe_code, reason = "llama.cpp calls it")]
unsafe extern "C" fn take_log(
    level: llama_cpp_sys_2::ggml_log_level,
    text: *const c_char,
    _: *mut c_void,
) {
    if level != llama_cpp_sys_2::GGML_LOG_LEVEL_ERROR || text.is_null() {
        return;
    }
    // SAFETY: llama.cpp hands over a text that ends with a zero byte and lives during the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let mut last = LAST_COMPLAINT
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    // The first complaint names the cause; those that follow only pass it on.
    if last.is_empty() {
        text.trim().clone_into(&mut last);
    }
}

/// Takes llama.cpp's complaint, cut to one line.
fn complaint() -> String {
    let text = std::mem::take(
        &mut *LAST_COMPLAINT
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
    );
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return "llama.cpp gives no reason".to_owned();
    }
    line.chars()
        .filter(|it| !it.is_control())
        .take(300)
        .collect()
}
