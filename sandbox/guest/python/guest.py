"""The Python guest: what is done around a candidate, inside the sandbox.

Imported once, before the snapshot. What is imported here costs a candidate nothing; every other module of the
standard library that needs no file is there as well, and is loaded when it is imported. Knows nothing of tests,
limits or verdicts; the sandbox around it enforces them.
"""

# ruff: noqa: F401
import abc, array, ast, atexit, base64, binascii, bisect, builtins, calendar, cmath, codecs, collections
import collections.abc, colorsys, contextlib, copy, csv, dataclasses, datetime, decimal, difflib, dis, enum, errno
import fractions, functools, gc, getopt, glob, graphlib, hashlib, heapq, hmac, html, inspect, io, itertools, json
import keyword, linecache, locale, logging, marshal, math, numbers, operator, os, os.path, pathlib, pickle, platform
import pprint, queue, random, re, reprlib, secrets, select, shlex, shutil, signal, stat, statistics, string, struct
import site, sys, sysconfig, tempfile, textwrap, threading, time, timeit, tokenize, traceback, types, typing, unicodedata
import unittest, urllib.parse, uuid, warnings, weakref, zlib
import concurrent.futures, concurrent.futures.thread, multiprocessing.pool  # imported by habit, seldom used
import encodings.ascii, encodings.cp1252, encodings.idna, encodings.latin_1, encodings.utf_8, encodings.utf_8_sig, encodings.utf_16

# Objects between two looks for garbage in cycles. By the default of 2,000 a program with many objects spends a tenth
# of its time on them.
GARBAGE_THRESHOLD = 100_000

# The randomness of the interpreter's start was drawn for the snapshot; every candidate starts from this state.
SEED = 0


def _inline_threads():
    """Makes `threading.Thread` run its target at `start()`.

    There are no threads here. Contest programs use one for its big stack (`threading.stack_size(...)`,
    then a thread that runs `main`), and for that running it inline is the same.
    """

    def start(self):
        if self._started.is_set():
            raise RuntimeError("threads can only be started once")
        self._started.set()
        try:
            self.run()
        except SystemExit:
            pass
        except BaseException:
            traceback.print_exc()

    threading.Thread.start = start
    threading.Thread.join = lambda self, timeout=None: None
    threading.Thread.is_alive = lambda self: False
    threading.stack_size = lambda size=0: 0


def _restore_names():
    """Puts back what the library had when most contest programs were written: judges of those years took them."""

    def gcd(a, b):
        return -math.gcd(a, b) if (b or a) < 0 else math.gcd(a, b)

    fractions.gcd = gcd  # until 3.8
    time.clock = time.process_time  # until 3.7
    for name in collections.abc.__all__:  # until 3.9
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))


def _standard_streams():
    """Opens the three standard streams, block buffered, as for a program behind pipes."""
    size = 1 << 16
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False), size), encoding="utf-8", errors="surrogateescape")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False), size), encoding="utf-8", errors="surrogateescape")
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", errors="backslashreplace", write_through=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr


def _main_module():
    """Makes the module in which a candidate runs, and returns its variables."""
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    main.__file__ = "main.py"
    sys.modules["__main__"] = main
    sys.argv = ["main.py"]
    sys.orig_argv = ["python3", "main.py"]
    site.setquit()
    site.setcopyright()
    site.sethelper()
    return main.__dict__


def set_arguments(joined):
    """Takes the program's name and arguments, each with a zero byte after it."""
    sys.argv = [it.decode("utf-8", "surrogateescape") for it in joined.split(b"\0")[:-1]]
    sys.orig_argv = ["python3", *sys.argv]


def compile_source(source):
    """Returns marshalled code, or nothing once it is said on standard error why not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(source, "main.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
        sys.stderr.write("".join(traceback.format_exception_only(error)))
        return b""
    return marshal.dumps(code)


def _exit_code(exit):
    """Returns the process exit code of a `SystemExit`, as the interpreter's own main does."""
    if exit.code is None:
        return 0
    if isinstance(exit.code, int):
        return exit.code & 0xFF
    print(exit.code, file=sys.stderr)
    return 1


def finish(error=None):
    """Does what the interpreter does after the program, and returns the exit code of the process."""
    status = 0
    if isinstance(error, SystemExit):
        status = _exit_code(error)
    elif error is not None:
        traceback.print_exception(error)
        status = 1
    try:
        atexit._run_exitfuncs()
        for value in main_globals.values():
            # As when the interpreter frees it.
            if isinstance(value, io.TextIOWrapper) and not value.closed:
                value.flush()
        sys.stdout.flush()
    except BaseException:
        status = status or 120
    return status


_inline_threads()
_restore_names()
_standard_streams()
main_globals = _main_module()
random.seed(SEED)


def settle():
    """Makes the heap as it shall be at every start, and returns the objects that are to live for ever."""
    # What the interpreter learns of this code by running it, it shall know already.
    for _ in range(64):
        finish()
    gc.collect()
    found = {id(it): it for it in gc.get_objects()}
    new = list(found.values())
    while new:
        referents = {id(it): it for it in gc.get_referents(*new) if id(it) not in found}
        found.update(referents)
        new = list(referents.values())
    # The collector does not look into immortal objects: what a candidate makes must be found from its variables.
    del found[id(main_globals)]
    objects = list(found.values())
    del found, new, referents
    gc.set_threshold(GARBAGE_THRESHOLD)
    # All of this is nobody's garbage: a collection that walked it would copy every page that it touches.
    gc.freeze()
    return objects
