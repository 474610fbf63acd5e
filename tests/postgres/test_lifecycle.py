"""The embedded server's life: shared, started once, stopped by the last, however its clients end."""

import signal

import psycopg
import pytest

from pgtui.postgres.directory import SOCKET_PORT
from tests.postgres.clients import Place, clients, eventually, processes_of

pytestmark = pytest.mark.live


def test_the_first_start_is_announced_the_next_is_silent_and_data_persist(anyones_empty_place: Place) -> None:
    place = anyones_empty_place
    with clients(place) as [first]:
        assert first.ready()["rows"] == 100_000
        assert len(first.progress) == 2
        with _connect(place) as connection:
            connection.execute("CREATE TABLE mine AS SELECT 42 AS answer")
        first.leave()
        assert not place.is_alive()
    with clients(place) as [later]:
        later.ready()
        assert later.progress == []
        with _connect(place) as connection:
            assert connection.execute("SELECT answer FROM mine").fetchone() == (42,)
        later.leave()


@pytest.mark.parametrize("count", [2, 5, 20])
def test_many_at_once_share_one_server_and_the_last_stops_it(empty_place: Place, count: int) -> None:
    place = empty_place
    with clients(place, count) as all_of_them:
        assert len({client.ready()["started"] for client in all_of_them}) == 1
        last, *others = all_of_them
        for number, client in enumerate(others):
            if number % 2:
                client.kill()
            else:
                client.leave()
        assert place.is_alive()
        last.leave()
        assert not place.is_alive()
    eventually(lambda: not processes_of(place.base), within=5)


def test_killed_clients_take_the_server_with_them_within_a_second(anyones_place: Place) -> None:
    place = anyones_place
    with clients(place, 3) as all_of_them:
        for client in all_of_them:
            client.ready()
        for client in all_of_them:
            client.kill()
        eventually(lambda: not place.is_alive(), within=1)
    eventually(lambda: not processes_of(place.base), within=5)
    with clients(place) as [later]:
        assert later.ready()["rows"] == 100_000
        later.leave()


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_server_is_left_when_a_client_dies_while_starting_it(place: Place, way: signal.Signals) -> None:
    with clients(place) as [starting]:
        eventually(lambda: place.directory.lifecycle_lock.read_bytes() == b"starting", within=30)
        starting.process.send_signal(way)
        starting.process.wait(20)
        eventually(lambda: not processes_of(place.base), within=10)
    with clients(place) as [next_one]:
        assert next_one.ready()["rows"] == 100_000
        next_one.leave()


def test_a_client_that_dies_while_creating_the_data_leaves_nothing_half_made(empty_place: Place) -> None:
    place = empty_place
    with clients(place) as [creating]:
        creating.next(lambda told: "Creating" in str(told.get("progress")))
        creating.kill()
    with clients(place) as [loading]:
        loading.next(lambda told: "Loading" in str(told.get("progress")))
        loading.kill()
    with clients(place) as [third]:
        assert third.ready()["rows"] == 100_000
        third.leave()
    assert not list(place.directory.root.glob("data.new-*"))


def _connect(place: Place) -> psycopg.Connection:
    return psycopg.connect(
        host=str(place.directory.sockets), port=SOCKET_PORT, user="pgtui", dbname="pgtui", autocommit=True
    )
