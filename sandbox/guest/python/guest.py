"""The Python guest: compiles and runs one candidate inside the sandbox.

Only modules imported here, before the snapshot, exist at run time: hence the long list, which is what
contest programs import. Knows nothing of tests, limits or verdicts; the sandbox around it enforces them.
"""

# ruff: noqa: F401
import abc, array, ast, atexit, base64, binascii, bisect, builtins, calendar, cmath, codecs, collections
import collections.abc, colorsys, contextlib, copy, csv, dataclasses, datetime, decimal, difflib, dis, enum, errno
import fractions, functools, gc, getopt, glob, graphlib, hashlib, heapq, hmac, html, inspect, io, itertools, json
import keyword, linecache, locale, logging, marshal, math, numbers, operator, os, os.path, pathlib, pickle, platform
import pprint, queue, random, re, reprlib, secrets, select, shlex, shutil, signal, stat, statistics, string, struct
import sys, sysconfig, tempfile, textwrap, threading, time, timeit, tokenize, traceback, types, typing, unicodedata
import unittest, urllib.parse, uuid, warnings, weakref, zlib
import concurrent.futures, concurrent.futures.thread, multiprocessing.pool  # imported by habit, seldom used
import encodings.ascii, encodings.cp1252, encodings.idna, encodings.latin_1, encodings.utf_8, encodings.utf_8_sig, encodings.utf_16

import wit_world
from componentize_py_types import Err

# The interpreter's own randomness was drawn when the snapshot was made; a candidate starts from a fixed state.
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


def _standard_streams():
    """Opens the three standard streams afresh, block buffered, as for a program behind pipes."""
    size = 1 << 16
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False), size), encoding="utf-8", errors="surrogateescape")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False), size), encoding="utf-8", errors="surrogateescape")
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", errors="backslashreplace", write_through=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr


def _exit_code(exit):
    """Returns the process exit code of a `SystemExit`, as the interpreter's own main does."""
    if exit.code is None:
        return 0
    if isinstance(exit.code, int):
        return exit.code & 0xFF
    print(exit.code, file=sys.stderr)
    return 1


_inline_threads()


class WitWorld(wit_world.WitWorld):
    def compile(self, source):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                code = compile(source, "main.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
            raise Err("".join(traceback.format_exception_only(error)))
        return marshal.dumps(code)

    def run(self, code):
        module = types.ModuleType("__main__")
        module.__builtins__ = builtins
        module.__file__ = "main.py"
        sys.modules["__main__"] = module
        sys.argv = ["main.py"]
        sys.orig_argv = ["python3", "main.py"]
        random.seed(SEED)
        _standard_streams()
        status = 0
        try:
            exec(marshal.loads(code), module.__dict__)
        except SystemExit as exit:
            status = _exit_code(exit)
        except BaseException as error:
            # The first frame is this file's.
            traceback.print_exception(type(error), error, error.__traceback__.tb_next)
            status = 1
        try:
            atexit._run_exitfuncs()
            sys.stdout.flush()
        except BaseException:
            status = status or 120
        return status

# The heap as it is now is nobody's garbage: a collection that walked it would copy every page it touches.
gc.collect()
gc.freeze()
