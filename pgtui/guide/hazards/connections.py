"""Hazards of a connection that tasks share: it refuses, or it queues, or it waits for itself."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

HAZARDS = (
    Hazard(
        number=3,
        id="connection-refuses",
        title="A shared connection turns all tasks but one away",
        happens="Three tasks use one connection at once: the first gets its rows, the others fail before their first.",
        why="A PostgreSQL connection answers one query at a time. asyncpg, aiopg and a SQLAlchemy session do"
        " not queue a second task: they look whether somebody waits for an answer already, and raise. So"
        " nothing is lost and nothing is mixed, but only one task is served. Behind a lock of one's own it"
        " works, if the lock is held until the rows are read.",
        instead="Take a connection for each task from a pool, and a session for each task. If it must be one"
        " connection, hold an asyncio.Lock from the query to its last row.",
        places=(
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol._check_state", "another operation is in progress"),
            Place("asyncpg/connection.py", "_Atomic.__enter__", "another operation is in progress"),
            Place("aiopg/connection.py", "Connection._create_waiter", "raise RuntimeError"),
            Place("aiopg/connection.py", "Cursor.fetchone", "Don't support server side cursors"),
            Place("sqlalchemy/orm/session.py", "SessionTransaction._raise_for_prerequisite_state", "provisioning"),
        ),
        issues=(
            "MagicStack/asyncpg#258",
            "MagicStack/asyncpg#56",
            "MagicStack/asyncpg#537",
            "MagicStack/asyncpg#706",
            "MagicStack/asyncpg#738",
            "MagicStack/asyncpg#695",
            "MagicStack/asyncpg#784",
            "encode/databases#81",
            "python-gino/gino#313",
            "python-gino/gino#715",
            "tortoise/tortoise-orm#1855",
            "aio-libs/aiopg#216",
            "aio-libs/aiopg#356",
            "aio-libs/aiopg#364",
            "aio-libs/aiopg#277",
            "sqlalchemy/sqlalchemy#5967",
            "sqlalchemy/sqlalchemy#10092",
        ),
        messages=(
            Message("another operation is in progress", 0.93),
            Message("called while another coroutine is already waiting for incoming data", 0.95),
            Message("cannot switch to state …; another operation (…) is in progress", 0.95),
            Message("another operation (…) is in progress", 0.9),
            Message("This session is provisioning a new connection; concurrent operations are not permitted", 0.95),
            Message("concurrent operations are not permitted", 0.85),
            Message("Don't support server side cursors yet", 0.88),
        ),
        cases=(
            Case(driver="asyncpg", recipes="asyncpg_connections:REFUSES"),
            Case(driver="aiopg", recipes="aiopg_connections:REFUSES"),
            Case(driver="sqlalchemy-asyncpg", recipes="sqlalchemy_asyncpg:SESSION_REFUSES"),
        ),
    ),
    Hazard(
        number=4,
        id="connection-queues",
        title="A shared connection makes tasks wait for each other",
        happens="All tasks get all of their rows, one after another: three queries take three times as long as one.",
        why="psycopg holds an asyncio.Lock for each query, and SQLAlchemy a mutex of its own above asyncpg."
        " Tasks that share the connection stand in that queue, first come, first served. Nothing fails, so it"
        " looks concurrent; the server works on one query at a time.",
        instead="Where the queries should overlap, give each task a connection from a pool. One connection is"
        " right for work that has to be in one transaction.",
        places=(
            Place("psycopg/cursor_async.py", "AsyncCursor.execute", "async with self._conn.lock"),
            Place("psycopg/connection_async.py", "AsyncConnection.__init__", "self.lock"),
            Place("sqlalchemy/connectors/asyncio.py", "AsyncAdapt_dbapi_connection.__init__", "_execute_mutex"),
            Place(
                "sqlalchemy/dialects/postgresql/asyncpg.py",
                "AsyncAdapt_asyncpg_cursor._prepare_and_execute",
                "_execute_mutex",
            ),
        ),
        issues=("MagicStack/asyncpg#706", "sqlalchemy/sqlalchemy#5967"),
        messages=(Message("TimeoutError", 0.5, needs=(r"with self\._conn\.lock",)),),
        cases=(
            Case(driver="psycopg", recipes="psycopg_lanes:QUEUED_CONNECTION"),
            Case(driver="sqlalchemy-asyncpg", recipes="sqlalchemy_asyncpg:QUEUED_CONNECTION"),
        ),
    ),
    Hazard(
        number=15,
        id="stream-deadlock",
        title="A query inside stream() waits for itself",
        happens="A task streams rows and asks something about each on the same connection: it stands still at"
        " the first.",
        why="stream() is a generator that holds the connection's lock from its first row to its last, because"
        " the rest of the result is still coming over that connection. A query inside the loop waits for the"
        " lock that its own task holds. Every other task waits too, also while the loop sleeps; and a"
        " generator that is kept somewhere without being closed keeps the lock.",
        instead="Ask on a second connection, or read the rows before asking. Close a stream that is not read"
        " to its end with contextlib.aclosing().",
        places=(
            Place("psycopg/cursor_async.py", "AsyncCursor.stream", "async with self._conn.lock"),
            Place("psycopg/cursor_async.py", "AsyncCursor.execute", "async with self._conn.lock"),
        ),
        issues=("psycopg/psycopg#405",),
        messages=(Message("TimeoutError", 0.6, needs=(r"with self\._conn\.lock", r"\.stream\(")),),
        cases=(Case(driver="psycopg", recipes="psycopg_locks:STREAM_DEADLOCK"),),
    ),
)
