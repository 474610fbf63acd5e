"""Hazards of threads and event loops: who may touch a connection, and who gets a turn."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

HAZARDS = (
    Hazard(
        number=5,
        id="shared-by-threads",
        title="Threads that share a pg8000 connection read each other's answers",
        happens="Threads send queries over one connection, and each reads what comes next: rows of another's"
        " query arrive without an error, or the protocol falls apart.",
        why="pg8000 has no lock. Each thread writes its query to the socket and then reads messages until the"
        " server says it is ready; what it reads is whatever comes next, asked for by whomever. If whole"
        " answers are swapped, nobody notices; if a message is torn apart, a data byte is taken for a"
        " message's type. pg8000 says so: its threadsafety is 1, threads may share the module and not its"
        " connections.",
        instead="One connection a thread. If threads must share one, hold a lock from execute() to the last row.",
        places=(
            Place("pg8000/core.py", "CoreConnection.execute_simple"),
            Place("pg8000/core.py", "CoreConnection.handle_messages"),
            Place("pg8000/dbapi.py", "Cursor.execute", 'execute_simple("begin transaction")'),
        ),
        issues=("mfenniak/pg8000#147",),
        messages=(
            Message("KeyError: b'…'", 0.92, beside=("pg8000", "handle_messages")),
            Message("'NoneType' object is not an iterator", 0.65, beside=("pg8000", "handle_messages|execute")),
            Message("badly formed hexadecimal UUID string", 0.75, needs=("pg8000",)),
            Message("unpack requires a buffer", 0.75, needs=("pg8000",)),
            Message("invalid literal for int()", 0.6, needs=(r"pg8000[/\\](core|converters)",)),
        ),
        cases=(Case(driver="pg8000-threads", recipes="pg8000_threads:SHARED_BY_THREADS"),),
    ),
    Hazard(
        number=30,
        id="wrong-loop",
        title="An asynchronous connection used from another thread's loop",
        happens="A thread runs a loop of its own and uses a connection of the main loop: errors about a"
        " different loop, a connection that stays busy, now and then a crash of the interpreter.",
        why="A connection's socket, futures and locks belong to the loop it was opened on. From another loop"
        " its futures cannot be awaited, and what asyncpg, written in C, does to its buffers from two threads"
        " at once nobody keeps apart: the state of its protocol gets lost, and sometimes memory.",
        instead="Keep a connection on the loop it was opened on: send the work there with"
        " asyncio.run_coroutine_threadsafe(), or open a connection on each loop.",
        places=(
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol._new_waiter"),
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol._dispatch_result", "unknown protocol state"),
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol._check_state", "another operation is in progress"),
        ),
        issues=(
            "MagicStack/asyncpg#490",
            "MagicStack/asyncpg#1292",
            "bagofwords1/bagofwords#252",
            "inmanta/inmanta-core#3802",
        ),
        messages=(
            Message("attached to a different loop", 0.96),
            Message("is bound to a different event loop", 0.93),
            Message("got result for unknown protocol state", 0.88),
            Message("Segmentation fault", 0.8, needs=("asyncpg",)),
            Message("another operation is in progress", 0.55, beside=("threading|run_until_complete|asyncio/runners",)),
        ),
        cases=(Case(driver="asyncpg", recipes="asyncpg_loops:WRONG_LOOP"),),
    ),
    Hazard(
        number=31,
        id="gather-leaves-tasks",
        title="gather() raises while its other tasks go on",
        happens="One task of a gather() fails; the code goes on and closes the connection; another task,"
        " still in its query, is cut off.",
        why="gather() passes the first exception on at once and leaves its other tasks running. What follows,"
        " usually the closing of the connection, happens under them: asyncpg cancels the running query on the"
        " server and the task finds it cancelled, or the connection gone.",
        instead="gather(..., return_exceptions=True), or an asyncio.TaskGroup, which ends its other tasks and"
        " waits for them before it raises.",
        places=(
            Place("asyncio/tasks.py", "gather", "outer.set_exception(exc)"),
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol._drain_cancels", "self._request_cancel()"),
        ),
        issues=("MagicStack/asyncpg#1356",),
        messages=(
            Message("canceling statement due to user request", 0.85, beside=("asyncpg", "gather")),
            Message("got result for unknown protocol state", 0.8),
            Message("cannot perform operation: connection is closed", 0.7),
            Message("_GatheringFuture exception was never retrieved", 0.75),
        ),
        cases=(Case(driver="asyncpg", recipes="asyncpg_loops:GATHER_RAISES"),),
    ),
    Hazard(
        number=32,
        id="starved-loop",
        title="async for over rows that are here lets nobody else run",
        happens="A task iterates over 100,000 rows with async for, and until it is through, nothing else on"
        " the loop gets a turn.",
        why="A client-side cursor has the whole result in memory after execute(). Its __anext__() has nothing"
        " to wait for, and an await that does not wait does not let go of the loop. The keyword promises"
        " turns that the driver has no reason to give.",
        instead="Read in portions from a server-side cursor, which waits for the server between them, or"
        " await asyncio.sleep(0) every few hundred rows.",
        places=(
            Place("psycopg/cursor_async.py", "AsyncCursor.__anext__"),
            Place("psycopg/waiting.py", "wait_async"),
            Place("aiopg/connection.py", "Cursor.__anext__"),
        ),
        messages=(Message("Executing <Task … took … seconds", 0.6, needs=("psycopg|aiopg",)),),
        cases=(Case(driver="psycopg", recipes="psycopg_loop:STARVED_LOOP"),),
    ),
)
