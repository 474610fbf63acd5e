"""The locks by which pgtui processes share one server: who starts it, who uses it, who stops it.

They are `flock`s: the kernel drops them with the process, however it ends, so that no process id is
ever trusted. Lock files are never deleted, because a lock on a deleted file guards nothing.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pgtui.errors import ServerError

# A cold start under load takes some seconds, and twenty processes may wait for it.
LIFECYCLE_TIMEOUT = 120.0
_WAIT_IS_WORTH_TELLING = 0.5
_STARTING = b"starting"


def open_lock(path: Path) -> int:
    """Open a lock file, for this process alone (it is not passed on to programs that it starts)."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int) -> bool:
    """Take the lock, for this process alone, if that is possible at once."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(descriptor: int) -> None:
    """Give the lock back and keep the file open."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock; false when the file does not exist."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(descriptor)
    finally:
        os.close(descriptor)


class Lifecycle:
    """The right to start and stop the server, held by one process at a time.

    The lock's file says "starting" while `pg_ctl start` runs. If its process is killed then, the server
    may come up later without a client; whoever holds the lock next sees that and waits for it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @property
    def start_was_interrupted(self) -> bool:
        """Whether a process died while it was starting the server."""
        return os.pread(self._descriptor, len(_STARTING), 0) == _STARTING

    def mark_starting(self) -> None:
        """From now on a server may come up, whatever happens to this process."""
        os.pwrite(self._descriptor, _STARTING, 0)

    def mark_settled(self) -> None:
        """The server is up, or will not come up any more."""
        os.ftruncate(self._descriptor, 0)


@contextmanager
def lifecycle(
    path: Path, progress: Callable[[str], None] | None = None, timeout: float = LIFECYCLE_TIMEOUT
) -> Iterator[Lifecycle]:
    """Hold the right to start and stop the server.

    Raises:
        ServerError: another process held it for `timeout` seconds.
        OSError: the lock file cannot be opened.
    """
    descriptor = open_lock(path)
    try:
        begun, told = time.monotonic(), False
        while not try_lock(descriptor):
            waited = time.monotonic() - begun
            if waited > timeout:
                raise ServerError(
                    f"Another pgtui process has been starting or stopping the server for {timeout:.0f} s"
                    f" (it holds {path}).",
                    "End that process, or set PGTUI_SERVER_DIR to another directory.",
                )
            if progress is not None and not told and waited > _WAIT_IS_WORTH_TELLING:
                progress("Another pgtui is starting or stopping the server; waiting for it")
                told = True
            time.sleep(0.01)
        yield Lifecycle(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Client:
    """This process's use of the server: a share of the clients' lock, and a file that names it."""

    lock: int
    badge: int
    badge_path: Path

    def leave(self) -> None:
        """Give up the use of the server."""
        self.badge_path.unlink(missing_ok=True)
        os.close(self.badge)
        os.close(self.lock)


def enter(clients_lock: Path, clients: Path) -> Client:
    """Become a client. Call it with the lifecycle lock held.

    Raises:
        OSError: the files cannot be created.
    """
    lock = open_lock(clients_lock)
    try:
        # Nobody holds it exclusively without the lifecycle lock for more than a moment: see reaper.py.
        fcntl.flock(lock, fcntl.LOCK_SH)
        badge_path = clients / f"{os.getpid()}-{secrets.token_hex(4)}"
        badge = open_lock(badge_path)
    except BaseException:
        os.close(lock)
        raise
    fcntl.flock(badge, fcntl.LOCK_EX)
    return Client(lock, badge, badge_path)


def present(clients: Path) -> list[int]:
    """The process ids of the clients that are alive, lowest first; once for each use."""
    try:
        badges = list(clients.iterdir())
    except FileNotFoundError:
        return []
    return sorted(int(badge.name.partition("-")[0]) for badge in badges if is_held(badge))


def forget_dead(clients: Path) -> None:
    """Remove the files of clients that were killed. Call it with the lifecycle lock held."""
    for badge in clients.iterdir():
        if not is_held(badge):
            badge.unlink(missing_ok=True)
