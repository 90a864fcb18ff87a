//! Global arrays of hundreds of megabytes: taken out of a program before clang writes out their zeros.
//!
//! An object file of WebAssembly has no way to say "a gigabyte of zeros", so clang writes them. A program
//! whose object grows too large for that is compiled in two steps, to LLVM's text and from there to an
//! object; in between, variables that are all zero become external ones, each with a note of its size, by
//! which our linker makes room. A pure function on text that the compiler printed: it knows no C.

use crate::link::ZEROS_SUFFIX;

/// What may stand before `global` for a variable that can be moved.
const WORDS: [&str; 7] = [
    "internal",
    "private",
    "hidden",
    "protected",
    "dso_local",
    "local_unnamed_addr",
    "unnamed_addr",
];

/// Makes the zero variables of a module external; `None` if there are none.
///
/// LLVM prints each global on a line of its own and escapes line ends in names, so that no program can
/// write such a line by itself.
pub(super) fn without_zeros(text: &str) -> Option<String> {
    let mut changed = String::with_capacity(text.len() + (4 << 10));
    let mut is_changed = false;
    for line in text.lines() {
        match moved(line) {
            Some(lines) => {
                changed.push_str(&lines);
                is_changed = true;
            }
            None => changed.push_str(line),
        }
        changed.push('\n');
    }
    is_changed.then_some(changed)
}

/// Turns the definition of an array of zeros into a declaration and a note of its size and alignment.
fn moved(line: &str) -> Option<String> {
    let rest = line.strip_prefix('@')?;
    let (name, rest) = rest.split_once(" = ")?;
    let (words, rest) = rest.split_once("global ")?;
    if !words.split_whitespace().all(|it| WORDS.contains(&it)) {
        return None;
    }
    let (ty, alignment) = rest.split_once(" zeroinitializer, align ")?;
    // Numbers and pointers are small, and a section or a group after the alignment has its reasons.
    if !ty.starts_with(['[', '%']) || !alignment.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let note = match name.strip_suffix('"') {
        Some(quoted) => format!("{quoted}{ZEROS_SUFFIX}\""),
        None => format!("{name}{ZEROS_SUFFIX}"),
    };
    Some(format!(
        "@{name} = external hidden global {ty}, align {alignment}\n\
         @{note} = hidden constant [2 x i32] [i32 ptrtoint (ptr getelementptr ({ty}, ptr null, i32 1) to i32), \
         i32 {alignment}]"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_of_zeros_are_moved() {
        let text = "@a = hidden local_unnamed_addr global [9 x i8] zeroinitializer, align 16\n\
                    @\"b c\" = internal unnamed_addr global [2 x %struct.S] zeroinitializer, align 4\n\
                    define i32 @main() {\n";
        insta::assert_snapshot!(without_zeros(text).unwrap(), @r#"
        @a = external hidden global [9 x i8], align 16
        @a.riddle.zeros = hidden constant [2 x i32] [i32 ptrtoint (ptr getelementptr ([9 x i8], ptr null, i32 1) to i32), i32 16]
        @"b c" = external hidden global [2 x %struct.S], align 4
        @"b c.riddle.zeros" = hidden constant [2 x i32] [i32 ptrtoint (ptr getelementptr ([2 x %struct.S], ptr null, i32 1) to i32), i32 4]
        define i32 @main() {
        "#);
    }

    #[test]
    fn everything_else_stays() {
        for line in [
            "",
            "@x = global i32 0, align 4",
            "@x = global i32 zeroinitializer, align 4",
            "@x = linkonce_odr global [9 x i8] zeroinitializer, align 4",
            "@x = weak hidden global [9 x i8] zeroinitializer, align 4",
            "@x = internal thread_local global [9 x i8] zeroinitializer, align 4",
            "@x = global [9 x i8] zeroinitializer, section \".s\", align 4",
            "@x = global [9 x i8] zeroinitializer, comdat, align 4",
            "@x = global [9 x i8] zeroinitializer, align 4, !dbg !5",
            "@x = internal constant [9 x i8] zeroinitializer, align 4",
            "@x = global [9 x i8] c\"a = global [9 x i8] zeroinitializer, align 4\", align 4",
            " @x = global [9 x i8] zeroinitializer, align 4",
        ] {
            assert_eq!(without_zeros(line), None, "{line}");
        }
    }
}
