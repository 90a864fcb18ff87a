// The scalar ones of x86's intrinsics. There are no vector instructions of x86 here: most submissions
// that include this use nothing of it, beside `#pragma GCC target`.
#pragma once

#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
#define __RIDDLE_INTRINSIC static inline __attribute__((__unused__))
extern "C" {
#else
#define __RIDDLE_INTRINSIC static __inline__ __attribute__((__unused__))
#endif

__RIDDLE_INTRINSIC int _mm_popcnt_u32(unsigned x) { return __builtin_popcount(x); }
__RIDDLE_INTRINSIC long long _mm_popcnt_u64(unsigned long long x) { return __builtin_popcountll(x); }
__RIDDLE_INTRINSIC int _popcnt32(int x) { return __builtin_popcount(x); }
__RIDDLE_INTRINSIC int _popcnt64(long long x) { return __builtin_popcountll(x); }
__RIDDLE_INTRINSIC unsigned _tzcnt_u32(unsigned x) { return x ? __builtin_ctz(x) : 32; }
__RIDDLE_INTRINSIC unsigned long long _tzcnt_u64(unsigned long long x) { return x ? __builtin_ctzll(x) : 64; }
__RIDDLE_INTRINSIC unsigned _lzcnt_u32(unsigned x) { return x ? __builtin_clz(x) : 32; }
__RIDDLE_INTRINSIC unsigned long long _lzcnt_u64(unsigned long long x) { return x ? __builtin_clzll(x) : 64; }
__RIDDLE_INTRINSIC unsigned _blsr_u32(unsigned x) { return x & (x - 1); }
__RIDDLE_INTRINSIC unsigned long long _blsr_u64(unsigned long long x) { return x & (x - 1); }
__RIDDLE_INTRINSIC unsigned _blsi_u32(unsigned x) { return x & -x; }
__RIDDLE_INTRINSIC unsigned long long _blsi_u64(unsigned long long x) { return x & -x; }
__RIDDLE_INTRINSIC unsigned _blsmsk_u32(unsigned x) { return x ^ (x - 1); }
__RIDDLE_INTRINSIC unsigned long long _blsmsk_u64(unsigned long long x) { return x ^ (x - 1); }
__RIDDLE_INTRINSIC unsigned _andn_u32(unsigned x, unsigned y) { return ~x & y; }
__RIDDLE_INTRINSIC unsigned long long _andn_u64(unsigned long long x, unsigned long long y) { return ~x & y; }
__RIDDLE_INTRINSIC unsigned _bzhi_u32(unsigned x, unsigned n) {
    n &= 255;
    return n < 32 ? x & ((1u << n) - 1) : x;
}
__RIDDLE_INTRINSIC unsigned long long _bzhi_u64(unsigned long long x, unsigned n) {
    n &= 255;
    return n < 64 ? x & ((1ull << n) - 1) : x;
}

// Spreads the low bits of `x` over the places that the mask names.
__RIDDLE_INTRINSIC unsigned long long _pdep_u64(unsigned long long x, unsigned long long mask) {
    unsigned long long result = 0;
    for (; mask; mask &= mask - 1, x >>= 1)
        if (x & 1)
            result |= mask & -mask;
    return result;
}
// Gathers the bits of `x` in the places that the mask names.
__RIDDLE_INTRINSIC unsigned long long _pext_u64(unsigned long long x, unsigned long long mask) {
    unsigned long long result = 0, bit = 1;
    for (; mask; mask &= mask - 1, bit <<= 1)
        if (x & mask & -mask)
            result |= bit;
    return result;
}
__RIDDLE_INTRINSIC unsigned _pdep_u32(unsigned x, unsigned mask) { return (unsigned)_pdep_u64(x, mask); }
__RIDDLE_INTRINSIC unsigned _pext_u32(unsigned x, unsigned mask) { return (unsigned)_pext_u64(x, mask); }

__RIDDLE_INTRINSIC unsigned _mulx_u32(unsigned x, unsigned y, unsigned *high) {
    unsigned long long product = (unsigned long long)x * y;
    *high = (unsigned)(product >> 32);
    return (unsigned)product;
}
__RIDDLE_INTRINSIC unsigned long long _mulx_u64(unsigned long long x, unsigned long long y,
                                                unsigned long long *high) {
    unsigned __int128 product = (unsigned __int128)x * y;
    *high = (unsigned long long)(product >> 64);
    return (unsigned long long)product;
}
__RIDDLE_INTRINSIC unsigned char _addcarry_u64(unsigned char carry, unsigned long long x,
                                               unsigned long long y, unsigned long long *sum) {
    unsigned __int128 all = (unsigned __int128)x + y + (carry != 0);
    *sum = (unsigned long long)all;
    return (unsigned char)(all >> 64);
}
__RIDDLE_INTRINSIC unsigned char _subborrow_u64(unsigned char borrow, unsigned long long x,
                                                unsigned long long y, unsigned long long *difference) {
    unsigned __int128 all = (unsigned __int128)x - y - (borrow != 0);
    *difference = (unsigned long long)all;
    return (unsigned char)(all >> 64 & 1);
}
__RIDDLE_INTRINSIC int _bit_scan_forward(int x) { return __builtin_ctz((unsigned)x); }
__RIDDLE_INTRINSIC int _bit_scan_reverse(int x) { return 31 - __builtin_clz((unsigned)x); }
__RIDDLE_INTRINSIC void _mm_pause(void) {}

// Counts nanoseconds of the one clock there is.
__RIDDLE_INTRINSIC unsigned long long __rdtsc(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000000000u + (unsigned long long)now.tv_nsec;
}
#define _rdtsc() __rdtsc()
#define __builtin_ia32_rdtsc() __rdtsc()

#ifdef __cplusplus
}
#endif
