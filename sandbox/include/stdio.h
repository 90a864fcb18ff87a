// The C library's header, and `gets`, which judges still have.
#pragma once
#include_next <stdio.h>

#ifdef __cplusplus
extern "C" char *gets(char *);
#elif __STDC_VERSION__ >= 201112L
char *gets(char *);
#endif
