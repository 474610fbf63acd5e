"""The command line as a whole: quick help, exit codes, commands that say what they are."""

import json
import subprocess
import sys

import pytest

from pgtui import __version__
from pgtui.cli.main import COMMANDS, pgtui, status
from pgtui.drivers.registry import DRIVERS


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_loads_neither_a_screen_nor_a_driver(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom pgtui.cli.main import status\n"
        f"code = status({arguments!r})\n"
        "heavy = {'textual', 'asyncpg', 'psycopg', 'psycopg_pool', 'psycopg2', 'aiopg', 'sqlalchemy', 'pg8000'}\n"
        "print(code, sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.splitlines()[-1] == "0 []"
    assert done.stdout


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["--version"]) == 0
    assert capsys.readouterr().out == f"pgtui {__version__}\n"


def test_an_unknown_command_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["dance"]) == 2
    assert "dance" in capsys.readouterr().err


def test_options_of_a_command_before_it_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["--tasks", "5", "drivers"]) == 2
    assert "go behind it" in capsys.readouterr().err


def test_the_explorer_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert status([]) == 2
    assert "needs a terminal" in capsys.readouterr().err


def test_every_command_s_help_agrees_with_the_list() -> None:
    context = pgtui.make_context("pgtui", ["drivers"], resilient_parsing=True)
    for name, (_, text) in COMMANDS.items():
        command = pgtui.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert text.endswith(".")


def test_drivers_are_listed_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["drivers", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["schema"] == 1
    assert [one["id"] for one in listed["drivers"]] == [one.id for one in DRIVERS]
    for one in listed["drivers"]:
        assert one["available"] is (one["version"] is not None)
        assert set(one["sharing"]) | set(one["refused"]) == {
            "new-connection", "shared-connection", "shared-cursor", "one-result", "pool",
        }  # fmt: skip
        assert all(reason.endswith(".") for reason in one["refused"].values())
    assert status(["drivers"]) == 0
    told = capsys.readouterr().out
    assert all(one.id in told for one in DRIVERS)


def test_a_missing_driver_is_shown_with_its_hint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "aiopg" else real(name, *a))
    assert status(["drivers", "--json"]) == 0
    missing = [one for one in json.loads(capsys.readouterr().out)["drivers"] if not one["available"]]
    assert {one["package"] for one in missing} == {"aiopg"}
    assert all("pip install" in one["hint"] for one in missing)
    assert status(["run", "--driver", "aiopg"]) == 2
    assert "pip install" in capsys.readouterr().err
