"""The process that stops the embedded server when its last client is gone, killed ones too.

One such process waits beside each running server: `python -m pgtui.postgres.reaper`, with a lock that
is free only when no client lives. It imports no driver and keeps no connection. Clients that end in
good order stop the server themselves; then it only sees that and ends.
"""

import fcntl
import os
import signal
import sys
from pathlib import Path

from pgtui.postgres import cluster, locks
from pgtui.postgres.directory import ServerDirectory, server_directory


def ensure_reaper(directory: ServerDirectory) -> None:
    """See to it that a reaper waits. Call it with the lifecycle lock held, as a client.

    Raises:
        OSError: the process cannot be started.
    """
    if locks.is_held(directory.reaper_lock):
        return
    # It must find this very pgtui, from whatever place that was imported.
    environment = dict(os.environ)
    package_root = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [package_root, os.environ.get("PYTHONPATH")]))
    null = os.open(os.devnull, os.O_RDWR)
    try:
        # Not subprocess.Popen: that warns about a process that outlives its maker, which is the point.
        os.posix_spawn(
            sys.executable,
            # -P: a socket.py in the directory where the user happens to be is not the one that is meant.
            [sys.executable, "-P", "-m", "pgtui.postgres.reaper", str(directory.root)],
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, null, stream) for stream in (0, 1, 2)],
            setpgroup=0,  # Ctrl+C is not for it
        )
    finally:
        os.close(null)


def reap(directory: ServerDirectory) -> None:
    """Wait until no client lives, then stop the server. Ends at once if another reaper waits."""
    mine = locks.open_lock(directory.reaper_lock)
    if not locks.try_lock(mine):
        return
    clients = locks.open_lock(directory.clients_lock)
    while True:
        fcntl.flock(clients, fcntl.LOCK_EX)  # as long as a client lives: that is what it is for
        locks.unlock(clients)
        with locks.lifecycle(directory.lifecycle_lock) as held:
            if not locks.try_lock(clients):
                continue  # somebody came back
            locks.unlock(clients)
            cluster.await_interrupted_start(directory, held)
            cluster.stop(directory)
            locks.unlock(mine)  # while holding the lifecycle lock: the next client starts the next reaper
            return


def main(root: Path) -> None:
    """Leave the terminal, its directory and its files, and reap."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.chdir("/")
    os.closerange(3, 256)
    reap(server_directory(root.parent, int(root.name)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
