"""`pgtui run`: the contract of its JSON, its words for people, its exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pgtui.cli.main import status
from pgtui.postgres import Target

pytestmark = pytest.mark.live

GPTTT = ["run", "--driver", "psycopg", "--share", "shared-cursor", "--yield"]


def told(*arguments: str) -> int:
    """Run the command on the tests' server: the embedded one, or that of PGTUI_TEST_DSN."""
    return status([*arguments, *dsn_arguments()])


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert told(*arguments, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert isinstance(result, dict)
    return result


def test_the_json_keeps_its_contract(capsys: pytest.CaptureFixture[str], target: Target) -> None:
    result = run_json(capsys, *GPTTT)
    assert result["schema"] == 1
    experiment = result["experiment"]
    assert {key: experiment[key] for key in ("driver", "sharing", "yielding", "tasks", "rows")} == {
        "driver": "psycopg",
        "sharing": "shared-cursor",
        "yielding": "sleep0",
        "tasks": 3,
        "rows": 3,
    }
    assert experiment["query"].startswith("SELECT")
    assert result["server"] == {"version": target.server_version, "embedded": target.embedded}
    assert result["same_every_run"] is True
    (run,) = result["runs"]
    assert run["order"] == [["green", 1], ["pink", 1], ["teal", 3]]
    assert run["switches"] == 2
    assert run["elapsed_ms"] > 0
    green, pink, teal = run["tasks"]
    assert green["backend_pid"] == pink["backend_pid"] == teal["backend_pid"] > 0
    rows = ("name", "expected", "received", "foreign", "doubled", "lost", "outcome")
    assert [green[key] for key in rows] == ["green", 3, 1, 0, 0, 2, "error"]
    assert [teal[key] for key in rows] == ["teal", 3, 3, 0, 0, 0, "done"]
    assert green["error"] == {
        "type": "psycopg.ProgrammingError",
        "message": "no result available",
        "sqlstate": None,
    }
    assert teal["error"] is None
    reset = next(finding for finding in run["findings"] if finding["rule"] == "cursor-reset")
    assert reset["task"] == "green"
    assert reset["text"]
    assert reset["advice"]


def test_repeats_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    same = run_json(capsys, *GPTTT, "--repeat", "5")
    assert len(same["runs"]) == 5
    assert same["same_every_run"] is True
    race = run_json(
        capsys, "run", "--share", "new-connection", "--yield", "--rows", "300", "--tasks", "4", "--repeat", "8"
    )
    assert race["same_every_run"] is False
    assert race["findings"][0]["rule"] == "order-is-a-race"
    for run in race["runs"]:
        assert all(task["received"] == 300 and task["lost"] == 0 for task in run["tasks"])


def test_words_for_people_are_plain_when_not_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(*GPTTT) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert re.search(r"^green  ✗ psycopg.ProgrammingError: no result available$", out, re.M)
    assert re.search(r"^teal +3 +3 +0 +0 +0 +\d+ +done$", out, re.M)
    assert "A cursor holds one result" in out
    assert "→ Give each task its own cursor" in out
    lines = out.splitlines()
    head = next(line for line in lines if line.startswith("task"))
    assert [line.rstrip() for line in lines] == lines
    assert head.split() == ["task", "expected", "received", "foreign", "doubled", "lost", "steps", "outcome"]


def test_64_tasks_of_1000_rows_get_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    result = run_json(
        capsys, "run", "--share", "new-connection", "--yield", "--tasks", "64", "--rows", "1000", "--timeout", "90"
    )
    tasks = result["runs"][0]["tasks"]
    assert len(tasks) == 64
    assert all(
        (task["outcome"], task["received"], task["foreign"], task["doubled"], task["lost"]) == ("done", 1000, 0, 0, 0)
        for task in tasks
    )
    assert sum(count for _, count in result["runs"][0]["order"]) == 64_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tasks", "0"], "0 is no number of tasks"),
        (["--rows", "-1"], "-1 is no number of rows"),
        (["--driver", "psycpg"], "no driver 'psycpg'"),
        (["--share", "everything"], "everything"),
        (["--tasks", "many"], "many"),
        (["--query", ""], "query is empty"),
        (["--timeout", "0"], "timeout is 0"),
        (["--record", "/nowhere/run.jsonl"], "/nowhere"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(["run", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
    assert "Traceback" not in captured.err


def test_no_server_is_exit_code_3_and_no_password(capsys: pytest.CaptureFixture[str]) -> None:
    dsn = "postgresql://somebody:hunter2@127.0.0.1:1/nothing"
    assert status(["run", "--dsn", dsn]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    for word in ("127.0.0.1", "1", "nothing", "somebody"):
        assert word in captured.err
    assert "hunter2" not in captured.err


def test_what_a_task_meets_is_no_failure_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    result = run_json(capsys, "run", "--query", "SELECT 1 / 0")
    errors = {(task["error"]["type"], task["error"]["sqlstate"]) for task in result["runs"][0]["tasks"]}
    assert errors == {("psycopg.errors.DivisionByZero", "22012")}
    result = run_json(capsys, "run", "--query", "SELEC 1")
    assert {task["error"]["sqlstate"] for task in result["runs"][0]["tasks"]} == {"42601"}
    assert {task["expected"] for task in result["runs"][0]["tasks"]} == {None}


def test_a_query_that_takes_no_brackets_runs_untagged(capsys: pytest.CaptureFixture[str]) -> None:
    result = run_json(capsys, "run", "--query", "SHOW server_version")
    assert result["experiment"]["tagged"] is False
    assert [task["received"] for task in result["runs"][0]["tasks"]] == [1, 1, 1]
    assert [task["lost"] for task in result["runs"][0]["tasks"]] == [0, 0, 0]


def test_a_query_s_own_rows_are_what_is_expected(capsys: pytest.CaptureFixture[str]) -> None:
    result = run_json(capsys, "run", "--query", "SELECT 1 AS one -- two;", "--rows", "5")
    assert [task["expected"] for task in result["runs"][0]["tasks"]] == [1, 1, 1]


def test_hostile_values_cannot_write_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert told("run", "--query", "SELECT E'\\x1b[31mred\\x07 [bold]\\n' AS a, '\\x00ff'::bytea AS b") == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "␛[31mred␇ [bold]␊" in out


def test_each_row_costs_the_server_its_delay(capsys: pytest.CaptureFixture[str]) -> None:
    result = run_json(capsys, "run", "--server-delay", "0.05", "--tasks", "1")
    assert result["runs"][0]["elapsed_ms"] > 150


def test_a_timed_out_run_says_so_and_leaves_no_backend(capsys: pytest.CaptureFixture[str], target: Target) -> None:
    result = run_json(capsys, "run", "--server-delay", "5", "--timeout", "0.4")
    assert [task["outcome"] for task in result["runs"][0]["tasks"]] == ["timeout"] * 3
    assert result["runs"][0]["elapsed_ms"] < 5_000
    assert states(target, os.getpid()) == []


def test_a_recorded_run_is_replayed_without_a_server(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = str(tmp_path / "run.jsonl")
    result = run_json(capsys, *GPTTT, "--record", file)
    assert status(["replay", file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == result["runs"]
    Path(file).write_text("no run")
    assert status(["replay", file, "--json"]) == 2
    assert "line 1" in capsys.readouterr().err


def test_ctrl_c_ends_with_130_and_leaves_no_backend(target: Target) -> None:
    arguments = ["run", "--server-delay", "10", *dsn_arguments()]
    process = subprocess.Popen(
        [sys.executable, "-m", "pgtui", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 30
        while "active" not in states(target, process.pid):
            assert time.monotonic() < deadline, "the run never began"
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert states(target, process.pid) == []


def dsn_arguments() -> list[str]:
    dsn = os.environ.get("PGTUI_TEST_DSN")
    return ["--dsn", dsn] if dsn else []


def states(target: Target, pid: int) -> list[str]:
    """The states of the backends that runs of this process have; other tests' workers have theirs."""
    import psycopg

    with psycopg.connect(target.conninfo("pgtui test")) as connection:
        found = connection.execute(
            "SELECT state FROM pg_stat_activity WHERE application_name LIKE %s", [f"pgtui {pid}.%"]
        ).fetchall()
    return [state for (state,) in found]
