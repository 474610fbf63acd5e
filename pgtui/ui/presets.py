"""Experiments to begin with: the notebook's cells in their order and under their titles, then others worth a look."""

from dataclasses import dataclass

from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding


@dataclass(frozen=True, slots=True)
class Preset:
    """An experiment with a name.

    Attributes:
        group: the heading that it stands under.
        title: what it is called.
        hint: what to look at.
        experiment: what is run.
    """

    group: str
    title: str
    hint: str
    experiment: Experiment


_AIOPG, _PSYCOPG, _ASYNCPG = "The notebook · aiopg", "The notebook · psycopg3", "The notebook · asyncpg"
_MILLION = "SELECT i AS id, 'row ' || i AS name FROM generate_series(1, 1000000) AS i"
_TROUBLE, _LOAD = "What goes wrong", "Under load"


def _quiet(driver: str, sharing: Sharing = Sharing.NEW_CONNECTION, **rest: object) -> Experiment:
    return Experiment(driver=driver, sharing=sharing, yielding=Yielding.NONE).changed(**rest)


PRESETS: tuple[Preset, ...] = (
    Preset(_AIOPG, "In [3]  aiopg", "an engine a task; the rows do not mix", _quiet("aiopg-sa")),
    Preset(_PSYCOPG, "In [5]  Sync way", "one task, and nobody else", _quiet("psycopg-sync", tasks=1)),
    Preset(_PSYCOPG, "In [6]  Async way", "a connection each; the rows do not mix", _quiet("psycopg")),
    Preset(_PSYCOPG, "In [8]  Async way with one connection", "one lock, one lane: green, pink, teal",
           _quiet("psycopg", Sharing.SHARED_CONNECTION)),
    Preset(_PSYCOPG, "In [10]  Async way with one cursor", "it goes well, as nobody lets go of the loop",
           _quiet("psycopg", Sharing.SHARED_CURSOR)),
    Preset(_PSYCOPG, "In [12]  Async way with one cursor and await", "one sleep(0), and rows are lost",
           Experiment(driver="psycopg", sharing=Sharing.SHARED_CURSOR, reading=Reading.FETCHONE)),
    Preset(_ASYNCPG, "In [14]  asyncpg", "fetch() brings all rows at once",
           _quiet("asyncpg", reading=Reading.FETCHALL)),
    Preset(_ASYNCPG, "In [16]  Async way with functions that require many db calls",
           "a sleep(0) after each row: they mix", Experiment(driver="psycopg")),
    Preset(_TROUBLE, "asyncpg: one connection for three tasks", "another operation is in progress",
           Experiment(driver="asyncpg", sharing=Sharing.SHARED_CONNECTION)),
    Preset(_TROUBLE, "aiopg: one connection for three tasks", "it says that another task waits already",
           Experiment(driver="aiopg", sharing=Sharing.SHARED_CONNECTION)),
    Preset(_TROUBLE, "psycopg: one result for three tasks", "each row goes to whoever asks first",
           Experiment(driver="psycopg", sharing=Sharing.ONE_RESULT, rows=9)),
    Preset(_TROUBLE, "Threads on one connection", "threads switch where they like",
           Experiment(driver="pg8000-threads", sharing=Sharing.SHARED_CONNECTION, rows=30)),
    Preset(_LOAD, "Twenty tasks, a pool of three", "who waits for a connection, and how long",
           Experiment(driver="psycopg", sharing=Sharing.POOL, tasks=20, rows=10, pool_size=3)),
    Preset(_LOAD, "Flat out: three tasks, a million rows each", "follow it live; the screen takes its share",
           Experiment(driver="psycopg", query=_MILLION, rows=1_000_000, reading=Reading.SERVER_CURSOR, timeout=120)),
    Preset(_LOAD, "Sixty-four tasks", "the compact list; enter opens a task", Experiment(tasks=64, rows=100)),
    Preset(_LOAD, "A slow server", "every row costs 20 ms there", Experiment(rows=20, server_delay=0.02)),
)  # fmt: skip
