// The C library's header, and `alarm`: nothing is ever sent, limits are the judge's.
#pragma once
#include_next <unistd.h>

static inline unsigned alarm(unsigned seconds) {
    (void)seconds;
    return 0;
}
