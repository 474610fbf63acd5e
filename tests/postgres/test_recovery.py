"""What a crash, a killed process or a foreign hand leaves behind is recovered from at the next start."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from pgtui.postgres.account import server_account
from pgtui.postgres.directory import BASE_VARIABLE, SOCKET_PORT
from tests.postgres.clients import Place, clients, eventually, processes_of

pytestmark = pytest.mark.live


def test_after_a_killed_postmaster_the_open_client_and_the_next_go_on(anyones_place: Place) -> None:
    with clients(anyones_place) as [first]:
        started = first.ready()["started"]
        os.kill(anyones_place.postmaster(), signal.SIGKILL)
        revived = first.revive()
        assert revived["rows"] == 100_000
        assert revived["started"] != started
        os.kill(anyones_place.postmaster(), signal.SIGKILL)
        with clients(anyones_place) as [second]:
            assert second.ready()["rows"] == 100_000
            second.leave()
        assert anyones_place.is_alive()
        first.leave()
    assert not anyones_place.is_alive()


def test_nothing_committed_is_lost_when_all_its_processes_are_killed(place: Place) -> None:
    with clients(place) as [client]:
        client.ready()
        with _connected(place) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 200000) AS n")
        for pid in _postgres_processes(place):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        client.revive()
        with _connected(place) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (200_000,)
        client.leave()


def test_a_busy_backend_that_outlives_its_postmaster_is_ended(place: Place) -> None:
    with clients(place) as [client]:
        client.ready()
        with _busy_query(place):
            os.kill(place.postmaster(), signal.SIGKILL)
            begun = time.monotonic()
            assert client.revive()["rows"] == 100_000
            assert time.monotonic() - begun < 20
        client.leave()
    eventually(lambda: not processes_of(place.base), within=5)


def test_a_stale_file_that_names_a_foreign_process_does_not_touch_it(place: Place) -> None:
    with clients(place) as [first]:
        first.ready()
        left_behind = place.directory.postmaster_pid.read_text()
        first.leave()
    # PostgreSQL sees for itself that a process of another user's is none of its own.
    account = server_account()
    with subprocess.Popen(["sleep", "600"], user=account.uid if account.switched else None) as bystander:
        try:
            owner = place.directory.data.stat()
            _, _, rest = left_behind.partition("\n")
            place.directory.postmaster_pid.write_text(f"{bystander.pid}\n{rest}")
            os.chown(place.directory.postmaster_pid, owner.st_uid, owner.st_gid)
            place.directory.socket.touch()
            lock = place.directory.socket.with_name(f"{place.directory.socket.name}.lock")
            lock.write_text(f"{bystander.pid}\n")
            with clients(place) as [second]:
                assert second.ready()["rows"] == 100_000
                second.leave()
            assert bystander.poll() is None
        finally:
            bystander.kill()


@pytest.mark.parametrize("missing", ["PG_VERSION", "global/pg_control", "everything"])
def test_half_made_data_are_put_aside_and_made_anew(place: Place, missing: str) -> None:
    data = place.directory.data
    if missing == "everything":
        shutil.rmtree(data)
        data.mkdir()
    else:
        (data / missing).unlink()
    (place.directory.root / "data.new-left").mkdir()
    with clients(place) as [second]:
        assert second.ready()["rows"] == 100_000
        second.leave()
    assert sorted(path.name for path in place.directory.root.glob("data*")) == ["data", "data.broken"]


def test_damage_that_stays_is_one_sentence_with_the_path(place: Place) -> None:
    control = place.directory.data / "global" / "pg_control"
    control.write_bytes(bytes(control.stat().st_size))
    with clients(place) as [second]:
        told = second.ready()
    assert told["exit_code"] == 3
    assert str(place.directory.root) in str(told["error"])
    assert "\n" not in str(told["error"])
    assert "pgtui server reset" in str(told["hint"])
    environment = {**os.environ, BASE_VARIABLE: str(place.base)}
    reset = [sys.executable, "-m", "pgtui", "server", "reset", "--yes"]
    subprocess.run(reset, env=environment, timeout=60, check=True, capture_output=True)
    with clients(place) as [third]:
        assert third.ready()["rows"] == 100_000
        third.leave()


def test_a_killed_reaper_is_replaced_by_the_next_client(place: Place) -> None:
    with clients(place) as [first]:
        first.ready()
        eventually(lambda: bool(_reapers(place)), within=5)
        for pid in _reapers(place):
            os.kill(pid, signal.SIGKILL)
        with clients(place) as [second]:
            second.ready()
            eventually(lambda: bool(_reapers(place)), within=5)
            second.kill()
            first.kill()
            eventually(lambda: not place.is_alive(), within=2)


def _connected(place: Place) -> psycopg.Connection:
    return psycopg.connect(
        host=str(place.directory.sockets), port=SOCKET_PORT, user="pgtui", dbname="pgtui", autocommit=True
    )


@contextmanager
def _busy_query(place: Place) -> Iterator[None]:
    """A query that computes for minutes, and so does not notice when its postmaster dies."""
    with _connected(place) as connection:

        def compute() -> None:
            with suppress(psycopg.OperationalError):
                connection.execute("SELECT count(*) FROM generate_series(1, 100000000000)")

        thread = threading.Thread(target=compute)
        thread.start()
        with _connected(place) as observer:
            query = "SELECT FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
            eventually(lambda: observer.execute(query).fetchone() is not None, within=10)
        yield
        thread.join(30)
        assert not thread.is_alive()


def _postgres_processes(place: Place) -> list[int]:
    """The postmaster first, then the others."""
    others = [pid for pid, line in processes_of(place.base).items() if line.startswith("postgres:")]
    return [place.postmaster(), *others]


def _reapers(place: Place) -> list[int]:
    return [pid for pid, line in processes_of(place.base).items() if "pgtui.postgres.reaper" in line]
