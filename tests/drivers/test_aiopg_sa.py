"""aiopg.sa works on SQLAlchemy 2: with text, as in the notebook's first cell, and with Core's queries."""

# mypy: allow-untyped-calls
# aiopg has types, aiopg.sa has none.

import subprocess
import sys
from typing import Any

import pytest
import sqlalchemy

from pgtui.drivers.aiopg_sa_names import create_engine
from pgtui.postgres.demo import FIRST_ROWS
from pgtui.postgres.target import Target

pytestmark = pytest.mark.live

MONITORS = sqlalchemy.table("dh_monitors", sqlalchemy.column("id"), sqlalchemy.column("name"))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id, name FROM dh_monitors LIMIT 3",
        sqlalchemy.text("SELECT id, name FROM dh_monitors LIMIT 3"),
        sqlalchemy.select(MONITORS).limit(3),
        sqlalchemy.select(MONITORS.c.id, MONITORS.c.name).where(MONITORS.c.name.in_([name for _, name in FIRST_ROWS])),
    ],
    ids=["string", "text", "select", "where"],
)
async def test_text_and_core_queries_give_the_rows(target: Target, query: Any) -> None:
    if not target.embedded:
        pytest.skip("the demo table is in the embedded server")
    async with create_engine(target.conninfo("pgtui test")) as engine, engine.acquire() as connection:
        rows = [row.as_tuple() async for row in connection.execute(query)]
    assert [(str(id_), name) for id_, name in rows] == list(FIRST_ROWS)


def test_it_does_not_import_without_the_names_that_are_put_back() -> None:
    """When this fails, aiopg has learned SQLAlchemy 2, and `aiopg_sa_names` can go."""
    plain = subprocess.run([sys.executable, "-c", "import aiopg.sa"], capture_output=True, text=True, timeout=60)
    assert plain.returncode == 1
    assert "ImportError" in plain.stderr
    ours = "import pgtui.drivers.aiopg_sa_names, aiopg.sa"
    assert subprocess.run([sys.executable, "-c", ours], timeout=60, check=False).returncode == 0
