//! stub
use riddle_sandbox::Language;
pub(crate) struct Asked<'a> {
    pub(crate) language: Option<Language>,
    pub(crate) prefill: &'a str,
    pub(crate) prefix: &'a str,
    pub(crate) suffix: &'a str,
    pub(crate) finished: bool,
}
pub(crate) struct Extracted {
    pub(crate) language: Language,
    pub(crate) source: String,
    pub(crate) truncated: bool,
}
pub(crate) fn extract(answer: &str, asked: &Asked<'_>) -> Result<Extracted, String> {
    let source = answer
        .strip_prefix(asked.prefill)
        .unwrap_or(answer)
        .to_owned();
    Ok(Extracted {
        language: asked.language.unwrap_or(Language::Python),
        source,
        truncated: !asked.finished,
    })
}
