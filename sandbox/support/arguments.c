// The arguments of a program. A candidate has its name alone, as on judges, which takes nothing of its heap.
#include <stdlib.h>
#include <wasi/api.h>

char **__riddle_arguments(int *argc) {
    static char name[] = "main";
    static char *alone[] = {name, 0};
    __wasi_size_t n, n_bytes;
    *argc = 1;
    if (__wasi_args_sizes_get(&n, &n_bytes) || n < 2) return alone;
    char **argv = calloc(n + 1, sizeof *argv);
    char *bytes = malloc(n_bytes);
    if (!argv || !bytes || __wasi_args_get((uint8_t **)argv, (uint8_t *)bytes)) return alone;
    *argc = (int)n;
    return argv;
}
