"""`pgtui guide` and `pgtui explain` as a user calls them: output, exit codes, and nothing left behind."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pgtui.cli.main import status
from pgtui.guide import hazards
from pgtui.postgres import Target
from pgtui.postgres.backends import count_backends

PGTUI = [sys.executable, "-m", "pgtui"]


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = status(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_the_list_has_every_hazard_with_its_number_id_and_title(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capsys, "guide")
    assert code == 0
    for one in hazards():
        assert any(line.split()[:2] == [str(one.number), one.id] and one.title in line for line in out.splitlines())


def test_show_tells_why_and_prints_both_recipes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capsys, "guide", "show", "shared-cursor")
    assert code == 0
    assert "psycopg/cursor_async.py:" in out
    assert "no result available" in out
    assert "psycopg: shows it" in out
    assert "async def execute_and_iterate(task: Task, cursor: Cursor) -> None:" in out
    assert "psycopg: the right way" in out
    assert "async def cursor_each" in out


def test_an_unknown_hazard_is_wrong_usage_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("show", "run"):
        code, out, err = called(capsys, "guide", command, "shared-curser")
        assert code == 2
        assert not out
        assert "shared-curser" in err
        assert "Did you mean shared-cursor" in err


def test_run_wants_a_name_or_all_and_not_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, "guide", "run")[0] == 2
    assert called(capsys, "guide", "run", "--all", "shared-cursor")[0] == 2


def test_run_without_a_server_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capsys, "guide", "run", "1", "--json", "--dsn", "host=127.0.0.1 port=1 password=hunter2")
    assert code == 3
    assert not out
    assert "127.0.0.1:1" in err
    assert "hunter2" not in err


@pytest.mark.live
def test_run_json_is_one_object_on_stdout_and_progress_is_on_stderr(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = called(capsys, "guide", "run", "shared-cursor", "2", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["schema"] == 1
    assert [(one["number"], one["id"]) for one in told["hazards"]] == [(1, "shared-cursor"), (2, "one-result")]
    for one in told["hazards"]:
        assert one["title"]
        assert one["shown"] is True
        assert one["right_way_clean"] is True
        assert one["skipped"] is None
        assert "." in one["seen"]
    assert "[1/2] 1 shared-cursor: shown, right way clean" in err


@pytest.mark.live
def test_hazards_that_write_are_skipped_on_a_users_server_unless_allowed(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn = f"host={target.host} port={target.port} user={target.user} dbname={target.dbname}"
    code, out, _ = called(capsys, "guide", "run", "foreign-commit", "--json", "--dsn", dsn)
    (one,) = json.loads(out)["hazards"]
    assert code == 0
    assert "--allow-writes" in one["skipped"]
    assert one["shown"] is False
    assert one["right_way_clean"] is False

    code, out, _ = called(capsys, "guide", "run", "foreign-commit", "--json", "--dsn", dsn, "--allow-writes")
    (one,) = json.loads(out)["hazards"]
    assert one["skipped"] is None
    assert one["shown"] is True
    assert one["right_way_clean"] is True


needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks /proc for what was started")


async def running(name: str, program: str | None) -> tuple[asyncio.subprocess.Process, set[int]]:
    """A `guide run` in the middle of its work, and the processes below it; one of them runs `program`."""
    process = await asyncio.create_subprocess_exec(
        *(*PGTUI, "guide", "run", *[name] * 20),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    words = await process.stderr.readline()  # the first one is over, the next has begun
    if b"skipped" in words:
        process.kill()
        await process.wait()
        pytest.skip(words.decode())
    descendants: set[int] = set()
    while program is not None and not any(program in _command(pid) for pid in descendants):
        descendants |= _descendants(process.pid)
        await asyncio.sleep(0.01)
    return process, descendants


@pytest.mark.live
@needs_proc
@pytest.mark.parametrize(
    ("name", "program"),
    [("starved-loop", None), ("copy-callback", "pgtui.guide.child"), ("pgbouncer-statements", "pgbouncer -q")],
)
async def test_an_interrupt_ends_with_130_and_leaves_nothing(name: str, program: str | None, target: Target) -> None:
    async with asyncio.timeout(40):
        process, descendants = await running(name, program)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        err = (await process.stderr.read()).decode()
        assert await process.wait() == 130
        assert "Interrupted." in err
        assert "Traceback" not in err
        while any(_command(pid) for pid in descendants):
            await asyncio.sleep(0.02)
        while await _backends_of(target, process.pid):
            await asyncio.sleep(0.02)


@pytest.mark.live
@needs_proc
@pytest.mark.parametrize(
    ("name", "program"), [("copy-callback", "pgtui.guide.child"), ("pgbouncer-statements", "pgbouncer -q")]
)
async def test_what_it_started_ends_with_it_even_when_it_is_killed(name: str, program: str, target: Target) -> None:
    async with asyncio.timeout(40):
        process, descendants = await running(name, program)
        directories = {_directory(pid) for pid in descendants}
        assert program != "pgbouncer -q" or _left(directories), "its directory is seen while it is there"
        process.kill()
        await process.wait()
        while any(_command(pid) for pid in descendants):
            await asyncio.sleep(0.02)
    assert not _left(directories)


def _directory(pid: int) -> str:
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/cwd")
    return ""


def _left(directories: set[str]) -> list[str]:
    return [path for path in directories if "pgtui-bouncer-" in path and Path(path).exists()]


async def _backends_of(target: Target, pid: int) -> int:
    return sum([await count_backends(target, f"pgtui guide {pid}.{number}") for number in range(1, 60)])


def _command(pid: int) -> str:
    """Its command line; empty when it is gone."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _descendants(pid: int) -> set[int]:
    """The processes below it."""
    parents: dict[int, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def test_explain_tells_the_hazard_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capsys, "explain", "psycopg.ProgrammingError: no result available")
    assert code == 0
    assert out.startswith("1 shared-cursor")
    assert "pgtui guide run shared-cursor" in out


def test_explain_json_is_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capsys, "explain", "--json", 'cursor "rows" already exists')
    assert code == 0
    told = json.loads(out)
    assert told["schema"] == 1
    assert told["matches"][0]["number"] == 10
    assert told["matches"][0]["id"] == "same-cursor-name"
    assert 0 < told["matches"][0]["score"] < 1


def test_explain_says_honestly_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capsys, "explain", 'relation "nowhere" does not exist')
    assert (code, out) == (1, "")
    assert "Not known" in err
    code, out, _ = called(capsys, "explain", "--json", 'relation "nowhere" does not exist')
    assert (code, json.loads(out)) == (1, {"schema": 1, "matches": []})


def test_explain_reads_standard_input() -> None:
    traceback = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nKeyError: b'\\x00'\n"
    told = subprocess.run([*PGTUI, "explain", "--json"], input=traceback, capture_output=True, text=True, timeout=30)
    assert told.returncode == 0
    assert json.loads(told.stdout)["matches"][0]["number"] == 5


def test_explain_of_nothing_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = called(capsys, "explain", "  ")
    assert code == 2
    assert "empty" in err


def test_neither_help_nor_list_nor_explain_loads_a_driver_or_the_screen() -> None:
    script = """
import sys
from pgtui.cli.main import status
for arguments in (["guide", "--help"], ["guide", "run", "--help"], ["guide"], ["explain", "--help"],
                  ["explain", "no result available"]):
    assert status(arguments) == 0, arguments
loaded = {"asyncpg", "psycopg", "psycopg2", "aiopg", "pg8000", "sqlalchemy", "textual"} & set(sys.modules)
print("loaded:", sorted(loaded), file=sys.stderr)
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    assert "loaded: []" in told.stderr, told.stderr
