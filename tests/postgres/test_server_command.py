"""`pgtui server` shows the embedded server without starting it, stops it and throws its data away."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pgtui.cli.server import server
from pgtui.errors import PgtuiError, ServerError, UsageError
from pgtui.postgres.directory import BASE_VARIABLE
from tests.postgres.clients import Place, clients

pytestmark = pytest.mark.live


@pytest.fixture
def used_place(empty_place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The place that the command looks at."""
    monkeypatch.setenv(BASE_VARIABLE, str(empty_place.base))
    return empty_place


def _run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(server, arguments, input=answer, catch_exceptions=True)


def _refusal(*arguments: str) -> PgtuiError:
    error = _run(*arguments).exception
    assert isinstance(error, PgtuiError)
    return error


def test_a_life_of_a_server_is_shown(used_place: Place) -> None:
    shown = _run().stdout
    assert "state      not created yet" in shown
    assert f"directory  {used_place.directory.root}" in shown
    assert list(used_place.base.iterdir()) == []
    with clients(used_place, 2) as [first, second]:
        version = first.ready()["version"]
        second.ready()
        shown = _run().stdout
        assert "state      running" in shown
        assert f"version    PostgreSQL {version}" in shown
        assert f"socket     {used_place.directory.socket}" in shown
        pids = sorted((first.process.pid, second.process.pid))
        assert f"clients    2 pgtui processes ({pids[0]}, {pids[1]}), 0 connections" in shown
        second.kill()
        assert "clients    1 pgtui process (" in _run().stdout
        first.leave()
    shown = _run().stdout
    assert "state      stopped" in shown
    assert "clients    none" in shown
    assert not used_place.is_alive()


def test_a_server_in_use_is_stopped_by_force_only(used_place: Place) -> None:
    with clients(used_place) as [client]:
        client.ready()
        refusal = _refusal("stop")
        assert isinstance(refusal, UsageError)
        assert str(client.process.pid) in refusal.message
        assert "--force" in refusal.hint
        assert isinstance(_refusal("reset", "--yes"), UsageError)
        assert used_place.is_alive()
        assert _run("stop", "--force").stdout == "stopped\n"
        assert not used_place.is_alive()
        assert _run("stop").stdout == "not running\n"
        assert client.revive()["rows"] == 100_000
        assert used_place.is_alive()
        client.leave()
    assert not used_place.is_alive()


def test_a_reset_asks_first_and_the_next_start_makes_the_data_anew(used_place: Place) -> None:
    assert _run("reset", "--yes").stdout == "nothing to delete\n"
    with clients(used_place) as [client]:
        client.ready()
        client.leave()
    asked = _run("reset", answer="n\n")
    assert asked.exit_code == 1
    assert str(used_place.directory.root) in asked.stderr
    assert used_place.directory.data.exists()
    assert _run("reset", answer="y\n").stdout == "deleted\n"
    assert not list(used_place.directory.root.glob("data*"))
    assert _run("reset", "--yes").stdout == "nothing to delete\n"
    with clients(used_place) as [client]:
        assert client.ready()["rows"] == 100_000
        client.leave()


def test_a_wrong_directory_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BASE_VARIABLE, "relative/path")
    for command in ([], ["stop"], ["reset", "--yes"]):
        refusal = _refusal(*command)
        assert isinstance(refusal, UsageError)
        assert "relative/path" in refusal.message
    (tmp_path / "file").touch()
    monkeypatch.setenv(BASE_VARIABLE, str(tmp_path / "file"))
    refusal = _refusal()
    assert isinstance(refusal, ServerError)
    assert str(tmp_path / "file") in refusal.message
