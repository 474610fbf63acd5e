"""Hazards of a transaction that tasks share, knowingly or not."""

from pgtui.guide.hazard import Case, Hazard, Message
from pgtui.guide.places import Place

HAZARDS = (
    Hazard(
        number=6,
        id="aborted-transaction",
        title="One task's error aborts the transaction of all",
        happens="One task divides by zero; another, which did nothing wrong, finds its transaction aborted.",
        why="A connection has one transaction, and the server refuses every command in it after an error"
        " until it is rolled back. psycopg and SQLAlchemy begin a transaction with the first query unless"
        " told otherwise, so tasks that share a connection share a transaction without having asked for one."
        " In autocommit, and with asyncpg and aiopg outside of a transaction block, each query stands alone"
        " and only the faulty one fails.",
        instead="Give each task a connection, and with it a transaction, of its own. For independent queries,"
        " open the connection with autocommit=True.",
        places=(
            Place("psycopg/_cursor_base.py", "BaseCursor._start_query", "_start_query()"),
            Place("psycopg/_connection_base.py", "BaseConnection._start_query", "_get_tx_start_command"),
            Place("sqlalchemy/engine/base.py", "Connection._autobegin"),
        ),
        issues=("psycopg/psycopg#176", "sqlalchemy/sqlalchemy#10092"),
        messages=(
            Message("current transaction is aborted", 0.95),
            Message("InFailedSqlTransaction", 0.9),
            Message("InFailedSQLTransactionError", 0.9),
        ),
        cases=(
            Case(driver="psycopg", recipes="psycopg_transactions:ABORTED_TRANSACTION"),
            Case(driver="sqlalchemy-asyncpg", recipes="sqlalchemy_asyncpg:ABORTED_TRANSACTION"),
        ),
    ),
    Hazard(
        number=7,
        id="foreign-commit",
        title="Another task commits or rolls back one's work",
        happens="A task inserts, another commits, and the first one's rollback comes too late: its row stays."
        " The other way round its row is gone and its commit succeeds.",
        why="COMMIT and ROLLBACK end the connection's transaction with everything in it, whichever task sent"
        " what. A rollback after somebody's commit has nothing left to undo, and a commit after somebody's"
        " rollback nothing left to keep; neither is an error.",
        instead="One transaction, one task, one connection. `async with connection.transaction()` on a"
        " connection of the task's own says so in the code.",
        places=(
            Place("psycopg/_connection_base.py", "BaseConnection._commit_gen"),
            Place("psycopg/_connection_base.py", "BaseConnection._rollback_gen"),
        ),
        issues=("psycopg/psycopg#176", "Arfey/django-async-backend#11"),
        cases=(Case(driver="psycopg", recipes="psycopg_transactions:FOREIGN_COMMIT", writes=True),),
    ),
    Hazard(
        number=8,
        id="nested-transactions",
        title="Transaction blocks of several tasks nest into one another",
        happens="Tasks open transaction blocks on one connection: in some orders they fail on leaving them,"
        " in others what one has committed is undone by another, without an error.",
        why="A block that is entered while another is open is not a transaction but a savepoint in it. Tasks"
        " leave their blocks in whatever order they are done, and savepoints only unwind inside out: psycopg"
        " notices the wrong order, asyncpg releases a savepoint of a transaction that is over. In the right"
        " order all looks well, but the inner task's commit is only as good as the outer one's.",
        instead="Open transaction blocks on a connection of the task's own.",
        places=(
            Place("psycopg/transaction.py", "BaseTransaction._push_savepoint"),
            Place("psycopg/transaction.py", "BaseTransaction._pop_savepoint", "OutOfOrderTransactionNesting"),
            Place("asyncpg/transaction.py", "Transaction.start", "SAVEPOINT"),
            Place("asyncpg/transaction.py", "Transaction.__commit", "RELEASE SAVEPOINT"),
        ),
        issues=("psycopg/psycopg#176",),
        messages=(
            Message("OutOfOrderTransactionNesting", 0.95),
            Message("at the wrong nesting level", 0.95),
            Message("RELEASE SAVEPOINT can only be used in transaction blocks", 0.95),
            Message("ROLLBACK TO SAVEPOINT can only be used in transaction blocks", 0.9),
            Message('savepoint "…" does not exist', 0.85),
        ),
        cases=(
            Case(driver="psycopg", recipes="psycopg_transactions:NESTED_TRANSACTIONS"),
            Case(driver="asyncpg", recipes="asyncpg_transactions:NESTED_COMMIT", writes=True),
        ),
    ),
)
