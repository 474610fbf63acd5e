"""pg8000 with a thread a task: nothing guards a connection, so threads that share one read each other's answers.

The recipes are written to be read: what pg8000's documentation writes is what stands here.
"""

import time

import pg8000.dbapi

from pgtui.core.experiment import Reading, Sharing
from pgtui.core.tasks import Task
from pgtui.core.threads import ThreadRun
from pgtui.drivers.cookbook import Cookbook, Read
from pgtui.drivers.pg8000_address import address, backend_pid

__all__ = ["address", "recipe"]


def new_connection(run: ThreadRun, read: Read) -> None:
    """Every task opens a connection of its own."""
    run.gather(connect_and_read, read)


def connect_and_read(task: Task, read: Read) -> None:
    task.says("opening connection")
    with pg8000.dbapi.connect(**task.arguments) as connection:
        task.says("creating cursor")
        cursor = connection.cursor()
        read(task, cursor)


def shared_connection(run: ThreadRun, read: Read) -> None:
    """One connection; every task creates a cursor of its own on it."""
    run.says("opening connection")
    with pg8000.dbapi.connect(**run.arguments) as connection:
        run.gather(create_cursor_and_read, connection, read)


def create_cursor_and_read(task: Task, connection: pg8000.dbapi.Connection, read: Read) -> None:
    task.says("creating cursor")
    cursor = connection.cursor()
    read(task, cursor)


def shared_cursor(run: ThreadRun, read: Read) -> None:
    """One cursor; every task executes its query on it."""
    run.says("opening connection")
    with pg8000.dbapi.connect(**run.arguments) as connection:
        run.says("creating cursor")
        cursor = connection.cursor()
        run.gather(read, cursor)


def one_result(run: ThreadRun, read: Read) -> None:
    """One cursor, executed once; every task reads its rows."""
    run.says("opening connection")
    with pg8000.dbapi.connect(**run.arguments) as connection:
        run.says("creating cursor")
        cursor = connection.cursor()
        cursor.execute(run.query)
        run.gather(read, cursor)


def iterate(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    cursor.execute(task.query)
    for row in cursor:
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


def fetchone(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    cursor.execute(task.query)
    while row := cursor.fetchone():
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


def fetchmany(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    cursor.execute(task.query)
    while rows := cursor.fetchmany(100):
        for row in rows:
            task.row(row)
            if task.yields:
                time.sleep(0)
    task.says("fetched 100 %")


def fetchall(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    cursor.execute(task.query)
    for row in cursor.fetchall():
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


def iterate_result(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    for row in cursor:
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


def fetchone_result(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    while row := cursor.fetchone():
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


def fetchmany_result(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    while rows := cursor.fetchmany(100):
        for row in rows:
            task.row(row)
            if task.yields:
                time.sleep(0)
    task.says("fetched 100 %")


def fetchall_result(task: Task, cursor: pg8000.dbapi.Cursor) -> None:
    task.backend(backend_pid(cursor))
    task.says("starting fetching")
    for row in cursor.fetchall():
        task.row(row)
        if task.yields:
            time.sleep(0)
    task.says("fetched 100 %")


COOKBOOK = Cookbook(
    driver="pg8000-threads",
    threads=True,
    mains={
        Sharing.NEW_CONNECTION: (new_connection, connect_and_read),
        Sharing.SHARED_CONNECTION: (shared_connection, create_cursor_and_read),
        Sharing.SHARED_CURSOR: (shared_cursor,),
        Sharing.ONE_RESULT: (one_result,),
    },
    reads={
        Reading.ITERATE: iterate,
        Reading.FETCHONE: fetchone,
        Reading.FETCHMANY: fetchmany,
        Reading.FETCHALL: fetchall,
    },
    results={
        Reading.ITERATE: iterate_result,
        Reading.FETCHONE: fetchone_result,
        Reading.FETCHMANY: fetchmany_result,
        Reading.FETCHALL: fetchall_result,
    },
)
recipe = COOKBOOK.recipe
