// The tag of every C++ exception; the compiler refers to it and defines it nowhere.
__asm__(".globl __cpp_exception\n"
        ".tagtype __cpp_exception i32\n"
        "__cpp_exception:\n");
