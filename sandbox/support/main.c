// Calls a `main` that takes arguments, with a program name alone, as judges do.
int __main_argc_argv(int argc, char *argv[]);

int __main_void(void) {
    static char name[] = "main";
    static char *argv[] = {name, 0};
    return __main_argc_argv(1, argv);
}
