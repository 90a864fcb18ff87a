// Where a C++ command module starts. An exception that nothing catches would unwind into the host;
// `noexcept` makes it end in `std::terminate`, as it does everywhere else.
extern "C" {
void __wasm_call_ctors();
int __main_void();
void __wasm_call_dtors();
[[noreturn]] void _Exit(int);

__attribute__((export_name("_start"))) void _start() noexcept {
    __wasm_call_ctors();
    int status = __main_void();
    __wasm_call_dtors();
    if (status != 0) _Exit(status);
}
}
