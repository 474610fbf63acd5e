"""psycopg 3 with a thread a task and server-side cursors: each 100 rows are a query of their own.

The recipes are those of `psycopg_threads` with a name for each cursor, which is what makes it a server-side one.
"""

import time
from typing import Any

import psycopg
import psycopg_pool

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.tasks import Task
from pgtui.core.threads import ThreadRun
from pgtui.drivers.cookbook import Cookbook, Read

Connection = psycopg.Connection[Any]
Cursor = psycopg.ServerCursor[Any]
Pool = psycopg_pool.ConnectionPool[Connection]


def new_connection(run: ThreadRun, read: Read) -> None:
    """Every task opens a connection of its own."""
    run.gather(connect_and_read, read)


def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    with psycopg.connect(task.dsn) as connection:
        task.says("creating cursor")
        with connection.cursor(task.name) as cursor:
            read(task, cursor)


def shared_connection(run: ThreadRun, read: Read) -> None:
    """One connection; every task creates a cursor of its own on it."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        run.gather(create_cursor_and_read, connection, read)


def create_cursor_and_read(task: Task, connection: Connection, read: Read) -> None:
    task.says("creating cursor")
    with connection.cursor(task.name) as cursor:
        read(task, cursor)


def shared_cursor(run: ThreadRun, read: Read) -> None:
    """One cursor; every task executes its query on it."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        with connection.cursor("shared") as cursor:
            run.gather(read, cursor)


def one_result(run: ThreadRun, read: Read) -> None:
    """One cursor, executed once; every task reads its rows."""
    run.says("opening connection")
    with psycopg.connect(run.dsn) as connection:
        run.says("creating cursor")
        with connection.cursor("shared") as cursor:
            cursor.execute(run.query)
            run.gather(read, cursor)


def pool(run: ThreadRun, read: Read) -> None:
    """A pool; every task acquires a connection from it."""
    run.says("opening pool")
    with psycopg_pool.ConnectionPool(run.dsn, min_size=run.pool_size, open=False) as pool:
        run.gather(acquire_and_read, pool, read)


def acquire_and_read(task: Task, pool: Pool, read: Read) -> None:
    task.says("acquiring connection")
    with pool.connection() as connection:
        task.says("creating cursor")
        with connection.cursor(task.name) as cursor:
            read(task, cursor)


def iterate(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    cursor.execute(task.query)
    for row in cursor:
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


def iterate_result(task: Task, cursor: Cursor) -> None:
    task.backend(cursor.connection.info.backend_pid)
    task.says("starting fetching")
    for row in cursor:
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


COOKBOOK = Cookbook(
    driver="psycopg-threads",
    threads=True,
    mains={
        Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
        Sharing.SHARED_CONNECTION: (shared_connection, create_cursor_and_read),
        Sharing.SHARED_CURSOR: (shared_cursor,),
        Sharing.ONE_RESULT: (one_result,),
        Sharing.POOL: (pool, acquire_and_read),
    },
    reads={Reading.SERVER_CURSOR: iterate},
    results={Reading.SERVER_CURSOR: iterate_result},
)
