// The start of a C or C++ program that is linked onto the shared runtime. An exception that nothing
// catches would unwind into the host; here it ends in `std::terminate`, as it does everywhere else, and
// the handler sees it and prints what it is.
#include <exception>
#include <stdlib.h>

extern "C" {
void __wasm_call_dtors();

// The library refers to `main`; every program brings its own.
int __main_argc_argv(int, char **) { __builtin_trap(); }

static void finish(int status) {
    __wasm_call_dtors();
    if (status != 0) _Exit(status);
}

void __riddle_run_void(void (*initialise)(), int (*main)()) {
    try {
        if (initialise) initialise();
        finish(main());
    } catch (...) {
        std::terminate();
    }
}

void __riddle_run_args(void (*initialise)(), int (*main)(int, char **)) {
    static char name[] = "main";
    static char *argv[] = {name, nullptr};
    try {
        if (initialise) initialise();
        finish(main(1, argv));
    } catch (...) {
        std::terminate();
    }
}
}

namespace {

// The heap begins with what lies between the runtime's variables and the program's, which are not there
// yet: it must know its end before. Some of it is had in advance, so that small programs need not ask.
constexpr size_t IN_ADVANCE = 1 << 20;

struct Heap {
    Heap() {
        void *volatile block = malloc(IN_ADVANCE); // the compiler would leave both calls out
        free(block);
    }
} heap __attribute__((init_priority(101)));

} // namespace
