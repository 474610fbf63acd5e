"""SQLAlchemy with asyncio over asyncpg: where asyncpg refuses a second query, SQLAlchemy lets it wait."""

from typing import TYPE_CHECKING

from pgtui.drivers import asyncpg_async
from pgtui.drivers.driver import Address
from pgtui.drivers.sqlalchemy_async import cookbook

if TYPE_CHECKING:
    from pgtui.postgres.target import Target

recipe = cookbook("sqlalchemy-asyncpg").recipe


def address(target: "Target", application_name: str) -> Address:
    """A URL without anything in it, which is what SQLAlchemy shows; asyncpg's arguments go past it."""
    arguments = asyncpg_async.address(target, application_name).arguments
    return Address(dsn="postgresql+asyncpg://", arguments=arguments)
