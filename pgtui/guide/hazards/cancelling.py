"""Hazards of timeouts and cancellation: what ends, what goes on, and whom else it hits."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

HAZARDS = (
    Hazard(
        number=20,
        id="timeout-aborts",
        title="A task's timeout aborts the transaction it shares",
        happens="A task gives up its query after 0.1 s; the next task on the connection gets through at once,"
        " and finds the transaction aborted.",
        why="When a task is cancelled in a query, psycopg cancels the query on the server and waits until"
        " that is done. To the server a cancelled query is a failed one, and the transaction it was in is"
        " aborted, for all tasks of the connection. A task that is cancelled while it waits for the lock does"
        " no harm.",
        instead="A task that may be cancelled needs a transaction, and so a connection, of its own; or roll"
        " back in the handler of the timeout before anybody else asks.",
        places=(
            Place("psycopg/connection_async.py", "AsyncConnection.wait", "_try_cancel"),
            Place("psycopg/connection_async.py", "AsyncConnection._try_cancel"),
        ),
        issues=("psycopg/psycopg#543", "psycopg/psycopg#1371", "psycopg/psycopg#1411", "psycopg/psycopg#1345"),
        messages=(
            Message("current transaction is aborted", 0.6, beside=("TimeoutError|CancelledError|QueryCanceled",)),
            Message("pipeline aborted", 0.82),
            Message("PipelineAborted", 0.82),
            Message("canceling statement due to user request", 0.7, beside=("psycopg",)),
        ),
        cases=(Case(driver="psycopg", recipes="psycopg_cancelling:TIMEOUT_ABORTS"),),
    ),
    Hazard(
        number=21,
        id="cancelled-between-rows",
        title="A task cancelled between two rows leaves its portal open",
        happens="A task reads from a cursor and is cancelled while it works on a row: no error anywhere, but"
        " the cursor stays open on the server until the transaction ends.",
        why="Only a task that is suspended inside the driver cancels something on the server: asyncpg then"
        " sends a cancel request, the connection survives, and the next query waits until it is done. Between"
        " two rows the cancellation reaches the task's own code, and nothing tells the server: asyncpg closes"
        " the portal of a cursor only when it has been read to its end.",
        instead="Put the cursor into a transaction block of its own inside what may be cancelled; leaving the"
        " block closes its portals.",
        places=(
            Place("asyncpg/cursor.py", "CursorIterator.__anext__", "_close_portal"),
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol._wait_for_cancellation"),
            Place("asyncpg/protocol/protocol.pyx", "BaseProtocol._request_cancel"),
        ),
        issues=("MagicStack/asyncpg#1356",),
        messages=(Message("another operation is cancelling", 0.85),),
        cases=(Case(driver="asyncpg", recipes="asyncpg_transactions:CANCELLED_BETWEEN_ROWS"),),
    ),
    Hazard(
        number=22,
        id="cancel-closes-connection",
        title="A timeout on aiopg closes the connection under the others",
        happens="A task gives up its query; another one, which has its result already, finds its cursor"
        " closed; and the server goes on with the query.",
        why="aiopg cannot cancel a query: when the waiting task is cancelled or its time is over, it closes"
        " the connection, with every cursor on it, whoever they belong to. The server does not notice before"
        " it next writes to that connection. (When the server itself cancels a query, aiopg raises"
        " CancelledError, as if the task had been cancelled.)",
        instead="Give each task a connection of its own, so that it hangs up on nobody but itself, and let"
        " the server end what nobody waits for: SET statement_timeout.",
        places=(
            Place("aiopg/connection.py", "Connection._poll", "await asyncio.shield(self.close())"),
            Place("aiopg/connection.py", "Connection._poll", "raise asyncio.CancelledError"),
        ),
        messages=(
            Message("cursor already closed", 0.85, beside=("aiopg", "psycopg2")),
            Message("connection already closed", 0.75, beside=("aiopg", "psycopg2")),
        ),
        cases=(Case(driver="aiopg", recipes="aiopg_cancelling:CLOSES_CONNECTION"),),
    ),
    Hazard(
        number=24,
        id="thread-runs-on",
        title="A timeout around a thread stops the waiting, not the work",
        happens="A task gives up a query that it runs in a thread; thread and query go on, and the next task"
        " on the connection waits for both.",
        why="asyncio.to_thread() can be cancelled only on this side: the future is, the thread is not, and"
        " the driver in it holds the connection's lock until the server has answered. Nothing sends the"
        " server a cancel request.",
        instead="In the handler of the timeout, cancel the query from another thread:"
        " connection.cancel_safe() in psycopg. Or set statement_timeout on the server.",
        places=(
            Place("asyncio/threads.py", "to_thread", "run_in_executor"),
            Place("psycopg/cursor.py", "Cursor.execute", "with self._conn.lock"),
            Place("psycopg/connection.py", "Connection.cancel_safe"),
        ),
        messages=(
            Message(
                "canceling statement due to user request",
                0.65,
                beside=("to_thread|run_in_executor|concurrent.futures",),
            ),
        ),
        cases=(Case(driver="psycopg-threads", recipes="psycopg_threads:THREAD_RUNS_ON"),),
    ),
    Hazard(
        number=25,
        id="sqlalchemy-throws-away",
        title="A timeout makes SQLAlchemy throw the connection away",
        happens="A task gives up its query; the others on the same AsyncConnection are told that it is"
        " closed, or that they have to roll back before it can connect again.",
        why="SQLAlchemy cannot know in what state a query was left that was cancelled, so it takes the"
        " exception for the end of the connection and invalidates it. The query is cancelled on the server."
        " The AsyncConnection stays in a transaction that has no connection any more, until somebody rolls it"
        " back.",
        instead="Use `async with engine.connect()` in each task: the pool then has another connection for the"
        " next one. After a timeout leave the block, or roll back.",
        places=(
            Place(
                "sqlalchemy/engine/base.py",
                "Connection._handle_dbapi_exception",
                "is_exit_exception and not self.closed",
            ),
            Place("sqlalchemy/engine/base.py", "Connection._invalid_transaction", "Can't reconnect"),
        ),
        issues=("sqlalchemy/sqlalchemy#11125",),
        messages=(
            Message("Can't reconnect until invalid …transaction is rolled back", 0.97),
            Message("PendingRollbackError", 0.85),
            Message("cannot perform operation: connection is closed", 0.6, beside=("sqlalchemy",)),
        ),
        cases=(Case(driver="sqlalchemy-asyncpg", recipes="sqlalchemy_asyncpg:THROWN_AWAY"),),
    ),
)
