"""What other processes are: asked of /proc, or where there is none (macOS), of `ps`.

Nothing here decides by a process id alone.
"""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def mentions(pid: int, path: Path) -> bool:
    """Whether that process lives and its command line names the path; a zombie's is empty.

    Where nobody can tell, the answer is no. PostgreSQL then still looks at its shared memory before it
    starts a second server in the same data directory.
    """
    if (_PROC / "self").exists():
        try:
            return os.fsencode(path) in (_PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return False
    if ps := shutil.which("ps"):
        try:
            command = [ps, "-o", "args=", "-p", str(pid)]
            return str(path) in subprocess.run(command, capture_output=True, text=True, timeout=5).stdout
        except subprocess.TimeoutExpired:
            return False
    return False


def quit_orphans(data: Path) -> None:
    """Send SIGQUIT (leave at once) to the PostgreSQL processes that work in this data directory.

    Those are what a killed postmaster left behind. Without /proc nothing is done.
    """
    for process in _PROC.glob("[0-9]*"):
        with suppress(OSError):  # gone by now, or not ours to look at
            is_postgres = (process / "cmdline").read_bytes().startswith(b"postgres:")
            if is_postgres and os.readlink(process / "cwd") == str(data):
                os.kill(int(process.name), signal.SIGQUIT)
