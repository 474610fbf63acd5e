"""The demo data: the database, role and table that every example reads.

The database gets its name when it is complete, so one that has the name is never half-made. Everything
in it is generated from the row's number: the same on every machine.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import psycopg

DATABASE = "pgtui"
ROLE = "pgtui"
SCHEMA = "demo"
ROWS = 100_000
"""How many rows `dh_monitors` has."""

FIRST_ROWS = (
    ("c17feb88-db0b-4c58-84c1-8bac48b0dc77", "monitor_for_deletion"),
    ("e72bd6e6-b880-4b64-b91b-dedfa98fb12e", "vitaly_leen_reg_mon_1"),
    ("6f2b03f0-bedb-4b31-b937-190d88c1f040", "not_standalone_monitor_007"),
)
"""The rows of `dh_monitors` that a plain SELECT returns first."""

_UNFINISHED = f"{DATABASE}_unfinished"

_MAKE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        CREATE ROLE {ROLE} LOGIN;
    END IF;
END $$
"""

# `VACUUM (FREEZE)` leaves no hint bits to set: reading the table never writes to it.
_MAKE_TABLE = (
    f"SET ROLE {ROLE}",
    f"CREATE SCHEMA {SCHEMA}",
    f"CREATE TABLE {SCHEMA}.dh_monitors (id uuid, name text)",
    f"INSERT INTO {SCHEMA}.dh_monitors VALUES " + ", ".join(map(str, FIRST_ROWS)),
    f"""
    INSERT INTO {SCHEMA}.dh_monitors
    SELECT md5('dh_monitors ' || n)::uuid,
           (ARRAY['checkout_latency', 'orders_backlog', 'disk_usage', 'login_errors', 'feed_freshness',
                  'cache_hits', 'replica_lag'])[1 + n % 7]
           || (ARRAY['_reg_mon_', '_monitor_', '_standalone_monitor_'])[1 + n % 3] || n
    FROM generate_series({len(FIRST_ROWS) + 1}, {ROWS}) AS n
    """,
    f"VACUUM (FREEZE, ANALYZE) {SCHEMA}.dh_monitors",
)


def ensure_demo(
    connect: "Callable[[str], AbstractContextManager[psycopg.Connection]]", progress: Callable[[str], None]
) -> str:
    """Make the demo database if it is not there; returns the server's version, such as "18.6".

    Call it with the lifecycle lock held.

    Args:
        connect: opens an autocommit connection, as superuser, to the database of that name.
        progress: told when there is something to wait for.
    """
    with connect("postgres") as admin:
        found = admin.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        version = admin.info.parameter_status("server_version") or "unknown"
        if found is None:
            progress(f"Loading the demo data ({ROWS:,} rows)")
            admin.execute(_MAKE_ROLE)
            admin.execute(f"DROP DATABASE IF EXISTS {_UNFINISHED} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {_UNFINISHED} OWNER {ROLE}")
            # No driver needs a startup parameter to find the table, nor does PgBouncer get to see one.
            admin.execute(f"ALTER DATABASE {_UNFINISHED} SET search_path = {SCHEMA}, public")
            with connect(_UNFINISHED) as database:
                for statement in _MAKE_TABLE:
                    database.execute(statement)
            admin.execute(f"ALTER DATABASE {_UNFINISHED} RENAME TO {DATABASE}")
    return version.split()[0]
