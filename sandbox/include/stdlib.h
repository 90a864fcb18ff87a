// LLVM's or the C library's header, and the types that GNU's brings with it.
#pragma once
#include_next <stdlib.h>

#include <sys/types.h>
