"""Stands for the module that WASI has no system calls for: programs ask it for a bigger stack, which they have."""

RLIM_INFINITY = -1
RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS = range(10)
error = OSError


def getrlimit(resource):
    """Returns the soft and the hard limit: there is none."""
    return RLIM_INFINITY, RLIM_INFINITY


def setrlimit(resource, limits):
    """Takes note of nothing."""
