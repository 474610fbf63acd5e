"""How long it takes to start."""

import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter

from tests.perf.figures import Figure, paired

ROUNDS = 15


def measure() -> Iterator[Figure]:
    """`pgtui --version` and `--help` over an empty Python."""
    for option in ("--version", "--help"):
        pairs = paired(lambda option=option: _run("-m", "pgtui", option), lambda: _run("-c", "pass"), ROUNDS)
        extra = sorted(one - other for one, other in pairs)[len(pairs) // 2]
        yield Figure(f"pgtui {option} over python -c pass", extra, "s", 0.15)


def _run(*arguments: str) -> float:
    before = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, timeout=60)
    return perf_counter() - before
