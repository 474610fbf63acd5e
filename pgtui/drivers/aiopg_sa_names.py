"""What the recipes take from aiopg.sa 1.4, once the names that it uses and SQLAlchemy 2 took away are there again.

- `sqlalchemy.dialects.postgresql.psycopg2.PGCompiler_psycopg2`: is `PGCompiler` itself now.
- `case_sensitive` of a dialect: is always true now.
- `description_encoding` of a dialect: is always none now.

The first is added to SQLAlchemy's module, which uses it nowhere; the others to the one dialect that aiopg.sa makes for
itself. See aio-libs/aiopg#897.
"""

import sqlalchemy.dialects.postgresql.psycopg2 as psycopg2_dialect
from sqlalchemy.dialects.postgresql.base import PGCompiler

if not hasattr(psycopg2_dialect, "PGCompiler_psycopg2"):
    psycopg2_dialect.PGCompiler_psycopg2 = PGCompiler  # type: ignore[attr-defined]  # it is gone: that is the point

# Only now does it import.
from aiopg.sa import Engine, SAConnection, create_engine
from aiopg.sa.engine import _dialect
from aiopg.sa.result import ResultProxy

__all__ = ["Engine", "ResultProxy", "SAConnection", "create_engine"]

_dialect.case_sensitive = True
_dialect.description_encoding = None
