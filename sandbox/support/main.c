// Calls a `main` that takes arguments.
int __main_argc_argv(int argc, char *argv[]);
char **__riddle_arguments(int *argc);

int __main_void(void) {
    int argc;
    char **argv = __riddle_arguments(&argc);
    return __main_argc_argv(argc, argv);
}
