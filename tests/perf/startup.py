"""How long it takes to start."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from time import perf_counter

from pgtui.postgres import open_target
from pgtui.postgres.directory import BASE_VARIABLE
from tests.perf.figures import Figure, paired

ROUNDS = 15


def measure() -> Iterator[Figure]:
    """`pgtui --version` and `--help` over an empty Python."""
    for option in ("--version", "--help"):
        pairs = paired(lambda option=option: _run("-m", "pgtui", option), lambda: _run("-c", "pass"), ROUNDS)
        extra = sorted(one - other for one, other in pairs)[len(pairs) // 2]
        yield Figure(f"pgtui {option} over python -c pass", extra, "s", 0.15)

    yield from embedded_server()


def embedded_server() -> Iterator[Figure]:
    """The embedded server: made and started, and started again."""
    before = os.environ.get(BASE_VARIABLE)
    base = tempfile.mkdtemp(prefix="pgtui-", dir="/tmp")
    os.environ[BASE_VARIABLE] = base
    try:
        cold, *warm = [_opened() for _ in range(8)]
    finally:
        shutil.rmtree(base, ignore_errors=True)
        os.environ.pop(BASE_VARIABLE)
        if before is not None:
            os.environ[BASE_VARIABLE] = before
    yield Figure("warm start of the embedded server, median", sorted(warm)[3], "s", 0.5, detail=f"cold {cold:.2f} s")


def _opened() -> float:
    before = perf_counter()
    with open_target(None):
        return perf_counter() - before


def _run(*arguments: str) -> float:
    before = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, timeout=60)
    return perf_counter() - before
