"""Start-up as a user sees it, in a real terminal: until a row, or a recorded run, stands on the screen."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from pgtui.core.events import Kind
from pgtui.core.experiment import Experiment
from pgtui.core.names import task_names
from pgtui.core.recording import save
from pgtui.core.tasks import RowWriter
from pgtui.core.trace import Header, Trace
from pgtui.postgres import Target
from tests.perf.figures import Figure

ROUNDS = 5
EVENTS = 1_000_000


def measure(target: Target) -> Iterator[Figure]:
    """With the server running: from the command to the first row; and a file of a million events."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_CONFIG_HOME"] = folder
        from pgtui.memory import Memory, remember

        remember(Memory(tour_seen=True))
        dsn = os.environ.get("PGTUI_TEST_DSN")
        arguments = ["--dsn", dsn] if dsn else []
        row = b"monitor_for_deletion" if target.embedded else b"monitor_1"
        seconds = sorted(until(row, *arguments) for _ in range(ROUNDS))
        yield Figure("start to the first row on the screen", seconds[ROUNDS // 2], "s", 2)
        file = Path(folder) / "run.jsonl"
        save(long_trace(EVENTS), file)
        seconds = sorted(until(f"{EVENTS // 9:,} of".encode(), "replay", str(file)) for _ in range(3))
        yield Figure(f"start to the picture of a file of {EVENTS:,} events", seconds[1], "s", 3)


def until(text: bytes, *arguments: str, patience: float = 60) -> float:
    """Seconds from the start of `pgtui ARGUMENTS` until the text comes out of its terminal."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    before = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "pgtui", *arguments],
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env=os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    )  # fmt: skip
    os.close(slave)
    seen = b""
    try:
        while text not in seen:
            if time.monotonic() - before > patience or process.poll() is not None:
                raise TimeoutError(f"{text!r} did not appear: …{seen[-300:]!r}")
            if select.select([master], [], [], 0.05)[0]:
                seen = seen[-100_000:] + os.read(master, 65536)
        return time.monotonic() - before
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(master)


def long_trace(events: int) -> Trace:
    """Three tasks that take turns, row by row."""
    count = events // 9
    trace = Trace(Header(experiment=Experiment(rows=count), names=task_names(3), expected=count, server="18.6"))
    writers = {task: RowWriter(trace, task) for task in trace.tasks}
    time_ns = 0
    for task in trace.tasks:
        trace.append(time_ns, Kind.CREATED, task)
        trace.append(time_ns, Kind.SAYS, task, trace.payload("starting fetching"))
    for number in range(1, count + 1):
        for task in trace.tasks:
            trace.append(time_ns, Kind.RUNS, task)
            writers[task](time_ns + 2_000, [(f"name {number}", task, number)])
            time_ns += 4_000
            trace.append(time_ns, Kind.YIELDS, task, 119)
    for task in trace.tasks:
        trace.append(time_ns, Kind.DONE, task)
    trace.finished = True
    return trace
