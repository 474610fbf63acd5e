"""SQLAlchemy with asyncio over psycopg 3: its mutex stands before psycopg's own lock."""

from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from pgtui.drivers.driver import Address
from pgtui.drivers.sqlalchemy_async import cookbook

if TYPE_CHECKING:
    from pgtui.postgres.target import Target

recipe = cookbook("sqlalchemy-psycopg").recipe


def address(target: "Target", application_name: str) -> Address:
    """A URL without anything in it, which is what SQLAlchemy shows; psycopg's arguments go past it."""
    return Address(dsn="postgresql+psycopg://", arguments=conninfo_to_dict(target.conninfo(application_name)))
