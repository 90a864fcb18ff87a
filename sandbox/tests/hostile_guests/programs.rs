//! Hostile C and C++: the same attempts through libc and libc++, on the shared runtime.
