"""Hazards of LISTEN: who hears a notification, and who waits meanwhile."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

HAZARDS = (
    Hazard(
        number=26,
        id="listener-lock",
        title="A psycopg listener holds the connection against everybody",
        happens="One task iterates over notifies(); another task's query on the same connection waits for as"
        " long as it listens.",
        why="notifies() holds the connection's lock while it waits, so that no query reads what it is waiting"
        " for. Without a timeout it never lets go; with one, others get through when it is over."
        " Notifications that arrive while nobody listens are kept and delivered later.",
        instead="Listen on a connection that does nothing else.",
        places=(
            Place("psycopg/connection_async.py", "AsyncConnection.notifies", "async with self.lock"),
            Place("psycopg/generators.py", "notifies"),
        ),
        issues=(
            "psycopg/psycopg#340",
            "psycopg/psycopg#756",
            "psycopg/psycopg#757",
            "psycopg/psycopg#760",
            "psycopg/psycopg#873",
            "psycopg/psycopg#1310",
        ),
        messages=(Message("TimeoutError", 0.6, needs=(r"with self\._conn\.lock", r"\.notifies\(")),),
        cases=(Case(driver="psycopg", recipes="psycopg_locks:LISTENER_LOCK"),),
    ),
    Hazard(
        number=27,
        id="listener-unheard",
        title="A listener that does not read hears nothing",
        happens="A connection listens and goes back to its pool, or has nothing to ask: notifications are"
        " lost, or come only with the next query.",
        why="LISTEN belongs to the session, and whoever reads its socket hears. asyncpg calls back while the"
        " connection is idle, but a connection that is released to the pool is reset, its listeners with it"
        " (there is a warning). pg8000 reads the socket only during a query, so what has been sent stays"
        " unread until the next one.",
        instead="Keep a connection for listening alone, outside of the pool. With pg8000, ask something from"
        " time to time.",
        places=(
            Place("asyncpg/connection.py", "Connection._check_listeners"),
            Place("asyncpg/connection.py", "Connection.reset"),
            Place("pg8000/core.py", "CoreConnection.handle_NOTIFICATION_RESPONSE"),
            Place("pg8000/core.py", "CoreConnection.handle_messages"),
        ),
        messages=(
            Message("active notification listener", 0.95),
            Message("is being released to the pool but has … active", 0.85),
        ),
        cases=(
            Case(driver="asyncpg", recipes="asyncpg_pools:LISTENER_IN_POOL"),
            Case(driver="pg8000-threads", recipes="pg8000_threads:DEAF_LISTENER"),
        ),
    ),
)
