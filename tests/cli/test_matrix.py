"""`pgtui matrix`: the contract of its JSON, its table for people, its progress, and how it ends."""

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
from pgtui.cli.matrix import COLUMNS, lines
from pgtui.core.experiment import Experiment, Sharing, Yielding
from pgtui.drivers.registry import DRIVERS
from pgtui.matrix.cells import Cell, Verdict, unsupported
from pgtui.postgres import Target

VERDICTS = {"blocks", "mix", "round-robin", "refused", "errors", "unsupported"}


def made_cells() -> list[Cell]:
    """A whole matrix as wide as it gets: every driver, the longest cells."""
    worst = {
        "runs": (Verdict.ERRORS, Verdict.MIX),
        "same_every_run": False,
        "lost": 12_345,
        "foreign": 12_345,
        "errors": {"KeyError": 2},
    }
    return [
        unsupported(Experiment(driver=driver.id, sharing=sharing, yielding=yielding), f"{driver.id} has none.")
        if sharing is Sharing.SHARED_CURSOR
        else Cell(
            experiment=Experiment(driver=driver.id, sharing=sharing, yielding=yielding),
            verdict=Verdict.ERRORS,
            **worst,  # type: ignore[arg-type]  # a Cell's fields
        )
        for driver in DRIVERS
        for sharing in Sharing
        for yielding in Yielding
    ]


def test_the_table_fits_100_columns_and_has_every_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    told = list(lines(made_cells(), "3 tasks"))
    assert max(map(len, told)) <= COLUMNS
    text = "\n".join(told)
    assert text.count("× errors □12,345 ←12,345 ≠") == len(DRIVERS) * 8
    assert text.count("· unsupported") == len(DRIVERS) * 2 + 1  # and one in the legend
    assert "\x1b" not in text
    for driver in DRIVERS:
        assert driver.id.rpartition("-")[2] in text
        assert f"{driver.id} shared-cursor: {driver.id} has none." in text


def test_the_legend_tells_every_verdict_in_order() -> None:
    told = "\n".join(lines(made_cells(), "3 tasks"))
    places = [told.index(f"\n{glyph} {word} ") for glyph, word in zip("■≈○Ø×·", Verdict, strict=True)]
    assert places == sorted(places)
    assert "□ rows lost   ← rows that reached the wrong task   ≠ not the same every run" in told


@pytest.mark.live
def test_the_json_keeps_its_contract(capsys: pytest.CaptureFixture[str], target: Target) -> None:
    result = matrix_json(capsys, "--driver", "psycopg", "--driver", "asyncpg", "--repeat", "3")
    assert result["schema"] == 1
    assert result["server"] == {"version": target.server_version, "embedded": target.embedded}
    assert (result["tasks"], result["rows"], result["repeat"]) == (3, 3, 3)
    cells = result["cells"]
    assert [cell["driver"] for cell in cells] == ["psycopg"] * 10 + ["asyncpg"] * 10
    for cell in cells:
        assert list(cell)[:8] == [
            "driver", "sharing", "yielding", "verdict", "same_every_run", "lost", "foreign", "errors",
        ]  # fmt: skip
        assert cell["verdict"] in VERDICTS
        assert (cell["verdict"] == "unsupported") == (cell["reason"] is not None) == (cell["runs"] == [])
    places = {(cell["driver"], cell["sharing"], cell["yielding"]): cell for cell in cells}
    reset = places["psycopg", "shared-cursor", "sleep0"]
    assert (reset["verdict"], reset["same_every_run"], reset["lost"]) == ("errors", True, 4)
    assert reset["errors"] == {"psycopg.ProgrammingError": 2}
    assert reset["order"] == [["green", 1], ["pink", 1], ["teal", 3]]
    assert places["asyncpg", "shared-connection", "none"]["verdict"] == "refused"


@pytest.mark.live
def test_results_are_on_stdout_and_progress_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert told("--driver", "psycopg", "--repeat", "1") == 0
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert "10 of 10 cells" in captured.err
    assert "cells\n" not in captured.out
    head = captured.out.splitlines()[0]
    assert head.split() == ["sharing", "yield", "psycopg"]
    assert re.search(r"^shared-cursor +none +■ blocks\n +sleep\(0\) +× errors □4$", captured.out, re.M)


@pytest.mark.live
def test_rows_and_tasks_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    result = matrix_json(capsys, "--driver", "psycopg", "--repeat", "1", "--rows", "50", "--tasks", "2")
    reset = next(c for c in result["cells"] if (c["sharing"], c["yielding"]) == ("shared-cursor", "sleep0"))
    assert reset["order"] == [["green", 1], ["pink", 50]]
    assert reset["lost"] == 49


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--driver", "psycpg"], "no driver 'psycpg'"),
        (["--repeat", "0"], "0 is not in the range"),
        (["--rows", "0"], "0 is no number of rows"),
        (["--tasks", "1001"], "1,001 is no number of tasks"),
        (["--timeout", "0"], "timeout is 0"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["matrix", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_no_server_is_exit_code_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["matrix", "--dsn", "postgresql://somebody:hunter2@127.0.0.1:1/nothing"]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "hunter2" not in captured.err


@pytest.mark.live
def test_ctrl_c_ends_with_130_and_prints_no_matrix_with_holes(tmp_path: Path) -> None:
    progress = tmp_path / "stderr"
    with progress.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "pgtui", "matrix", "--json", "--repeat", "50", *dsn_arguments()],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        try:
            deadline = time.monotonic() + 60
            while " cells" not in progress.read_text():
                assert time.monotonic() < deadline, "no cell was ever filled"
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    err = progress.read_text()
    assert process.returncode == 130
    assert out == ""
    assert re.search(r"^\d+ of \d+ cells had been run; a matrix with holes is not printed\.$", err, re.M)
    assert "Traceback" not in err


def test_importing_the_command_loads_neither_textual_nor_a_driver() -> None:
    code = "import pgtui.cli.matrix, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    for name in ("textual", "rich", "asyncpg", "psycopg", "aiopg", "sqlalchemy", "pg8000"):
        assert name not in loaded


def told(*arguments: str) -> int:
    """Run the command on the tests' server."""
    return status(["matrix", *arguments, *dsn_arguments()])


def matrix_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert told(*arguments, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert isinstance(result, dict)
    return result


def dsn_arguments() -> list[str]:
    dsn = os.environ.get("PGTUI_TEST_DSN")
    return ["--dsn", dsn] if dsn else []
