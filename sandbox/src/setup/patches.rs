//! What we change in the wheel's C++ headers: two members that submissions use are added, and functions
//! that every program would compile again are only declared (`support/instances.cpp` defines them).
//!
//! A header that is not the one we know is an error, since what we build would be another library.

use std::path::Path;

/// One place of one header, below `c++/v1`.
struct Patch {
    header: &'static str,
    from: &'static str,
    to: &'static str,
}

const PATCHES: &[Patch] = &[
    // Members of GNU's `bitset`.
    Patch {
        header: "bitset",
        from: "\n  friend struct hash<bitset>;\n};\n",
        to: "
  friend struct hash<bitset>;

public:
  size_t _Find_first() const { return _Find_from(0); }
  size_t _Find_next(size_t __pos) const { return __pos + 1 < _Size ? _Find_from(__pos + 1) : _Size; }

private:
  size_t _Find_from(size_t __pos) const {
    auto __found = std::find(__base::__make_iter(__pos), __base::__make_iter(_Size), true);
    return static_cast<size_t>(__found - __base::__make_iter(0));
  }
};
",
    },
    // An inline function is compiled even where an instance is declared `extern`.
    Patch {
        header: "__ostream/basic_ostream.h",
        from: "_LIBCPP_HIDE_FROM_ABI inline basic_ostream<_CharT, _Traits>& endl(",
        to: "_LIBCPP_HIDE_FROM_ABI basic_ostream<_CharT, _Traits>& endl(",
    },
    Patch {
        header: "stdexcept",
        from: "[[__noreturn__]] inline _LIBCPP_HIDE_FROM_ABI void __throw_length_error(const char* __msg) {
#  if _LIBCPP_HAS_EXCEPTIONS
  throw length_error(__msg);
#  else
  _LIBCPP_VERBOSE_ABORT(\"length_error was thrown in -fno-exceptions mode with message \\\"%s\\\"\", __msg);
#  endif
}
",
        to: "[[__noreturn__]] _LIBCPP_HIDE_FROM_ABI void __throw_length_error(const char* __msg);\n",
    },
    Patch {
        header: "stdexcept",
        from: "[[__noreturn__]] inline _LIBCPP_HIDE_FROM_ABI void __throw_out_of_range(const char* __msg) {
#  if _LIBCPP_HAS_EXCEPTIONS
  throw out_of_range(__msg);
#  else
  _LIBCPP_VERBOSE_ABORT(\"out_of_range was thrown in -fno-exceptions mode with message \\\"%s\\\"\", __msg);
#  endif
}
",
        to: "[[__noreturn__]] _LIBCPP_HIDE_FROM_ABI void __throw_out_of_range(const char* __msg);\n",
    },
    Patch {
        header: "__new/exceptions.h",
        from: "[[__noreturn__]] inline _LIBCPP_HIDE_FROM_ABI void __throw_bad_array_new_length() {
#if _LIBCPP_HAS_EXCEPTIONS
  throw bad_array_new_length();
#else
  _LIBCPP_VERBOSE_ABORT(\"bad_array_new_length was thrown in -fno-exceptions mode\");
#endif
}
",
        to: "[[__noreturn__]] _LIBCPP_HIDE_FROM_ABI void __throw_bad_array_new_length();\n",
    },
];

/// Changes the headers in a copy of the wheel's `c++/v1`.
pub(super) fn apply(headers: &Path) -> std::io::Result<()> {
    for patch in PATCHES {
        let path = headers.join(patch.header);
        let text = fs_err::read_to_string(&path)?;
        if text.matches(patch.from).count() != 1 {
            return Err(std::io::Error::other(format!(
                "the wheel's `{}` is not the one we know",
                patch.header
            )));
        }
        fs_err::write(path, text.replace(patch.from, patch.to))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes headers that say what we know, but for one that says nothing.
    fn write(folder: &Path, other: Option<&str>) {
        for Patch { header, .. } in PATCHES {
            let path = folder.join(header);
            let of_it = PATCHES.iter().filter(|it| it.header == *header);
            let text: String = of_it.map(|it| it.from).collect();
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, if other == Some(*header) { "" } else { &text }).unwrap();
        }
    }

    #[test]
    fn a_header_that_is_not_the_one_we_know_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for Patch { header, .. } in PATCHES {
            write(folder.path(), Some(header));
            let error = apply(folder.path()).unwrap_err().to_string();
            assert!(error.contains(header), "{error}");
        }
        write(folder.path(), None);
        apply(folder.path()).unwrap();
        // Nor is one that is changed already.
        assert!(apply(folder.path()).is_err());
    }
}
