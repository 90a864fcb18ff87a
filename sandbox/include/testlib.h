// Checkers, validators, interactors and generators as they are written against testlib: the same names,
// rules, messages, exit codes and random numbers.
//
// A package's own copy wins: it lies beside the source that includes it. There are no colours, no
// Windows and no switches for other judges' exit codes.
#ifndef _TESTLIB_H_
#define _TESTLIB_H_

// What programs take to be included by it.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

#include <bits/testlib/outcomes.h>

#include <bits/testlib/text.h>

#include <bits/testlib/numbers.h>

#include <bits/testlib/pattern.h>

#include <bits/testlib/random.h>

#include <bits/testlib/reader.h>

#include <bits/testlib/stream.h>

#include <bits/testlib/validator.h>

#include <bits/testlib/quit.h>

#include <bits/testlib/read.h>

#include <bits/testlib/register.h>

#include <bits/testlib/options.h>

#include <bits/testlib/print.h>

#include <bits/testlib/scorer.h>

// The last of its kind, so that what it looks at when the program ends is still there.
TestlibFinalizeGuard testlibFinalizeGuard;

#endif
