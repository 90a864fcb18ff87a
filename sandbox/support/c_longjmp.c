// The tag by which `longjmp` unwinds; the compiler refers to it and defines it nowhere.
__asm__(".globl __c_longjmp\n"
        ".tagtype __c_longjmp i32\n"
        "__c_longjmp:\n");
