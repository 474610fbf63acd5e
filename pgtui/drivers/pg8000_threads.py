"""pg8000 with a thread a task: nothing guards a connection, so threads that share one read each other's answers.

The recipes are written to be read; what a driver's documentation writes is what stands here.
"""

import time
from collections.abc import Callable
from typing import Any

import pg8000.dbapi

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.recipes import Recipe
from pgtui.core.tasks import Task
from pgtui.core.threads import ThreadRun
from pgtui.drivers.pg8000_address import address, backend_pid

__all__ = ["address", "recipe"]

Read = Callable[..., Any]


def new_connection(run: ThreadRun, read: Read) -> None:
    """Every task opens a connection of its own."""
    run.gather(connect_and_read, read)


def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    with pg8000.dbapi.connect(**task.arguments) as connection:
        task.says("creating cursor")
        read(task, connection.cursor())


def shared_connection(run: ThreadRun, read: Read) -> None:
    """One connection; every task creates a cursor of its own on it."""
    run.says("opening connection")
    with pg8000.dbapi.connect(**run.arguments) as connection:
        run.gather(create_cursor_and_read, connection, read)


def create_cursor_and_read(task: Task, connection: pg8000.dbapi.Connection, read: Read) -> None:
    task.says("creating cursor")
    read(task, connection.cursor())


def shared_cursor(run: ThreadRun, read: Read) -> None:
    """One cursor; every task executes its query on it."""
    run.says("opening connection")
    with pg8000.dbapi.connect(**run.arguments) as connection:
        run.says("creating cursor")
        run.gather(read, connection.cursor())


def iterate(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    cursor.execute(task.query)
    for row in cursor:
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


MAINS: dict[Sharing, tuple[Callable[..., Any], ...]] = {
    Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
    Sharing.SHARED_CONNECTION: (shared_connection, create_cursor_and_read),
    Sharing.SHARED_CURSOR: (shared_cursor,),
}
"""What is shared → the function that opens it, and the others that belong to it."""

READS: dict[Reading, Read] = {
    Reading.ITERATE: iterate,
}


def recipe(sharing: Sharing, reading: Reading) -> Recipe:
    """What runs for a combination that the registry does not refuse."""
    main, *parts = MAINS[sharing]
    return Recipe("pg8000-threads", sharing, reading, main, READS[reading], tuple(parts), threads=True)
