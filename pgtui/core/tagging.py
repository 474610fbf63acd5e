"""Queries that tell who asked: each row carries its task's number and its own number in the result.

All tasks run the same query, so a stolen row looks like one's own; the two columns behind it are the only way to see
it. Pure text in, pure text out; whether the server accepts the wrapped query is for the server to say.
"""

TAG_COLUMNS = ("pgtui_task", "pgtui_row")


def bare(query: str) -> str:
    """The query without the semicolons and blanks behind it."""
    return query.rstrip(" \t\r\n;")


def tagged(query: str, task: int, rows: int, server_delay: float = 0.0) -> str:
    """The query cut at `rows` rows, with the tag of `task` behind each row.

    Args:
        query: any SELECT that may stand in parentheses.
        task: the number of the task that will ask; 0 for the run itself.
        rows: at most so many rows.
        server_delay: seconds that the server sleeps for each row.
    """
    # The line break before the bracket keeps a comment at the end of the query from swallowing it.
    # pg_sleep is volatile, so the server calls it for each row that it sends.
    owner = f"{task}" if not server_delay else f"CASE WHEN pg_sleep({server_delay:g})::text IS NOT NULL THEN {task} END"
    return (
        f"SELECT q.*, {owner} AS {TAG_COLUMNS[0]}, row_number() OVER () AS {TAG_COLUMNS[1]}"
        f" FROM ({bare(query)}\n) AS q LIMIT {rows}"
    )


def counted(query: str, rows: int) -> str:
    """How many rows the tagged query has."""
    return f"SELECT count(*) FROM (SELECT FROM ({bare(query)}\n) AS q LIMIT {rows}) AS counted"
