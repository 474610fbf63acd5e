"""Hazards of results and cursors: who gets the rows when several tasks read."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

HAZARDS = (
    Hazard(
        number=1,
        id="shared-cursor",
        title="Tasks that share a cursor lose their rows",
        happens="A cursor holds one result: the next task's execute() throws yours away while you were yielding.",
        why="execute() waits for the connection's lock, resets the cursor and puts its own result there."
        " Fetching takes no lock: it reads whatever result the cursor holds by then. So each task that"
        " yields between two rows comes back to a cursor that was reset, or to somebody else's result."
        " Without an await between the rows it seems to work, because the rows are in memory and the loop"
        " over them never lets go.",
        instead="Create a cursor for each execute(); it costs nothing. Or fetchall() before the next await.",
        places=(
            Place("psycopg/cursor_async.py", "AsyncCursor.execute", "async with self._conn.lock"),
            Place("psycopg/_cursor_base.py", "BaseCursor._start_query", "self._reset()"),
            Place("psycopg/_cursor_base.py", "BaseCursor._check_result_for_fetch", "no result available"),
        ),
        issues=("psycopg/psycopg#902", "psycopg/psycopg#825", "psycopg/psycopg2#853", "psycopg/psycopg2#811"),
        messages=(
            Message("no result available", 0.9),
            Message("the last operation didn't produce a result", 0.85),
            Message("the last operation didn't produce records", 0.75),
            Message("no results to fetch", 0.75),
        ),
        cases=(Case(driver="psycopg", recipes="psycopg_cursors:SHARED_CURSOR"),),
    ),
    Hazard(
        number=2,
        id="one-result",
        title="One result read by several tasks is split among them",
        happens="Nobody fails and everybody gets a part: each row goes to whoever asks next.",
        why="A cursor keeps one position in its result. Each fetchone() or __anext__() takes the row there"
        " and moves the position on, whichever task asks. With an await between the rows the readers take"
        " turns, exactly; without one the first reader takes everything.",
        instead="Let one task fetch all rows and give the list to the others, or let each task execute the"
        " query itself.",
        places=(
            Place("psycopg/cursor_async.py", "AsyncCursor.fetchone", "self._pos += 1"),
            Place("psycopg/cursor_async.py", "AsyncCursor.__anext__", "self._pos += 1"),
        ),
        messages=(Message("'NoneType' object has no attribute 'fetchone'", 0.8),),
        cases=(Case(driver="psycopg", recipes="psycopg_cursors:ONE_RESULT"),),
    ),
    Hazard(
        number=9,
        id="commit-closes-cursor",
        title="A commit closes the server-side cursors of all tasks",
        happens="A task reads from a server-side cursor, another commits on the same connection, and the"
        " cursor is gone.",
        why="A server-side cursor is a portal of the transaction that declared it, and ends with it. The"
        " transaction belongs to the connection: any task's COMMIT or ROLLBACK ends it for all, and the"
        " next FETCH of the cursor asks for a portal that does not exist any more.",
        instead="Read from a server-side cursor on a connection of the task's own. Where it must outlive a"
        " commit, declare it WITH HOLD (psycopg: cursor(name, withhold=True)); the server then keeps a copy"
        " of the result.",
        places=(
            Place("psycopg/_server_cursor_base.py", "ServerCursorMixin._fetch_gen"),
            Place("psycopg/_connection_base.py", "BaseConnection._commit_gen"),
            Place("asyncpg/cursor.py", "BaseCursor._check_ready", "cannot be created outside"),
        ),
        messages=(
            Message('cursor "…" does not exist', 0.92),
            Message("cursor cannot be created outside of a transaction", 0.85),
            Message('portal "…" does not exist', 0.8),
        ),
        cases=(
            Case(driver="psycopg", recipes="psycopg_cursors:COMMIT_CLOSES_CURSOR"),
            Case(driver="asyncpg", recipes="asyncpg_transactions:COMMIT_CLOSES_CURSOR"),
        ),
    ),
    Hazard(
        number=10,
        id="same-cursor-name",
        title="Server-side cursors of one name clash, and all tasks fail",
        happens="Two tasks name their server-side cursors alike on one connection: one clash, and every task fails.",
        why="The name of a server-side cursor is the name of a portal, and portals are the session's. The"
        " second DECLARE of a name is an error, an error aborts the transaction, and the transaction is"
        " everybody's: the task that declared the cursor first cannot fetch from it either.",
        instead="Give each cursor a name of its own, with the task's name or a counter in it; or a connection each.",
        places=(
            Place("psycopg/_server_cursor_base.py", "ServerCursorMixin._declare_gen"),
            Place("psycopg/_server_cursor_base.py", "ServerCursorMixin._make_declare_statement"),
        ),
        messages=(Message('cursor "…" already exists', 0.92),),
        cases=(Case(driver="psycopg", recipes="psycopg_cursors:SAME_CURSOR_NAME"),),
    ),
    Hazard(
        number=11,
        id="shared-server-cursor",
        title="A shared server-side cursor gives a task the rows of another",
        happens="Every task executes on one server-side cursor and reads: rows come, without an error, but"
        " to another task than the one that asked.",
        why="execute() on a named cursor closes the portal and declares the next query under the same"
        " name. Whoever fetches then, fetches by name from the portal that is there: the last task's."
        " Nothing tells a row of one's own query from a row of another's unless the query says it.",
        instead="Give each task a cursor object and a name of its own.",
        places=(
            Place("psycopg/_server_cursor_base.py", "ServerCursorMixin._declare_gen"),
            Place("psycopg/_server_cursor_base.py", "ServerCursorMixin._fetch_gen"),
        ),
        cases=(Case(driver="psycopg", recipes="psycopg_cursors:SHARED_SERVER_CURSOR"),),
    ),
    Hazard(
        number=12,
        id="no-server-cursor",
        title="aiopg has no server-side cursors",
        happens="A named cursor is refused, and so every result is loaded whole into memory.",
        why="aiopg runs psycopg2 in its asynchronous mode, in which psycopg2 has no named cursors. What the"
        " server keeps can still be had by hand, with DECLARE and FETCH in a transaction; in autocommit,"
        " which is all that aiopg has, BEGIN and COMMIT are one's own to send.",
        instead="DECLARE a cursor and FETCH from it in portions, or use a driver with server-side cursors:"
        " psycopg 3 or asyncpg.",
        places=(
            Place("aiopg/connection.py", "Connection._cursor_impl", "name=name"),
            Place("aiopg/connection.py", "Cursor.fetchone", "Don't support server side cursors"),
        ),
        issues=("aio-libs/aiopg#277",),
        messages=(
            Message("asynchronous connections cannot produce named cursors", 0.97),
            Message("Don't support server side cursors yet", 0.6),
        ),
        cases=(Case(driver="aiopg", recipes="aiopg_connections:NO_SERVER_CURSOR"),),
    ),
)
