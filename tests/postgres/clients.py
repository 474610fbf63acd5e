"""Processes that use the embedded server, for tests that end them in every way.

Run as a program, this is such a process: it opens the embedded server, tells about it in JSON lines, and
leaves when its standard input ends.
"""

import functools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from pgtui.postgres import cluster
from pgtui.postgres.binaries import find_binaries
from pgtui.postgres.directory import BASE_VARIABLE, ServerDirectory, server_directory

REPOSITORY = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0


@dataclass(frozen=True)
class Place:
    """A base directory for servers, and the user who runs pgtui there (None: the one of the tests)."""

    base: Path
    user: str | None = None

    @property
    def directory(self) -> ServerDirectory:
        return server_directory(self.base, find_binaries().major)

    def is_alive(self) -> bool:
        return cluster.is_alive(self.directory)

    def postmaster(self) -> int:
        return int(self.directory.postmaster_pid.read_text().partition("\n")[0])


class Client:
    """A process that uses the embedded server."""

    def __init__(self, place: Place, *, python_path: Path | None = None) -> None:
        site = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        if place.user is not None:
            site = _site()
        path = [str(python_path)] if python_path else []
        self.process = subprocess.Popen(
            [interpreter(place.user), "-m", "tests.postgres.clients"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env={
                **os.environ,
                BASE_VARIABLE: str(place.base),
                "PYTHONPATH": os.pathsep.join([*path, str(REPOSITORY), *filter(None, site)]),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            user=place.user,
            group=None if place.user is None else _group(place.user),
            extra_groups=None if place.user is None else [],
        )
        self.progress: list[str] = []
        self._buffer = b""

    def ready(self) -> dict[str, object]:
        """Wait until it has opened the server; what it told then."""
        return self.next(lambda told: "error" in told or "version" in told)

    def next(self, wanted: Callable[[dict[str, object]], bool]) -> dict[str, object]:
        """Wait for the first told thing that is wanted; progress lines are kept."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            line, newline, rest = self._buffer.partition(b"\n")
            if newline:
                self._buffer = rest
                told: dict[str, object] = json.loads(line)
                if "progress" in told:
                    self.progress.append(str(told["progress"]))
                if wanted(told):
                    return told
                continue
            assert self.process.stdout is not None
            readable, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            assert readable, "the client says nothing"
            chunk = os.read(self.process.stdout.fileno(), 65536)
            assert chunk, f"the client ended with {self.process.wait(10)}"
            self._buffer += chunk

    def revive(self) -> dict[str, object]:
        """Have it start its server again."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"revive\n")
        self.process.stdin.flush()
        return self.ready()

    def leave(self) -> None:
        """Let it end in good order."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(_PATIENCE) == 0

    def kill(self) -> None:
        """`kill -9`."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def clients(place: Place, count: int = 1, *, python_path: Path | None = None) -> Iterator[list[Client]]:
    """So many clients, started at the same moment; those that are left at the end are killed."""
    started: list[Client] = []
    try:
        started.extend(Client(place, python_path=python_path) for _ in range(count))
        yield started
    finally:
        for client in started:
            client.kill()
            for stream in (client.process.stdin, client.process.stdout):
                if stream is not None:
                    stream.close()


@contextmanager
def temporary_base(user: str | None = None) -> Iterator[Path]:
    """A short directory for servers, which belongs to the user."""
    base = Path(tempfile.mkdtemp(prefix="pgtui-", dir="/tmp"))
    try:
        if user is not None:
            shutil.chown(base, user, _group(user))
        base.chmod(0o711)
        yield base
        eventually(lambda: not processes_of(base), within=30)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def eventually(condition: Callable[[], bool], *, within: float) -> float:
    """Wait until the condition holds; how many seconds that took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < within, f"not within {within} s"
        time.sleep(0.01)
    return time.monotonic() - begun


def processes_of(base: Path) -> dict[int, str]:
    """The processes that live for a server under this directory, by process id: their command lines."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            works_there = os.readlink(process / "cwd").startswith(str(base))
            if (str(base) in line or works_there) and int(process.name) != os.getpid():
                found[int(process.name)] = line
    return found


@functools.cache
def interpreter(user: str | None) -> str:
    """A Python that the user can run and that can import what this one can."""
    if user is None:
        return sys.executable
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}"):
        try:
            tried = subprocess.run(
                [python, "-c", "import pytest, psycopg, tests.postgres"],
                user=user,
                group=_group(user),
                extra_groups=[],
                cwd=REPOSITORY,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *_site()])},
                capture_output=True,
                check=False,
            )
        except OSError:
            continue
        if tried.returncode == 0:
            return python
    pytest.skip(f"user {user} may not enter this checkout, its environment, or a Python {version}")


def _site() -> list[str]:
    return [path for path in sys.path if path.endswith("site-packages")]


def _group(user: str) -> str:
    import grp
    import pwd

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def main() -> None:
    """Be a client."""
    from pgtui.errors import PgtuiError
    from pgtui.postgres import open_target, revive

    def tell(**told: object) -> None:
        print(json.dumps(told), flush=True)

    def look() -> dict[str, object]:
        import psycopg

        with psycopg.connect(target.conninfo("test-client"), autocommit=True) as connection:
            row = connection.execute("SELECT count(*), pg_postmaster_start_time()::text FROM dh_monitors")
            rows, started = row.fetchone() or (0, "")
        return {"version": target.server_version, "rows": rows, "started": started}

    begun = time.perf_counter()
    try:
        with open_target(None, progress=lambda line: tell(progress=line)) as target:
            opened = time.perf_counter() - begun
            tell(opened=opened, **look())
            for _line in sys.stdin:
                revive(target)
                tell(**look())
    except PgtuiError as error:
        tell(error=error.message, hint=error.hint, exit_code=error.exit_code)


if __name__ == "__main__":
    main()
