"""Hazards of COPY and executemany: a connection that is busy for longer than it looks."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

HAZARDS = (
    Hazard(
        number=16,
        id="copy-deadlock",
        title="A query inside copy() waits for itself",
        happens="A task copies rows out and asks something about each on the same connection: it stands still"
        " at the first, and so does everybody else on that connection.",
        why="The block of copy() holds the connection's lock from beginning to end, because the connection is"
        " in COPY mode and takes nothing else. A query inside the block waits for the lock that its own task"
        " holds; other tasks wait for the whole copy. Older versions (3.2.3, for one) did not hold the lock"
        " in the block: there the query fails, because the connection is busy.",
        instead="Collect what is needed inside the block and ask when it is over, or ask on a second connection.",
        places=(
            Place("psycopg/cursor_async.py", "AsyncCursor.copy", "async with self._conn.lock"),
            Place("psycopg/cursor_async.py", "AsyncCursor.execute", "async with self._conn.lock"),
        ),
        messages=(
            Message("TimeoutError", 0.6, needs=(r"with self\._conn\.lock", r"\.copy\(")),
            Message("another command is already in progress", 0.7, beside=(r"\.copy\(", "psycopg/")),
        ),
        cases=(Case(driver="psycopg", recipes="psycopg_locks:COPY_DEADLOCK"),),
    ),
    Hazard(
        number=17,
        id="copy-callback",
        title="A query in the callback of asyncpg's COPY never ends",
        happens="The function that takes COPY's output asks something on the same connection, and both wait"
        " for each other.",
        why="While COPY's output is handed to the callback, asyncpg has stopped reading from the socket so"
        " that a slow callback is not flooded. A query in the callback waits for an answer on that socket. A"
        " timeout around it cancels the copy in the middle, which may leave the connection without its"
        " transport. Another task that tries meanwhile is turned away.",
        instead="Use a second connection inside the callback, or collect the data and ask when the copy is over.",
        places=(
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol._on_result__copy_out", "self.pause_reading()"),
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol.copy_out", "sink(buffer)"),
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol.resume_reading"),
        ),
        messages=(
            Message("'NoneType' object has no attribute 'resume_reading'", 0.95),
            Message("InterfaceError: connection is closed", 0.6, beside=("copy_from_query|copy_from_table|copy_out",)),
            Message("another operation is in progress", 0.5, beside=("copy_out|copy_from_query|_copy_out",)),
        ),
        cases=(Case(driver="asyncpg", recipes="asyncpg_connections:COPY_CALLBACK"),),
    ),
    Hazard(
        number=18,
        id="copy-breaks-connection",
        title="COPY on aiopg fails and breaks the connection",
        happens="COPY is refused with advice that does not help, and after that the connection refuses every"
        " query, though it is not closed.",
        why="psycopg2 cannot copy on an asynchronous connection. aiopg's copy methods say so before anything"
        " happens; but execute('COPY …') has reached the server by then, and psycopg2 raises without reading"
        " the copy to its end. libpq takes the connection for busy from then on.",
        instead="Copy with psycopg 3's cursor.copy(), with asyncpg, or with psycopg2 in a thread on a"
        " connection of its own. Close a connection on which it happened.",
        places=(
            Place("aiopg/connection.py", "Cursor.execute", "self._impl.execute"),
            Place("aiopg/connection.py", "Cursor.copy_to"),
            Place("aiopg/connection.py", "Cursor.copy_expert"),
        ),
        issues=("psycopg/psycopg#1198",),
        messages=(
            Message("can't execute COPY TO: use the copy_to() method instead", 0.95),
            Message("can't execute COPY FROM: use the copy_from() method instead", 0.95),
            Message("copy_expert cannot be used in asynchronous mode", 0.95),
            Message("copy_to cannot be used in asynchronous mode", 0.95),
            Message("copy_from cannot be used in asynchronous mode", 0.95),
            Message("cannot be used in asynchronous mode", 0.75),
            Message("another command is already in progress", 0.82, beside=("psycopg2", "aiopg")),
        ),
        cases=(Case(driver="aiopg", recipes="aiopg_connections:COPY_BREAKS"),),
    ),
    Hazard(
        number=19,
        id="executemany",
        title="Several executemany on one connection: one at a time, all or nothing",
        happens="Two tasks insert many rows over one connection: the second is refused, and of a task whose"
        " last row is faulty no row stays.",
        why="executemany() is one operation with many rows. asyncpg refuses another meanwhile, aiopg does not"
        " have it, and psycopg queues (until psycopg/psycopg#1159 an execute() beside it could meet a busy connection)."
        " The rows go to the server as one implicit transaction in asyncpg and as one pipeline in psycopg: an"
        " error in one row takes all of them back.",
        instead="One executemany() at a time on a connection, behind an asyncio.Lock or on connections of the"
        " tasks' own; rows that may fail alone, in batches of their own.",
        places=(
            Place("asyncpg/connection.py", "Connection._executemany"),
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol.bind_execute_many"),
            Place("psycopg/cursor_async.py", "AsyncCursor.executemany", "async with self._conn.lock"),
            Place("aiopg/connection.py", "Cursor.executemany", "raise"),
        ),
        issues=("psycopg/psycopg#1130", "psycopg/psycopg#1159"),
        messages=(
            Message("executemany cannot be used in asynchronous mode", 0.97),
            Message("sending query failed: another command is already in progress", 0.86),
            Message("another command is already in progress", 0.75, beside=("executemany", r"psycopg/")),
            Message("another operation is in progress", 0.5, beside=("executemany",)),
        ),
        cases=(
            Case(driver="asyncpg", recipes="asyncpg_connections:EXECUTEMANY", writes=True),
            Case(driver="aiopg", recipes="aiopg_connections:EXECUTEMANY"),
        ),
    ),
)
