"""Servers of the tests' own, in directories of their own."""

import os
from collections.abc import Iterator

import pytest

from tests.postgres.clients import Place, temporary_base

ORDINARY_USER = "nobody"


@pytest.fixture
def place() -> Iterator[Place]:
    """A base directory of the test's own, used by the user of the tests."""
    with temporary_base() as base:
        yield Place(base)


@pytest.fixture(params=["as the user of the tests", "as an ordinary user"])
def anyones_place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A base directory of the test's own; for root once more as an ordinary user."""
    user = None
    if request.param == "as an ordinary user":
        if os.geteuid() != 0:
            pytest.skip("the tests run as an ordinary user already")
        user = ORDINARY_USER
    with temporary_base(user) as base:
        yield Place(base, user)
