// The Python guest's own code: starts the interpreter once, before the snapshot; compiles and runs a candidate after it.
//
// Knows the few functions of CPython's C interface that it calls, by hand, since their headers are in no package.
// What is easier said in Python is in guest.py. Knows nothing of tests, limits or verdicts.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

typedef struct object PyObject;
typedef struct config PyInitConfig;

PyInitConfig *PyInitConfig_Create(void);
int PyInitConfig_GetError(PyInitConfig *, const char **);
int PyInitConfig_SetInt(PyInitConfig *, const char *, int64_t);
int PyInitConfig_SetStr(PyInitConfig *, const char *, const char *);
int PyInitConfig_SetStrList(PyInitConfig *, const char *, size_t, char *const *);
int Py_InitializeFromInitConfig(PyInitConfig *);
PyObject *PyBytes_FromStringAndSize(const char *, intptr_t);
char *PyBytes_AsString(PyObject *);
intptr_t PyBytes_Size(PyObject *);
PyObject *Py_CompileStringExFlags(const char *, const char *, int, void *, int);
PyObject *PyEval_EvalCode(PyObject *, PyObject *, PyObject *);
PyObject *PyErr_GetRaisedException(void);
void PyErr_Print(void);
PyObject *PyImport_ImportModule(const char *);
long PyLong_AsLong(PyObject *);
PyObject *PyMarshal_ReadObjectFromString(const char *, intptr_t);
PyObject *PyMarshal_WriteObjectToString(PyObject *, int);
PyObject *PyList_GetItem(PyObject *, intptr_t);
intptr_t PyList_Size(PyObject *);
PyObject *PyObject_CallFunctionObjArgs(PyObject *, ...);
PyObject *PyObject_GetAttrString(PyObject *, const char *);
void *PyObject_Malloc(size_t);
void Py_DecRef(PyObject *);

enum { FILE_INPUT = 257, MARSHAL_VERSION = 5 };

// The names by which the host calls.
#define EXPORT(name) __attribute__((export_name(#name)))

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

// The end of the stack, which grows downwards.
static char *stack_end;

// Starts the interpreter: the same each time, with nothing of the outside in it.
static void start(int only_core) {
    stack_end = __builtin_frame_address(0);
    static const struct {
        const char *name;
        int value;
    } OPTIONS[] = {
        {"isolated", 1},
        {"use_environment", 0},
        {"utf8_mode", 1},
        {"use_hash_seed", 1},
        {"hash_seed", 0},
        {"site_import", 0},
        {"user_site_directory", 0},
        {"install_signal_handlers", 0},
        {"pathconfig_warnings", 0},
        {"write_bytecode", 0},
        {"use_frozen_modules", 1},
    };
    static char *const NO_FOLDERS[] = {NULL};
    PyInitConfig *config = PyInitConfig_Create();
    int bad = 0;
    for (unsigned i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        bad |= PyInitConfig_SetInt(config, OPTIONS[i].name, OPTIONS[i].value);
    }
    bad |= PyInitConfig_SetStr(config, "program_name", "python3");
    bad |= PyInitConfig_SetStr(config, "executable", "");
    bad |= PyInitConfig_SetStr(config, "prefix", "");
    bad |= PyInitConfig_SetStr(config, "exec_prefix", "");
    bad |= PyInitConfig_SetStr(config, "base_prefix", "");
    bad |= PyInitConfig_SetStr(config, "base_exec_prefix", "");
    bad |= PyInitConfig_SetStrList(config, "module_search_paths", 0, NO_FOLDERS);
    if (only_core) bad |= PyInitConfig_SetInt(config, "_init_main", 0);
    if (bad || Py_InitializeFromInitConfig(config) < 0) {
        const char *message = "no message";
        PyInitConfig_GetError(config, &message);
        fail(message);
    }
}

// Standard input, read to its end.
static struct {
    char *bytes;
    uint32_t size, at;
} input;

static void read_input(void) {
    uint32_t room = 0;
    for (;;) {
        if (input.size == room) {
            room = room ? 2 * room : 65536;
            input.bytes = realloc(input.bytes, room + 1);
            if (!input.bytes) fail("no memory for the input");
        }
        ssize_t n = read(0, input.bytes + input.size, room - input.size);
        if (n <= 0) break;
        input.size += n;
    }
    if (input.bytes) input.bytes[input.size] = 0;
}

static uint32_t take_number(void) {
    uint32_t number;
    if (input.size - input.at < sizeof number) fail("the input ends early");
    memcpy(&number, input.bytes + input.at, sizeof number);
    input.at += sizeof number;
    return number;
}

// Takes a text that follows its length, and the zero after it.
static const char *take_text(uint32_t *size) {
    *size = take_number();
    if (input.size - input.at <= *size) fail("the input ends early");
    const char *text = input.bytes + input.at;
    input.at += *size + 1;
    return text;
}

static void write_all(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written <= 0) exit(1);
        bytes += written;
        n -= written;
    }
}

static void write_text(const char *text, uint32_t size) {
    write_all(1, (const char *)&size, sizeof size);
    write_all(1, text, size);
    write_all(1, "", 1);
}

// Compiles the modules of standard input (name, whether it is a package, source) to frozen ones on standard output
// (name, whether it is a package, marshalled code). Needs nothing of the library, since that is what it compiles.
EXPORT(freeze) void freeze(void) {
    start(1);
    read_input();
    while (input.at < input.size) {
        uint32_t n_name, n_source;
        const char *name = take_text(&n_name);
        uint32_t is_package = take_number();
        const char *source = take_text(&n_source);
        char file[256];
        snprintf(file, sizeof file, "<frozen %s>", name);
        PyObject *code = Py_CompileStringExFlags(source, file, FILE_INPUT, NULL, 2);
        PyObject *bytes = code ? PyMarshal_WriteObjectToString(code, MARSHAL_VERSION) : NULL;
        if (!bytes) {
            PyErr_Print();
            fail(name);
        }
        write_text(name, n_name);
        write_all(1, (const char *)&is_package, sizeof is_package);
        write_text(PyBytes_AsString(bytes), PyBytes_Size(bytes));
        Py_DecRef(bytes);
        Py_DecRef(code);
    }
}

// CPython's description of a module that needs no file.
typedef struct {
    const char *name;
    const unsigned char *code;
    int size;
    int is_package;
} frozen;

static PyObject *globals, *compile_source, *set_arguments, *finish;

static PyObject *member(PyObject *module, const char *name) {
    PyObject *found = module ? PyObject_GetAttrString(module, name) : NULL;
    if (!found) {
        PyErr_Print();
        fail(name);
    }
    return found;
}

// Makes objects immortal: to count references to one would copy its page in every execution.
static void immortalise(PyObject *objects) {
    static const uint32_t IMMORTAL = 5u << 28; // what CPython itself gives such objects on a machine of 32 bits
    for (intptr_t i = 0, n = PyList_Size(objects); i < n; i++) {
        uint32_t *references = (uint32_t *)PyList_GetItem(objects, i);
        if (*references < IMMORTAL) *references = IMMORTAL;
    }
}

// Fills the heap's holes, so that what an execution allocates lies together and touches few pages.
static void fill_holes(void) {
    enum { PROBE = 4 << 20, LARGEST = 1 << 20, SMALLEST = 512, UNIT = 16 };
    char *fresh = malloc(PROBE);
    free(fresh);
    for (size_t size = LARGEST; size >= SMALLEST; size = size * 7 / 8) {
        while ((char *)malloc(size) < fresh) {}
    }
    for (size_t size = SMALLEST; size >= UNIT; size -= UNIT) {
        while ((char *)PyObject_Malloc(size) < fresh) {}
    }
}

// Starts the interpreter with the frozen modules of standard input, which the variable is made to point at, and
// imports what candidates use. The snapshot is taken after this.
EXPORT(initialise) void initialise(const frozen **modules) {
    enum { MAX_MODULES = 1000 };
    read_input();
    frozen *module = calloc(MAX_MODULES + 1, sizeof *module);
    *modules = module;
    for (int i = 0; input.at < input.size; i++, module++) {
        if (i == MAX_MODULES) fail("too many modules");
        uint32_t size;
        module->name = take_text(&size);
        module->is_package = take_number();
        module->code = (const unsigned char *)take_text(&size);
        module->size = size;
    }
    start(0);
    PyObject *guest = PyImport_ImportModule("riddle_guest");
    globals = member(guest, "main_globals");
    compile_source = member(guest, "compile_source");
    set_arguments = member(guest, "set_arguments");
    finish = member(guest, "finish");
    PyObject *settle = member(guest, "settle");
    PyObject *objects = PyObject_CallFunctionObjArgs(settle, NULL);
    if (!objects) {
        PyErr_Print();
        fail("the heap does not settle");
    }
    immortalise(objects);
    Py_DecRef(objects);
    fill_holes();
}

// Compiles the source on standard input to marshalled code on standard output, or says on standard error why not.
EXPORT(compile) int compile(void) {
    input.bytes = NULL;
    input.size = 0;
    read_input();
    PyObject *source = PyBytes_FromStringAndSize(input.bytes, input.size);
    PyObject *code = PyObject_CallFunctionObjArgs(compile_source, source, NULL);
    if (!code) {
        PyErr_Print();
        return 1;
    }
    intptr_t n = PyBytes_Size(code);
    write_all(1, PyBytes_AsString(code), n);
    return n == 0;
}

// Memory for what the host passes.
EXPORT(allocate) void *allocate(size_t n) { return malloc(n); }

// Passes on the arguments of a program that was given some, as judges are.
static void take_arguments(void) {
    __wasi_size_t n, n_bytes;
    if (__wasi_args_sizes_get(&n, &n_bytes) || n == 0) return;
    uint8_t **argv = calloc(n, sizeof *argv), *bytes = malloc(n_bytes);
    if (!argv || !bytes || __wasi_args_get(argv, bytes)) return;
    PyObject *joined = PyBytes_FromStringAndSize((const char *)bytes, n_bytes);
    if (!PyObject_CallFunctionObjArgs(set_arguments, joined, NULL)) PyErr_Print();
}

// Runs marshalled code as `__main__`, and returns the exit code of the process that it would be.
EXPORT(run) int run(const char *bytes, size_t n) {
    take_arguments();
    PyObject *code = PyMarshal_ReadObjectFromString(bytes, n);
    PyObject *result = code ? PyEval_EvalCode(code, globals, globals) : NULL;
    PyObject *error = result ? NULL : PyErr_GetRaisedException();
    PyObject *status = PyObject_CallFunctionObjArgs(finish, error, NULL);
    return status ? PyLong_AsLong(status) : 120;
}

int __wasilibc_open_nomode(const char *path, int flags);

// The standard streams by name; and the files of those who were given some: for all others there is none.
int open(const char *path, int flags, ...) {
    static const char *const STREAMS[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(path, STREAMS[i]) == 0) return i;
    }
    int fd = __wasilibc_open_nomode(path, flags);
    if (fd < 0 && errno == EBADF) errno = ENOENT;
    return fd;
}

// How deep C code may recurse, which CPython asks the C library for.
enum { STACK_BYTES = 64 << 20 };

int pthread_getattr_np(void *thread, void *attributes) { return 0; }
int pthread_attr_destroy(void *attributes) { return 0; }
int pthread_attr_getguardsize(const void *attributes, size_t *size) {
    *size = 0;
    return 0;
}
int pthread_attr_getstack(const void *attributes, void **start, size_t *size) {
    *size = STACK_BYTES;
    *start = stack_end - STACK_BYTES;
    return 0;
}

// The length of a vector, by the way of the GNU C library: to the bit what a judge's `abs(complex)` is. The wheel's own
// asks for fused products, which WebAssembly has to compute in software.
static double length(double x, double y) {
    double h = __builtin_sqrt(x * x + y * y), delta, a, b;
    if (h <= 2 * y) {
        delta = h - y;
        a = x * (2 * delta - x);
        b = (delta - 2 * (x - y)) * delta;
    } else {
        delta = h - x;
        a = 2 * delta * (x - 2 * y);
        b = (4 * delta - y) * y + delta * delta;
    }
    return h - (a + b) / (2 * h);
}

double hypot(double x, double y) {
    const double LARGE = 0x1p511, TINY = 0x1p-459, SCALE = 0x1p-600, EPSILON = 0x1p-54;
    if (__builtin_isinf(x) || __builtin_isinf(y)) return __builtin_inf();
    x = __builtin_fabs(x);
    y = __builtin_fabs(y);
    if (x < y) {
        double larger = y;
        y = x;
        x = larger;
    }
    if (!(y > x * EPSILON)) return x + y; // one is nothing beside the other, or no number
    if (x > LARGE) return length(x * SCALE, y * SCALE) / SCALE;
    if (y < TINY) return length(x / SCALE, y / SCALE) * SCALE;
    return length(x, y);
}

// There are no signals but those that a program sends to itself, and they are looked for after each call anyway. CPython
// asks in every long division.
int PyErr_CheckSignals(void) { return 0; }

// What CPython asks of a C library that was built for a world with sockets. There are none.
int h_errno;
void __wasi_init_tp(void) {}
static int none(void) {
    errno = ENOSYS;
    return -1;
}
struct sockaddr;
int socket(int a, int b, int c) { return none(); }
int bind(int a, const struct sockaddr *b, uint32_t c) { return none(); }
int connect(int a, const struct sockaddr *b, uint32_t c) { return none(); }
int listen(int a, int b) { return none(); }
int getsockname(int a, struct sockaddr *b, uint32_t *c) { return none(); }
int getpeername(int a, struct sockaddr *b, uint32_t *c) { return none(); }
int setsockopt(int a, int b, int c, const void *d, uint32_t e) { return none(); }
ssize_t recvfrom(int a, void *b, size_t c, int d, struct sockaddr *e, uint32_t *f) { return none(); }
ssize_t sendto(int a, const void *b, size_t c, int d, const struct sockaddr *e, uint32_t f) { return none(); }
int gethostname(char *a, size_t b) { return none(); }
void *gethostbyname(const char *a) { return NULL; }
void *gethostbyaddr(const void *a, uint32_t b, int c) { return NULL; }
void *getservbyname(const char *a, const char *b) { return NULL; }
void *getservbyport(int a, const char *b) { return NULL; }
void *getprotobyname(const char *a) { return NULL; }
char *inet_ntoa(uint32_t *a) { return ""; }
int getaddrinfo(const char *a, const char *b, const void *c, void *d) { return -2; } // EAI_NONAME
void freeaddrinfo(void *a) {}
int getnameinfo(const void *a, uint32_t b, char *c, uint32_t d, char *e, uint32_t f, int g) { return -2; }
const char *gai_strerror(int a) { return "there is no network"; }
const char *hstrerror(int a) { return "there is no network"; }
