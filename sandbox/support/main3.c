// Calls a `main` that takes the environment too, which is empty.
int main_of_three(int argc, char *argv[], char *envp[]) __asm__("main");

int __main_argc_argv(int argc, char *argv[]) {
    static char *envp[] = {0};
    return main_of_three(argc, argv, envp);
}
