"""pg8000 with threads: a connection that nothing guards, and notifications that nobody waits for."""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

import pg8000.dbapi

from pgtui.core.experiment import Sharing
from pgtui.core.tasks import Task
from pgtui.core.threads import ThreadRun
from pgtui.guide.checks import endings, listed, repeated
from pgtui.guide.hazard import Pair, Scene, Verdict
from pgtui.guide.observed import Observed

Each = Callable[..., Any]
TIMES = 30
CHANNEL = f"pgtui_{secrets.token_hex(4)}"  # other runs may listen on the same server


# A connection that threads share
def share_connection(run: ThreadRun, each: Each) -> None:
    """One connection for all threads."""
    with pg8000.dbapi.connect(**run.arguments) as connection:
        connection.cursor().execute("SELECT 'this begins the transaction'")
        run.gather(each, connection)


def connection_each(run: ThreadRun, each: Each) -> None:
    """Every thread opens a connection of its own."""
    run.gather(connect_first, each)


def connect_first(task: Task, each: Each) -> None:
    with pg8000.dbapi.connect(**task.arguments) as connection:
        each(task, connection)


def ask_often(task: Task, connection: pg8000.dbapi.Connection) -> None:
    for _ in range(TIMES):
        cursor = connection.cursor()
        cursor.execute(task.query)
        for row in cursor:
            task.row(row)


def answers_were_swapped(seen: Observed) -> Verdict:
    got = ", ".join(f"{name} {seen.account(name).foreign} of {seen.rows(name)}" for name in seen.names)
    failed = listed(list(seen.failures)) if seen.failures else "no thread"
    return Verdict(seen.foreign > 0, f"Rows that another thread had asked for: {got}; {failed} met an error.")


SHARED_BY_THREADS = Pair(
    hazard=Scene(
        main=share_connection, each=ask_often, check=answers_were_swapped, threads=True, timeout=3, apart=True, tries=30
    ),
    right_way=Scene(
        main=connection_each, each=ask_often, parts=(connect_first,), check=repeated(TIMES), threads=True,
        sharing=Sharing.NEW_CONNECTION, apart=True,
    ),
)  # fmt: skip


# A listener that has nothing to ask
def listen_and_notify(run: ThreadRun, each: Each) -> None:
    run.gather(each, threading.Event(), threading.Event())


def wait_for_word(task: Task, listening: threading.Event, notified: threading.Event) -> None:
    with pg8000.dbapi.connect(**task.arguments) as connection:
        connection.autocommit = True
        if task.name == "green":
            connection.cursor().execute(f"LISTEN {CHANNEL}")
            listening.set()
            notified.wait(5)
            time.sleep(0.3)
            task.says(f"heard {len(connection.notifications)} without a query")
            connection.cursor().execute("SELECT 1")
            task.says(f"heard {len(connection.notifications)} after a query")
        else:
            listening.wait(5)
            connection.cursor().execute(f"NOTIFY {CHANNEL}, 'a word from pink'")
            notified.set()


def ask_for_word(task: Task, listening: threading.Event, notified: threading.Event) -> None:
    with pg8000.dbapi.connect(**task.arguments) as connection:
        connection.autocommit = True
        if task.name == "green":
            connection.cursor().execute(f"LISTEN {CHANNEL}")
            listening.set()
            while not connection.notifications:
                connection.cursor().execute("SELECT 1")
                time.sleep(0.05)
            task.says(f"heard {connection.notifications.popleft()[2]!r}")
        else:
            listening.wait(5)
            connection.cursor().execute(f"NOTIFY {CHANNEL}, 'a word from pink'")
            notified.set()


def heard_only_by_asking(seen: Observed) -> Verdict:
    said = seen.said("green")
    deaf = "heard 0 without a query" in said and "heard 1 after a query" in said
    return Verdict(deaf and not endings(seen), f"pink notified once; green {', '.join(said) or 'said nothing'}.")


def word_was_heard(seen: Observed) -> Verdict:
    heard = seen.heard("green", "heard 'a word from pink'")
    return Verdict(heard is not None and not endings(seen), f"green {heard or 'heard nothing'}.")


DEAF_LISTENER = Pair(
    hazard=Scene(
        main=listen_and_notify, each=wait_for_word, check=heard_only_by_asking, threads=True, tasks=2, reads=False,
        sharing=Sharing.NEW_CONNECTION,
    ),
    right_way=Scene(
        main=listen_and_notify, each=ask_for_word, check=word_was_heard, threads=True, tasks=2, reads=False,
        sharing=Sharing.NEW_CONNECTION,
    ),
)  # fmt: skip
