"""The drivers pgtui knows: what each is, and what it cannot do and why.

Nothing here imports a driver; a driver's recipes are imported when it is picked.
"""

from pgtui.core.experiment import Experiment, Reading, Sharing
from pgtui.drivers.driver import Combination, Driver
from pgtui.errors import UnsupportedError, UsageError

__all__ = ["DRIVERS", "Driver", "check", "driver"]

ON_THE_LOOP = "asyncio tasks, blocking"
"""The carrier of a driver that knows nothing of asyncio and is called on the event loop all the same."""

_ASYNCPG: dict[Combination, str] = {
    Sharing.SHARED_CURSOR: "asyncpg has no cursor that several tasks can execute on: a cursor is made for one query,"
    " by connection.cursor(query).",
    Reading.STREAM: "asyncpg has no stream(): what fetches while more rows are on the server is its cursor,"
    " reading server-cursor.",
    Reading.PIPELINE: "asyncpg has no pipeline for queries: a connection sends the next one when it has the answer"
    " to the last.",
}

_PSYCOPG_ON_THE_LOOP: dict[Combination, str] = {
    Sharing.POOL: "A pool with no connection left would block the loop until one comes back, and the task that has it"
    " needs the loop to give it back: a deadlock.",
    (Sharing.SHARED_CONNECTION, Reading.STREAM): "stream() holds the connection's lock until its last row: the next"
    " task would block the loop in waiting for the lock, and the first could never read on: a deadlock.",
    (Sharing.SHARED_CURSOR, Reading.STREAM): "stream() holds the connection's lock until its last row: the next"
    " task would block the loop in waiting for the lock, and the first could never read on: a deadlock.",
}

_AIOPG: dict[Combination, str] = {
    Reading.SERVER_CURSOR: "aiopg has no server-side cursors: an asynchronous connection of psycopg2 cannot have named"
    " ones, so the whole result comes at once.",
    Reading.STREAM: "aiopg has no stream(): psycopg2 loads the whole result before it hands out the first row.",
    Reading.PIPELINE: "aiopg has no pipeline: psycopg2 does not know libpq's pipeline mode.",
}

_AIOPG_SA: dict[Combination, str] = {
    Sharing.SHARED_CURSOR: "aiopg.sa makes a cursor of its own for each execute() and hides it: what tasks can share"
    " is its result, one-result.",
    **_AIOPG,
}

_SQLALCHEMY: dict[Combination, str] = {
    Sharing.SHARED_CURSOR: "SQLAlchemy makes a cursor of its own for each execute() and hides it: what tasks can share"
    " is its result, one-result.",
    Reading.STREAM: "SQLAlchemy's stream() reads through a server-side cursor: that is the reading server-cursor.",
    Reading.PIPELINE: "SQLAlchemy has no pipeline: it has the answer to one statement before it sends the next.",
}

_PG8000: dict[Combination, str] = {
    Sharing.POOL: "pg8000 has no pool of connections: SQLAlchemy's is the usual one.",
    Reading.SERVER_CURSOR: "pg8000 has no server-side cursors: execute() returns when the whole result is here.",
    Reading.STREAM: "pg8000 has no stream(): execute() returns when the whole result is here.",
    Reading.PIPELINE: "pg8000 has no pipeline: execute() returns when the answer is here.",
}

DRIVERS: tuple[Driver, ...] = (
    Driver(
        id="asyncpg",
        title="asyncpg",
        package="asyncpg",
        imports=("asyncpg",),
        module="pgtui.drivers.asyncpg_async",
        refuses=_ASYNCPG,
    ),
    Driver(
        id="psycopg",
        title="psycopg 3",
        package="psycopg",
        imports=("psycopg", "psycopg_pool"),
        install="'psycopg[binary,pool]'",
        module="pgtui.drivers.psycopg_async",
    ),
    Driver(
        id="aiopg",
        title="aiopg",
        package="aiopg",
        imports=("aiopg",),
        module="pgtui.drivers.aiopg_async",
        refuses=_AIOPG,
    ),
    Driver(
        id="aiopg-sa",
        title="aiopg.sa",
        package="aiopg",
        imports=("aiopg", "sqlalchemy"),
        install="aiopg sqlalchemy",
        module="pgtui.drivers.aiopg_sa",
        refuses=_AIOPG_SA,
    ),
    Driver(
        id="sqlalchemy-asyncpg",
        title="SQLAlchemy over asyncpg",
        package="sqlalchemy",
        imports=("sqlalchemy", "greenlet", "asyncpg"),
        install="'sqlalchemy[asyncio]' asyncpg",
        module="pgtui.drivers.sqlalchemy_asyncpg",
        refuses=_SQLALCHEMY,
    ),
    Driver(
        id="sqlalchemy-psycopg",
        title="SQLAlchemy over psycopg 3",
        package="sqlalchemy",
        imports=("sqlalchemy", "greenlet", "psycopg"),
        install="'sqlalchemy[asyncio]' 'psycopg[binary]'",
        module="pgtui.drivers.sqlalchemy_psycopg",
        refuses=_SQLALCHEMY,
    ),
    Driver(
        id="psycopg-threads",
        title="psycopg 3 in threads",
        package="psycopg",
        imports=("psycopg", "psycopg_pool"),
        install="'psycopg[binary,pool]'",
        module="pgtui.drivers.psycopg_threads",
        carrier="threads",
    ),
    Driver(
        id="pg8000-threads",
        title="pg8000 in threads",
        package="pg8000",
        imports=("pg8000",),
        module="pgtui.drivers.pg8000_threads",
        carrier="threads",
        refuses=_PG8000,
    ),
    Driver(
        id="psycopg-sync",
        title="psycopg 3 on the loop",
        package="psycopg",
        imports=("psycopg",),
        install="'psycopg[binary]'",
        module="pgtui.drivers.psycopg_sync",
        carrier=ON_THE_LOOP,
        refuses=_PSYCOPG_ON_THE_LOOP,
    ),
    Driver(
        id="pg8000-sync",
        title="pg8000 on the loop",
        package="pg8000",
        imports=("pg8000",),
        module="pgtui.drivers.pg8000_sync",
        carrier=ON_THE_LOOP,
        refuses=_PG8000,
    ),
)


def driver(name: str) -> Driver:
    """The driver with this id.

    Raises:
        UsageError: there is none.
    """
    for one in DRIVERS:
        if one.id == name:
            return one
    raise UsageError(f"There is no driver {name!r}.", f"Drivers: {', '.join(one.id for one in DRIVERS)}.")


def check(experiment: Experiment) -> Driver:
    """The experiment's driver, once it is sure that it can do the experiment.

    Raises:
        UsageError: there is no such driver.
        UnsupportedError: it cannot do this, or is not installed.
    """
    found = driver(experiment.driver)
    reason = found.refusal(experiment.sharing, experiment.reading)
    if reason:
        raise UnsupportedError(reason, _what_it_can(found, experiment.sharing))
    if found.version is None:
        raise UnsupportedError(f"The driver {found.id} is not installed.", f"Install it: {found.hint}")
    return found


def _what_it_can(one: Driver, sharing: Sharing) -> str:
    readings = [reading for reading in Reading if one.refusal(sharing, reading) is None]
    if readings:
        return f"With {sharing} {one.id} can read by: {', '.join(readings)}."
    return f"{one.id} can do: {', '.join(one.sharings())}."
