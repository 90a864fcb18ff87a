// The C library's header, but that the long type is the judge's.
#pragma once
#define ulong __riddle_ulong
#define u_long __riddle_u_long
#include_next <sys/types.h>
#undef ulong
#undef u_long

typedef unsigned long long ulong;
typedef unsigned long long u_long;
