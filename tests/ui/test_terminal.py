"""pgtui in a real terminal, tmux's: started, driven by its keys, read off the screen, and left.

Everything is the test's own: the terminal, the server's directory, the settings and the memory; and nothing is left.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres.clients import REPOSITORY, Place, eventually, processes_of, temporary_base

TMUX = shutil.which("tmux") or ""

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not TMUX, reason="There is no tmux to test a real terminal with; Debian's package is `tmux`."),
]

START = 60.0
"""Seconds for a start that makes the server's data first; an idle machine takes five."""
ANSWER = 30.0
"""Seconds for what a key does; an idle machine takes a tenth of one."""


_PROGRAM = """sh -c 'echo $$ >"$HOME/pid"; exec "$@"' pgtui "$@"; echo $? >"$HOME/status"; sleep 600"""
"""Tells its process and how it ended; tmux 3.3 does not always notice the end of a process."""


class Terminal:
    """A terminal, for one start of pgtui after another."""

    def __init__(self, home: Path, server: Path) -> None:
        """A terminal that is not open yet.

        Args:
            home: the directory of whoever sits before it; short, because tmux's socket is in it.
            server: the base directory of the embedded server.
        """
        self._home = home
        (home / "tmux.conf").write_text("set -g status off\n")
        others = ("PG", "TMUX", "TEXTUAL", "COLUMNS", "LINES", "NO_COLOR")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        apart = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
        own = {"HOME": str(home), "TMUX_TMPDIR": str(home), "PGTUI_SERVER_DIR": str(server), "PYTHONUTF8": "1"}
        self._environment = kept | apart | own
        self._starts = 0

    def start(self, columns: int, lines: int, *options: str) -> None:
        """Run pgtui in a terminal of this size."""
        self.close()
        self._starts += 1
        # tmux has a TERM of its own, so that it cannot be left to the environment.
        pgtui = ["env", "TERM=xterm-256color", "COLORTERM=truecolor", sys.executable, "-m", "pgtui", *options]
        size = ["-x", str(columns), "-y", str(lines)]
        self._do("new-session", "-d", *size, "sh", "-c", _PROGRAM, "sh", *pgtui)
        eventually(lambda: self._told("pid") != "", within=ANSWER)

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names of them."""
        self._do("send-keys", *keys)

    def kill(self, way: signal.Signals) -> None:
        """Send pgtui a signal."""
        os.kill(int(self._told("pid")), way)

    def until(self, what: str, true: Callable[[str], object], within: float = ANSWER) -> str:
        """Wait until it is true of the screen; the screen."""
        deadline = time.monotonic() + within
        while not true(screen := self._do("capture-pane", "-p")):
            if self.status or time.monotonic() > deadline:
                why = f"pgtui has ended with {self.status}" if self.status else f"not within {within:g} s"
                pytest.fail(f"{what}: {why}. The screen:\n{screen}")
            time.sleep(0.05)
        return screen

    def until_ended(self) -> str:
        """Wait until pgtui has ended; its exit code, 128 and the signal's number if that has ended it."""
        deadline = time.monotonic() + ANSWER
        while not self.status:
            if time.monotonic() > deadline:
                pytest.fail(f"It goes on for {ANSWER:g} s. The screen:\n{self._do('capture-pane', '-p')}")
            time.sleep(0.05)
        return self.status

    @property
    def status(self) -> str:
        """The exit code; empty while it runs."""
        return self._told("status")

    def close(self) -> None:
        """End whatever is still there."""
        if self._starts:
            if not self.status:
                self.kill(signal.SIGKILL)
                self.until_ended()
            self._do("kill-server")
        for name in ("pid", "status"):
            (self._home / name).unlink(missing_ok=True)

    def _told(self, name: str) -> str:
        file = self._home / name
        return file.read_text().strip() if file.exists() else ""

    def _do(self, *command: str) -> str:
        done = subprocess.run(
            [TMUX, "-u", "-L", f"pgtui-{self._starts}", "-f", str(self._home / "tmux.conf"), *command],
            env=self._environment, cwd=REPOSITORY, timeout=20, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"tmux {command[0]}: {done.stderr}"
        return done.stdout


@pytest.fixture
def own_place() -> Iterator[Place]:
    """A directory for a server; in the end no process may be left in it."""
    with temporary_base() as base:
        yield Place(base)


@pytest.fixture
def terminal(own_place: Place) -> Iterator[Terminal]:
    """A terminal of somebody who has never started pgtui."""
    with tempfile.TemporaryDirectory(prefix="pgtui-home-", dir="/tmp") as home:
        opened = Terminal(Path(home), own_place.base)
        yield opened
        opened.close()


def panes(screen: str) -> dict[str, str]:
    """What the panes say: the name of each task and what stands between its pane's borders."""
    lines = screen.splitlines()
    top = next((number for number, line in enumerate(lines) if line.startswith("╭─ green")), None)
    if top is None:
        return {}
    bottom = next(number for number, line in enumerate(lines) if number > top and line.startswith("╰"))
    edges = [place for place, sign in enumerate(lines[top]) if sign == "╭"]
    found = {}
    for left, right in zip(edges, [*edges[1:], len(lines[top])], strict=True):
        name = lines[top][left:right].split()[1]
        found[name] = "\n".join(line[left + 1 : right].strip(" │█") for line in lines[top : bottom + 1])
    return found


def shows(*words: str) -> Callable[[str], bool]:
    """Whether all of these words are on the screen."""
    return lambda screen: all(word in screen for word in words)


def run_of(terminal: Terminal, recipe: str) -> dict[str, str]:
    """The panes at the end of the recipe's run, which is first played in slow motion."""
    before = ""

    def over(screen: str) -> bool:
        nonlocal before
        # A frame is written from the top down, so that what stands below may be of the one before.
        still, before = screen == before, screen
        return still and f"code  {recipe}" in screen and "finished" in screen.partition("\n")[0]

    terminal.until(f"the run of {recipe}", shows(f"code  {recipe}"))
    terminal.press("End")
    return panes(terminal.until(f"the end of {recipe}", over))


def skip_the_guide(terminal: Terminal) -> None:
    """Press escape; a key that came at once after it would be taken for the rest of its sequence."""
    terminal.press("Escape")
    terminal.until("the guide is gone", lambda screen: "1 of 5" not in screen)


def test_driver_and_sharing_are_changed_by_keys_and_read_off_the_panes(terminal: Terminal, own_place: Place) -> None:
    terminal.start(120, 40)
    terminal.until("the first visit's guide", shows("1 of 5", "Three tasks, one query"), START)
    skip_the_guide(terminal)
    run = run_of(terminal, "psycopg · new connection")
    assert list(run) == ["green", "pink", "teal"]
    for name in run:
        assert "fetched 100 %" in run[name]
        assert "3 of 3 rows" in run[name]

    terminal.press("s", "s")
    run = run_of(terminal, "psycopg · shared cursor")
    for name in ("green", "pink"):
        assert "no result available" in run[name]
        assert "2 rows lost" in run[name]
    assert "fetched 100 %" in run["teal"]
    terminal.until("the ribbon", shows("g p ttt", "5 of 9 arrived", "4 lost"))

    terminal.press("D")
    terminal.until("why asyncpg cannot", shows("asyncpg has no cursor that several tasks can execute on"))
    terminal.press("S")
    run = run_of(terminal, "asyncpg · shared connection")
    assert "fetched 100 %" in run["green"]
    for name in ("pink", "teal"):
        assert "InterfaceError" in run[name]
        assert "another operation is in progress" in " ".join(run[name].split())

    terminal.press("?")
    terminal.until("the help", shows("Run the experiment.", "The next sharing mode."))
    terminal.press("Escape")
    terminal.until("the help is gone", lambda screen: "Run the experiment." not in screen)
    terminal.press("C-q")
    assert terminal.until_ended() == "0"
    assert not own_place.is_alive()
    eventually(lambda: not processes_of(own_place.base), within=10)


def test_a_run_under_way_ends_with_pgtui_however_that_ends(terminal: Terminal, own_place: Place) -> None:
    def begin() -> None:
        first = not own_place.directory.data.exists()
        terminal.start(80, 24, "--rows", "1000", "--server-delay", "0.05")  # 50 s
        if first:
            terminal.until("the first visit's guide", shows("1 of 5"), START)
            skip_the_guide(terminal)
        terminal.until("the tasks' waiting", lambda screen: "server" in panes(screen).get("green", ""))

    begin()
    terminal.press("C-c")
    terminal.until("how to leave", shows("Press ctrl+q to quit"))
    terminal.press("C-q")
    assert terminal.until_ended() == "0"
    eventually(lambda: not processes_of(own_place.base), within=10)
    for way in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        begin()
        terminal.kill(way)
        terminal.until_ended()
        eventually(lambda: not processes_of(own_place.base), within=10)
