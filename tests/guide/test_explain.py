"""Error texts as people paste them find their hazard, and errors of other kinds find none."""

import pytest

from pgtui.guide.explain import explain

KNOWN = [
    ("psycopg.ProgrammingError: no result available", 1),
    ("the last operation didn't produce a result", 1),
    ("psycopg.ProgrammingError: the last operation didn't produce records (command status: INSERT 0 1)", 1),
    ("psycopg2.ProgrammingError: no results to fetch", 1),
    ("AttributeError: 'NoneType' object has no attribute 'fetchone'", 2),
    ("asyncpg.exceptions._base.InterfaceError: cannot perform operation: another operation is in progress", 3),
    ("cannot switch to state 15; another operation (2) is in progress", 3),
    ("RuntimeError: cursor.execute() called while another coroutine is already waiting for incoming data", 3),
    (
        "sqlalchemy.exc.InvalidRequestError: This session is provisioning a new connection; concurrent operations"
        " are not permitted (Background on this error at: https://sqlalche.me/e/20/isce)",
        3,
    ),
    ("AssertionError: Don't support server side cursors yet", 3),
    ("KeyError: b'\\x00'", 5),
    ("TypeError: 'NoneType' object is not an iterator", 5),
    ("InFailedSqlTransaction: current transaction is aborted, commands ignored until end of transaction block", 6),
    (
        "asyncpg.exceptions.InFailedSQLTransactionError: current transaction is aborted, commands ignored until end"
        " of transaction block",
        6,
    ),
    (
        "pg8000.exceptions.DatabaseError: {'S': 'ERROR', 'V': 'ERROR', 'C': '25P02', 'M': 'current transaction is"
        " aborted, commands ignored until end of transaction block', 'F': 'postgres.c', 'L': '1514'}",
        6,
    ),
    (
        "psycopg.transaction.OutOfOrderTransactionNesting: transaction commit at the wrong nesting level:"
        " <psycopg.AsyncTransaction (active) [INTRANS] (database=pgtui) at 0x7f49d0e8a900>",
        8,
    ),
    ("NoActiveSQLTransactionError: RELEASE SAVEPOINT can only be used in transaction blocks", 8),
    ('psycopg.errors.InvalidCursorName: cursor "green" does not exist', 9),
    ("NoActiveSQLTransactionError: cursor cannot be created outside of a transaction", 9),
    ('psycopg.errors.DuplicateCursor: cursor "rows" already exists', 10),
    ("psycopg2.ProgrammingError: asynchronous connections cannot produce named cursors", 12),
    ("AttributeError: 'NoneType' object has no attribute 'resume_reading'", 17),
    ("InterfaceError: connection is closed", 17),
    ("psycopg2.ProgrammingError: can't execute COPY TO: use the copy_to() method instead", 18),
    ("psycopg2.OperationalError: another command is already in progress", 18),
    ("psycopg2.ProgrammingError: copy_expert cannot be used in asynchronous mode", 18),
    ("cannot be used in asynchronous mode", 18),
    ("executemany cannot be used in asynchronous mode", 19),
    ("psycopg.OperationalError: sending query failed: another command is already in progress", 19),
    ("psycopg.errors.PipelineAborted: pipeline aborted", 20),
    ("psycopg2.InterfaceError: cursor already closed", 22),
    ("psycopg2.InterfaceError: connection already closed", 22),
    (
        "sqlalchemy.exc.PendingRollbackError: Can't reconnect until invalid transaction is rolled back.  Please"
        " rollback() fully before proceeding (Background on this error at: https://sqlalche.me/e/20/8s2b)",
        25,
    ),
    (
        "asyncpg.exceptions._base.InterfaceWarning: <asyncpg.connection.Connection object at 0x7f23b794b3d0> is being"
        " released to the pool but has 1 active notification listener",
        27,
    ),
    ("InterfaceWarning … has 1 active notification listener", 27),
    ("psycopg_pool.PoolTimeout: couldn't get a connection after 30.00 sec", 28),
    (
        "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout"
        " 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)",
        28,
    ),
    ("TimeoutError: QueuePool limit … reached", 28),
    ('DuplicatePreparedStatementError: prepared statement "__asyncpg_stmt_1__" already exists', 29),
    ('asyncpg.exceptions.InvalidSQLStatementNameError: prepared statement "__asyncpg_stmt_e__" does not exist', 29),
    ("InvalidSQLStatementNameError … does not exist", 29),
    ("unnamed prepared statement does not exist", 29),
    (
        "RuntimeError: Task <Task pending name='Task-3' coro=<Connection.fetch() running at connection.py:717>> got"
        " Future <Future pending cb=[BaseProtocol._on_waiter_completed()]> attached to a different loop",
        30,
    ),
    ("asyncpg.exceptions._base.InternalClientError: got result for unknown protocol state 3", 30),
    ("asyncpg.exceptions.QueryCanceledError: canceling statement due to user request", 31),
]

UNKNOWN = [
    "",
    "hello",
    'psycopg.errors.SyntaxError: syntax error at or near "FORM"\nLINE 1: SELECT * FORM t\n                  ^',
    'duplicate key value violates unique constraint "users_email_key"\nDETAIL: Key (email)=(a@b.c) already exists.',
    'insert or update on table "a" violates foreign key constraint "a_b_fkey"',
    'null value in column "id" of relation "t" violates not-null constraint',
    'new row for relation "t" violates check constraint "positive"',
    'connection to server at "127.0.0.1", port 5432 failed: Connection refused',
    'FATAL:  password authentication failed for user "app"',
    "asyncpg.exceptions.InvalidPasswordError: password authentication failed",
    "psycopg.errors.QueryCanceled: canceling statement due to statement timeout",
    "canceling statement due to lock timeout",
    "canceling statement due to conflict with recovery",
    "terminating connection due to idle-in-transaction timeout",
    "terminating connection due to administrator command",
    "psycopg.errors.ConnectionTimeout: connection timeout expired",
    "asyncio.exceptions.TimeoutError",
    "TimeoutError",
    "asyncio.exceptions.CancelledError",
    "deadlock detected\nDETAIL:  Process 1 waits for ShareLock on transaction 2; blocked by process 3.",
    'could not extend file "base/16384/16390": No space left on device',
    "permission denied for table users",
    'relation "monitors" does not exist',
    'relation "monitors" already exists',
    'column "cursor" does not exist',
    'database "app" already exists',
    'role "app" does not exist',
    "function now(integer) does not exist",
    "sorry, too many clients already",
    "remaining connection slots are reserved for roles with the SUPERUSER attribute",
    "psycopg.errors.DivisionByZero: division by zero",
    "ZeroDivisionError: division by zero",
    "could not serialize access due to concurrent update",
    "cannot execute INSERT in a read-only transaction",
    'invalid input syntax for type integer: "abc"',
    "value too long for type character varying(10)",
    "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally",
    "SSL connection has been closed unexpectedly",
    "the database system is starting up",
    "out of shared memory\nHINT:  You might need to increase max_locks_per_transaction.",
    "KeyError: 'name'",
    "ValueError: badly formed hexadecimal UUID string",
    "AttributeError: 'NoneType' object has no attribute 'name'",
    "TypeError: 'NoneType' object is not subscriptable",
    "ModuleNotFoundError: No module named 'asyncpg'",
    "RuntimeError: Event loop is closed",
    "DECLARE CURSOR can only be used in transaction blocks",
]


@pytest.mark.parametrize(("text", "number"), KNOWN, ids=[text[:50] for text, _ in KNOWN])
def test_a_message_finds_its_hazard_first(text: str, number: int) -> None:
    matches = explain(text)
    assert matches
    assert matches[0].hazard.number == number
    assert all(0 < match.score < 1 for match in matches)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)


@pytest.mark.parametrize("text", UNKNOWN, ids=[text[:50] for text in UNKNOWN])
def test_an_unrelated_error_finds_nothing(text: str) -> None:
    assert explain(text) == ()


CHAINED = """\
Traceback (most recent call last):
  File "/app/sqlalchemy/dialects/postgresql/asyncpg.py", line 631, in _prepare_and_execute
    self._rows = deque(await prepared_stmt.fetch(*parameters))
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/app/asyncpg/protocol/protocol.pyx", line 738, in asyncpg.protocol.protocol.BaseProtocol._check_state
asyncpg.exceptions._base.InterfaceError: cannot perform operation: another operation is in progress

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 12, in handler
    result = await session.execute(text("SELECT 'current transaction is aborted'"))
sqlalchemy.exc.InterfaceError: (sqlalchemy.dialects.postgresql.asyncpg.InterfaceError) <class 'asyncpg.exceptions.\
_base.InterfaceError'>: cannot perform operation: another operation is in progress
[SQL: SELECT 'cursor "green" does not exist']
(Background on this error at: https://sqlalche.me/e/20/rvf5)
"""


def test_a_chained_traceback_is_told_by_its_errors_not_by_the_source_it_quotes() -> None:
    numbers = [match.hazard.number for match in explain(CHAINED)]
    assert numbers[0] == 3
    assert not {6, 9} & set(numbers)


GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "/app/main.py", line 8, in main
  |     async with asyncio.TaskGroup() as group:
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/main.py", line 4, in read
    |     raise RuntimeError("attached to a different loop")
    |   File "/app/psycopg/_cursor_base.py", line 611, in _check_result_for_fetch
    |     raise e.ProgrammingError("no result available")
    | psycopg.ProgrammingError: no result available
    +------------------------------------
"""


def test_an_exception_group_is_read_through_its_tree() -> None:
    numbers = [match.hazard.number for match in explain(GROUP)]
    assert numbers[0] == 1
    assert 30 not in numbers


STANDSTILL = """\
Traceback (most recent call last):
  File "/app/main.py", line 9, in read
    async for row in cursor.stream("SELECT 1"):
  File "/app/main.py", line 10, in read
    await connection.execute("SELECT 2")
  File "/app/psycopg/cursor_async.py", line 112, in execute
    async with self._conn.lock:
  File "/usr/lib/python3.11/asyncio/locks.py", line 15, in __aenter__
    await self.acquire()
  File "/usr/lib/python3.11/asyncio/locks.py", line 114, in acquire
    await fut
asyncio.exceptions.CancelledError

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 30, in main
    async with asyncio.timeout(1):
TimeoutError
"""


def test_a_timeout_is_known_by_where_the_task_stood() -> None:
    assert [match.hazard.number for match in explain(STANDSTILL)][:1] == [15]


def test_circumstances_decide_between_hazards_of_one_message() -> None:
    plain = explain("another command is already in progress")
    told = explain(
        'File "/app/psycopg/cursor_async.py", line 131, in executemany\nanother command is already in progress'
    )
    assert plain[0].hazard.number == 18
    assert {match.hazard.number: match.score for match in told}[19] > {m.hazard.number: m.score for m in plain}[19]


def test_colours_escapes_and_line_breaks_do_not_hide_a_message() -> None:
    assert explain("\x1b[31mno result\n   available\x1b[0m")[0].hazard.number == 1
    assert explain(r'{"error": "cursor \"rows\" already exists"}')[0].hazard.number == 10
    assert explain("couldn’t get a connection after 30 sec")[0].hazard.number == 28


def test_a_long_paste_is_looked_at_quickly() -> None:
    noise = 'prepared statement "' * 40_000
    assert explain(noise) == ()
    assert explain(noise + "no result available")[0].hazard.number == 1
