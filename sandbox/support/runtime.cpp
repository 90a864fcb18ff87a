// The start of a C or C++ program that is linked onto the shared runtime. An exception that nothing
// catches would unwind into the host; here it ends in `std::terminate`, as it does everywhere else, and
// the handler sees it and prints what it is.
#include <exception>
#include <stdlib.h>

extern "C" void __wasm_call_dtors();

extern "C" char **__riddle_arguments(int *argc);

template <class Main> static void run(void (*initialise)(), Main main) {
    try {
        if (initialise) initialise();
        int status = main();
        __wasm_call_dtors();
        if (status & 0xff) _Exit(status & 0xff); // as the system does
    } catch (...) {
        std::terminate();
    }
}

extern "C" {

// The library refers to `main`; every program brings its own.
int __main_argc_argv(int, char **) { __builtin_trap(); }

void __riddle_run_void(void (*initialise)(), int (*main)()) {
    run(initialise, main);
}

void __riddle_run_args(void (*initialise)(), int (*main)(int, char **)) {
    run(initialise, [main] {
        int argc;
        char **argv = __riddle_arguments(&argc);
        return main(argc, argv);
    });
}

void __riddle_run_environment(void (*initialise)(), int (*main)(int, char **, char **)) {
    static char *environment[] = {nullptr};
    run(initialise, [main] {
        int argc;
        char **argv = __riddle_arguments(&argc);
        return main(argc, argv, environment);
    });
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
