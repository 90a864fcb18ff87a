// The one definition of what programs only declare: bits/riddle_once.h, and the throwing functions whose
// bodies setup takes from the library's headers.
#include <bits/stdc++.h>

#define RIDDLE_ONCE
#include <bits/riddle_once.h>

_LIBCPP_BEGIN_NAMESPACE_STD

void __throw_length_error(const char* message) { throw length_error(message); }
void __throw_out_of_range(const char* message) { throw out_of_range(message); }

_LIBCPP_END_NAMESPACE_STD

_LIBCPP_BEGIN_UNVERSIONED_NAMESPACE_STD

void __throw_bad_array_new_length() { throw bad_array_new_length(); }

_LIBCPP_END_UNVERSIONED_NAMESPACE_STD
