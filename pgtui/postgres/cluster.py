"""Making, starting and stopping the PostgreSQL server in a directory.

Whoever calls `create`, `start` or `stop` holds the lifecycle lock. Whether a server runs is asked of its
socket; the process id in `postmaster.pid` may long be another program's, and is never signalled unless
the socket has answered.
"""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pgtui.errors import ServerError
from pgtui.postgres import processes
from pgtui.postgres.account import Account, run_as
from pgtui.postgres.binaries import Binaries
from pgtui.postgres.directory import BASE_VARIABLE, SOCKET_PORT, ServerDirectory, own
from pgtui.postgres.locks import Lifecycle

ADMIN = "postgres"
"""The superuser that initdb makes; pgtui uses it to make the demo data, and for nothing else."""

MAX_CONNECTIONS = 1_120
"""A connection each for 1,000 tasks, and room for other pgtui processes."""

START_TIMEOUT = 60  # seconds; recovery after a crash takes longer than a start
_ANSWER_TIMEOUT = 15  # seconds until a server process that opens no socket is given up
_STOP_TIMEOUT = 20  # seconds until a fast shutdown gives way to an immediate one
_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
_NO_SUCH_PID = 2_147_483_646  # above any system's pid_max, and still an int for PostgreSQL
# Where semaphores are files (macOS), a connection each takes more than the 256 that a shell may open.
_MORE_FILES = ("/bin/sh", "-c", 'ulimit -S -n 4096 2>/dev/null; exec "$@"', "sh")
_ORPHANS_HOLD_MEMORY = "shared memory block"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One server: its programs, where its files are, and who runs it."""

    binaries: Binaries
    directory: ServerDirectory
    account: Account

    def run(self, program: str, *arguments: str | Path, timeout: float) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's account."""
        command = [*_MORE_FILES, self.binaries.directory / program, *arguments]
        return run_as(self.account, command, cwd=self.directory.root, timeout=timeout)


def is_alive(directory: ServerDirectory) -> bool:
    """Whether a server answers on the socket; it may still be starting, or about to stop."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(directory.socket))
            probe.sendall(_SSL_REQUEST)
            return probe.recv(1) in (b"S", b"N")
        except OSError:
            return False


def exists(directory: ServerDirectory) -> bool:
    """Whether there is a data directory, complete as far as one can see from outside."""
    return (directory.data / "PG_VERSION").exists() and (directory.data / "global" / "pg_control").exists()


def create(cluster: Cluster) -> None:
    """Make a new data directory. It gets its name when it is complete.

    What an interrupted creation left is thrown away. A data directory that lacks its vital files is put
    aside as `data.broken`, in case something in it is dear to somebody.

    Raises:
        ServerError: initdb failed.
        OSError: the directory cannot be written.
    """
    directory = cluster.directory
    for unfinished in directory.root.glob("data.new-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if directory.data.exists():
        aside = directory.root / "data.broken"
        shutil.rmtree(aside, ignore_errors=True)
        directory.data.rename(aside)
    new = Path(tempfile.mkdtemp(prefix="data.new-", dir=directory.root))
    try:
        own(new, cluster.account)
        result = cluster.run("initdb", *_initdb_arguments(cluster.binaries.major, new), timeout=START_TIMEOUT)
        if result.returncode != 0:
            raise ServerError(
                f"The embedded server's data directory cannot be made in {directory.root}:"
                f" {_last_error(result.stdout)}.",
                f"Make room there, or set {BASE_VARIABLE} to another directory.",
            )
        new.rename(directory.data)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def start(cluster: Cluster, held: Lifecycle) -> None:
    """Start the server and wait until it accepts connections, after a crash too.

    Raises:
        ServerError: it did not start; the message has the log's last error.
        OSError: its files cannot be written.
    """
    directory = cluster.directory
    deadline = time.monotonic() + _ANSWER_TIMEOUT
    while (pid := _postmaster(directory)) is not None:
        # A killed process was starting it, or it is about to end.
        if is_alive(directory):
            return
        if time.monotonic() > deadline:
            raise ServerError(
                f"Process {pid} holds the embedded server's data in {directory.root} and does not answer.",
                f"End it, or set {BASE_VARIABLE} to another directory.",
            )
        time.sleep(0.02)
    _trim_log(directory.log)
    _forget_stale_process(directory)
    held.mark_starting()
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        log_size = directory.log.stat().st_size if directory.log.exists() else 0
        failure = _pg_ctl_start(cluster)
        if failure is None or is_alive(directory):
            break
        log = _text_from(directory.log, log_size)
        if _ORPHANS_HOLD_MEMORY in log and time.monotonic() < deadline:
            # The postmaster was killed. Its processes notice, except one that is busy with a query.
            processes.quit_orphans(directory.data)
            time.sleep(0.1)
            continue
        held.mark_settled()
        raise ServerError(
            f"The embedded server in {directory.root} does not start: {_last_error(log or failure)}.",
            f"Its log is {directory.log}; `pgtui server reset` throws its data away and begins anew.",
        )
    held.mark_settled()


def await_interrupted_start(directory: ServerDirectory, held: Lifecycle) -> None:
    """Wait for the server that a killed process may just have been starting.

    Ends when it answers, or when it has had time to appear and there is no such process.
    """
    if not held.start_was_interrupted:
        return
    appears, answers = time.monotonic() + 2, time.monotonic() + START_TIMEOUT
    while not is_alive(directory) and time.monotonic() < answers:
        if time.monotonic() > appears and _postmaster(directory) is None:
            break
        time.sleep(0.02)
    held.mark_settled()


def stop(directory: ServerDirectory) -> None:
    """Stop the server if it runs: its clients are disconnected, its data are safe.

    Raises:
        ServerError: it does not stop.
    """
    if not is_alive(directory):
        return
    # The socket has answered, so this is not a stale file's process. `pg_ctl stop` asks less.
    pid = _postmaster(directory)
    # PostgreSQL 18.6 was seen to hang in a fast shutdown (SIGINT) after a crash. An immediate one (SIGQUIT)
    # ends that, and the next start replays the log.
    for way in (signal.SIGINT, signal.SIGQUIT):
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, way)
        deadline = time.monotonic() + _STOP_TIMEOUT
        while time.monotonic() < deadline:
            if _postmaster(directory) is None and not is_alive(directory):
                return
            time.sleep(0.01)
    raise ServerError(f"The embedded server in {directory.root} does not stop.", f"Its log is {directory.log}.")


def _initdb_arguments(major: int, data: Path) -> list[str]:
    locale = ["--locale=C"]
    if major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Only the owner reaches the socket; nobody can log in over TCP, should somebody open a port.
    access = ["--auth-local=trust", "--auth-host=reject"]
    return ["-D", str(data), "-U", ADMIN, "-E", "UTF8", *locale, *access, "--no-instructions"]


def _settings(cluster: Cluster) -> dict[str, str]:
    settings = {
        # In full, so that the process tells which server it is.
        "data_directory": str(cluster.directory.data),
        "listen_addresses": "",
        "port": str(SOCKET_PORT),
        "unix_socket_directories": str(cluster.directory.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": str(MAX_CONNECTIONS),
        "shared_buffers": "64MB",
        # A query returns its rows in the same order each time, whoever else reads the table.
        "synchronize_seqscans": "off",
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
        "max_logical_replication_workers": "0",
    }
    if cluster.binaries.major >= 18:
        settings["io_method"] = "sync"  # no I/O workers: three processes fewer
    return settings


def _pg_ctl_start(cluster: Cluster) -> str | None:
    """One attempt to start; what `pg_ctl` said if it failed."""
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in _settings(cluster).items())
    # pg_ctl puts these two into a shell's double quotes as they are: no name of the user's may be in them.
    data = cluster.directory.data.relative_to(cluster.directory.root)
    log = cluster.directory.log.relative_to(cluster.directory.root)
    arguments = ["-D", str(data), "-l", str(log), "-o", options, "-w", "-t", str(START_TIMEOUT)]
    result = cluster.run("pg_ctl", *arguments, "start", timeout=START_TIMEOUT + 10)
    return None if result.returncode == 0 else result.stdout


def _postmaster(directory: ServerDirectory) -> int | None:
    """The living process that `postmaster.pid` names, if it is this server's."""
    try:
        pid = int(directory.postmaster_pid.read_text().partition("\n")[0])
    except (OSError, ValueError):
        return None
    return pid if processes.mentions(pid, directory.data) else None


def _forget_stale_process(directory: ServerDirectory) -> None:
    """Let PostgreSQL see that a `postmaster.pid` is stale, although its process id lives again.

    The file's other lines stay: the shared memory's id guards against processes of the old server.
    """
    for left_over in (directory.socket, Path(f"{directory.socket}.lock")):
        left_over.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        _, newline, rest = directory.postmaster_pid.read_text().partition("\n")
        directory.postmaster_pid.write_text(f"{_NO_SUCH_PID}{newline}{rest}")


def _trim_log(log: Path, limit: int = 4_000_000) -> None:
    """Begin a new log when the old one is large; one old one is kept."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            log.replace(log.with_suffix(".log.old"))


def _text_from(path: Path, offset: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(100_000).decode(errors="replace")
    except OSError:
        return ""


def _last_error(output: str) -> str:
    """The line of a program's output that says what went wrong, without its prefix."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in lines:
        for prefix in ("FATAL:", "PANIC:", "error:"):
            if prefix in line:
                return line.partition(prefix)[2].strip().rstrip(".")
    return lines[-1].rstrip(".") if lines else "it does not say why"
