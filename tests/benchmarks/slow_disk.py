"""A disk that takes a millisecond more for every fsync, as disks of a network do.

A library in front of libc's; it takes a C compiler to build.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
#define SLOW(name) \
  int name(int file) { \
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, #name); \
    usleep(1000); \
    return real(file); \
  }
SLOW(fsync)
SLOW(fdatasync)
"""
PRELOAD = "LD_PRELOAD"


def slow_disk(folder: Path) -> str:
    """The library, built in *folder*; '' where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return ""
    source, library = folder / "slow.c", folder / "slow.so"
    source.write_text(_SOURCE)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    for each in (folder, library):
        each.chmod(0o755)  # PostgreSQL may run as somebody else
    return str(library)


@contextmanager
def slowed(library: str) -> Iterator[None]:
    """Let processes that begin meanwhile have the slow disk."""
    os.environ[PRELOAD] = library
    try:
        yield
    finally:
        del os.environ[PRELOAD]
