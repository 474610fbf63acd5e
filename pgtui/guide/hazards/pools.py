"""Hazards of pools: waiting for a connection that does not come, and statements left on another backend."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

PGBOUNCER = ("pgbouncer", "pgbouncer")

HAZARDS = (
    Hazard(
        number=23,
        id="pool-forgets-waiter",
        title="After a timeout aiopg's pool forgets who waits",
        happens="A pool of one: a task's timeout closes the connection, and the task that is queued for it"
        " sleeps on, although the pool is empty and could open another.",
        why="A task that waits for aiopg's pool sleeps on a condition until a release wakes it. release()"
        " returns early for a connection that is closed, and a timeout in a query closes it: nobody is woken."
        " The next task that asks anew opens the missing connection, and its release wakes the sleeper.",
        instead="After a timeout take and release a connection once, which fills the pool and wakes whoever"
        " waits; put a timeout around acquire() too; or use a pool that counts seats, such as psycopg_pool's"
        " or asyncpg's.",
        places=(
            Place("aiopg/pool.py", "Pool.release", "if conn.closed"),
            Place("aiopg/pool.py", "Pool._wakeup"),
            Place("aiopg/connection.py", "Connection._poll", "self.close()"),
        ),
        issues=("aio-libs/aiopg#800", "long2ice/asyncmy#154"),
        messages=(Message("TimeoutError", 0.7, needs=(r"aiopg[/\\]pool\.py",)),),
        cases=(Case(driver="aiopg", recipes="aiopg_cancelling:POOL_FORGETS"),),
    ),
    Hazard(
        number=28,
        id="pool-exhausted",
        title="Tasks that hold a connection and ask for another block the pool",
        happens="Three tasks hold the three connections of a pool, and each waits for a fourth: forever in"
        " asyncpg and aiopg, until an error in psycopg_pool and SQLAlchemy.",
        why="A task that needs two connections at a time keeps the first while it waits for the second. As"
        " soon as as many tasks do so as the pool has connections, nobody can give one back. A timeout of the"
        " pool only turns the standstill into an error after 30 s.",
        instead="Give the first connection back before asking for the second, or hand the one connection down"
        " to what needs it. Limit the tasks with a semaphore below the size of the pool if they really need"
        " two.",
        places=(
            Place("asyncpg/pool.py", "Pool._acquire", "await self._queue.get()"),
            Place("aiopg/pool.py", "Pool._acquire", "self._cond.wait()"),
            Place("psycopg_pool/pool_async.py", "AsyncConnectionPool.getconn", "couldn't get a connection"),
            Place("sqlalchemy/pool/impl.py", "QueuePool._do_get", "QueuePool limit"),
        ),
        issues=("MagicStack/asyncpg#1265", "MagicStack/asyncpg#431", "aio-libs/aiopg#800"),
        messages=(
            Message("couldn't get a connection after … sec", 0.95),
            Message("PoolTimeout", 0.85),
            Message("QueuePool limit … reached", 0.95),
            Message("TimeoutError", 0.7, needs=(r"asyncpg[/\\]pool\.py",)),
            Message("TimeoutError", 0.6, needs=(r"aiopg[/\\]pool\.py",)),
        ),
        cases=(
            Case(driver="asyncpg", recipes="asyncpg_pools:POOL_EXHAUSTED"),
            Case(driver="psycopg", recipes="psycopg_pools:POOL_EXHAUSTED"),
            Case(driver="sqlalchemy-asyncpg", recipes="sqlalchemy_asyncpg:POOL_EXHAUSTED"),
        ),
    ),
    Hazard(
        number=29,
        id="pgbouncer-statements",
        title="Prepared statements get lost behind PgBouncer",
        happens="Behind PgBouncer in transaction pooling, queries fail now and then: a prepared statement"
        " does not exist, or does already.",
        why="A prepared statement lives in one backend. In transaction pooling the next query may run on"
        " another one, where it does not exist, or where another client's of the same name does. asyncpg"
        " prepares every query, psycopg from a query's sixth execution on, pg8000 with an unnamed statement"
        " in two steps. PgBouncer from 1.21 on can keep the named ones apart, if max_prepared_statements is"
        " set.",
        instead="psycopg: prepare_threshold=None. asyncpg: statement_cache_size=0, and each query inside a"
        " transaction, so that its two steps reach one backend. Or max_prepared_statements in PgBouncer 1.21"
        " and newer.",
        places=(
            Place("asyncpg/connection.py", "Connection._get_statement", "_get_unique_id('stmt')"),
            Place("psycopg/_preparing.py", "PrepareManager", "prepare_threshold"),
            Place("psycopg/_preparing.py", "PrepareManager.get", "self.prepare_threshold"),
            Place("pg8000/core.py", "CoreConnection.execute_unnamed"),
        ),
        issues=(
            "MagicStack/asyncpg#945",
            "MagicStack/asyncpg#1058",
            "MagicStack/asyncpg#339",
            "MagicStack/asyncpg#198",
            "MagicStack/asyncpg#252",
            "sqlalchemy/sqlalchemy#6467",
        ),
        messages=(
            Message('prepared statement "…" already exists', 0.96),
            Message('prepared statement "…" does not exist', 0.96),
            Message("unnamed prepared statement does not exist", 0.96),
            Message("DuplicatePreparedStatement", 0.9),
            Message("InvalidSQLStatementName", 0.9),
        ),
        cases=(
            Case(driver="asyncpg", recipes="asyncpg_pgbouncer:PREPARED_STATEMENTS", program=PGBOUNCER),
            Case(driver="psycopg", recipes="psycopg_pgbouncer:PREPARED_STATEMENTS", program=PGBOUNCER),
        ),
    ),
)
