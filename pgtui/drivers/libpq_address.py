"""How the drivers over libpq, psycopg and psycopg2, are told where the server is."""

from typing import TYPE_CHECKING

from pgtui.drivers.driver import Address

if TYPE_CHECKING:
    from pgtui.postgres.target import Target


def address(target: "Target", application_name: str) -> Address:
    """A connection string, which means to each what libpq means by it."""
    return Address(dsn=target.conninfo(application_name))
