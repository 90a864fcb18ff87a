// Block operations by the instructions that the host runs at full speed. The wheel's own go word by
// word. Short blocks are not worth the call into the host.
#include <stddef.h>

enum { SHORT = 32 };

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    if (n > SHORT) return __builtin_memcpy(to, from, n);
    char *d = to;
    const char *s = from;
    for (; n >= 8; n -= 8, d += 8, s += 8) __builtin_memcpy(d, s, 8);
    for (; n > 0; n--) *d++ = *s++;
    return to;
}

void *memmove(void *to, const void *from, size_t n) {
    if (n > SHORT) return __builtin_memmove(to, from, n);
    char *d = to;
    const char *s = from;
    if ((size_t)d - (size_t)s >= n) {
        for (; n >= 8; n -= 8, d += 8, s += 8) __builtin_memcpy(d, s, 8);
        for (; n > 0; n--) *d++ = *s++;
    } else {
        while (n-- > 0) d[n] = s[n];
    }
    return to;
}

void *memset(void *to, int value, size_t n) {
    if (n > SHORT) return __builtin_memset(to, value, n);
    char *d = to;
    for (; n > 0; n--) *d++ = (char)value;
    return to;
}
