"""The demo data on the shared server."""

import psycopg
import pytest

from pgtui.postgres import Target
from pgtui.postgres.demo import FIRST_ROWS, ROWS

pytestmark = pytest.mark.live


@pytest.fixture
def demo(target: Target) -> Target:
    if not target.embedded:
        pytest.skip("PGTUI_TEST_DSN names a server without the demo data")
    return target


def test_the_notebooks_rows_come_first(demo: Target) -> None:
    with psycopg.connect(demo.conninfo("test-demo")) as connection:
        rows = connection.execute("SELECT id::text, name FROM dh_monitors LIMIT 3").fetchall()
    assert rows == list(FIRST_ROWS)


def test_there_are_a_hundred_thousand_different_rows(demo: Target) -> None:
    with psycopg.connect(demo.conninfo("test-demo")) as connection:
        query = "SELECT count(*), count(DISTINCT id), count(DISTINCT name) FROM dh_monitors"
        assert connection.execute(query).fetchone() == (ROWS, ROWS, ROWS)


def test_the_table_is_found_without_a_startup_parameter(demo: Target) -> None:
    assert demo.settings == {}
    with psycopg.connect(demo.conninfo("test-demo")) as connection:
        assert connection.execute("SHOW search_path").fetchone() == ("demo, public",)
