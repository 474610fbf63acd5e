"""Makes an experiment's query ready on a target: does it take a tag, and how many rows will it give?"""

from dataclasses import dataclass

import psycopg

from pgtui.core.experiment import Experiment
from pgtui.core.tagging import bare, counted, tagged
from pgtui.errors import ServerError, UsageError
from pgtui.postgres.target import Target

DEMO_QUERY = "SELECT id, name FROM dh_monitors"
COUNT_SECONDS = 10
"""A query that takes longer to count is run all the same; it is then expected to fill its rows."""


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A query on a target.

    Attributes:
        text: the SQL that the user means.
        queries: what each task executes; queries[0] is the run's own.
        expected: rows that each of them gives; None when it is not known.
        tagged: whether each row says who asked for it.
        columns: names of the columns, without the tag's.
    """

    text: str
    queries: tuple[str, ...]
    expected: int | None
    tagged: bool
    columns: tuple[str, ...]


def demo_query(target: Target, rows: int) -> str:
    """Rows to show when the user names no query: the demo table, or the same made up on a server that has none."""
    if target.embedded:
        return DEMO_QUERY
    return f"SELECT md5(i::text)::uuid AS id, 'monitor_' || i AS name FROM generate_series(1, {rows}) AS i"


async def prepare_query(target: Target, experiment: Experiment) -> PreparedQuery:
    """Ask the server about the experiment's query, in a read-only transaction.

    Raises:
        ServerError: the server does not answer.
        UsageError: the query would run unwrapped on a server that cannot be told to only read.
    """
    text = bare(experiment.query) if experiment.query is not None else demo_query(target, experiment.rows)
    try:
        async with await psycopg.AsyncConnection.connect(
            target.conninfo("pgtui prepare"), connect_timeout=10
        ) as connection:
            await connection.set_read_only(True)
            expected, columns, takes_tag = await _asked(connection, text, experiment.rows)
            await connection.rollback()
    except psycopg.OperationalError as error:
        raise ServerError(
            f"{target.description} does not answer: {str(error).strip().splitlines()[0]}.",
            "Is it still running? `pgtui server` tells about the embedded one.",
        ) from error
    if not takes_tag and target.read_only and not target.writes_refused:
        raise UsageError(
            "This server takes no startup options, so it cannot be told to only read, and the query cannot be"
            f" wrapped in a SELECT: {text.splitlines()[0][:80]!r}.",
            "Give a SELECT, or --allow-writes if the query may do what it likes.",
        )
    numbers = range(experiment.tasks + 1)
    queries = tuple(
        tagged(text, number, experiment.rows, experiment.server_delay) if takes_tag else text for number in numbers
    )
    return PreparedQuery(text, queries, expected, takes_tag, columns)


async def _asked(
    connection: psycopg.AsyncConnection[tuple[object, ...]], text: str, rows: int
) -> tuple[int | None, tuple[str, ...], bool]:
    """Expected rows, columns, and whether the query can stand in brackets."""
    try:
        await connection.execute(f"SET LOCAL statement_timeout = {COUNT_SECONDS * 1000}")
        cursor = await connection.execute(tagged(text, 0, 0).encode())
        columns = tuple(column.name for column in cursor.description or ())[:-2]
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return None, (), False
    try:
        row = await (await connection.execute(counted(text, rows).encode())).fetchone()
    except psycopg.errors.QueryCanceled:
        return rows, columns, True
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        # The query fails while it runs; the tasks will show how. Nothing can be said of its rows.
        return None, columns, True
    return (int(str(row[0])) if row else None), columns, True
