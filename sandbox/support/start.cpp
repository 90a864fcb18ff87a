// Where a C++ command module starts. An exception that nothing catches would unwind into the host; here it
// ends in `std::terminate`, as it does everywhere else, and the handler sees it and prints what it is.
#include <exception>
#include <stdlib.h>

extern "C" {
void __wasm_call_ctors();
int __main_void();
void __wasm_call_dtors();

__attribute__((export_name("_start"))) void _start() {
    int status = 0;
    try {
        __wasm_call_ctors();
        status = __main_void();
        __wasm_call_dtors();
    } catch (...) {
        std::terminate();
    }
    if (status & 0xff) _Exit(status & 0xff); // as the system does
}
}
