"""Drivers that are misused or cancelled leave cursors to the garbage collector, which warns when it finds them: it is
to come round in the test that left them, and there it is expected."""

import gc
from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect left cursors in the live tests of this directory."""
    for item in items:
        if item.path.parent.name == "drivers" and item.get_closest_marker("live"):
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture(autouse=True)
def _collected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect garbage before the next test."""
    yield
    if request.node.get_closest_marker("live"):
        gc.collect()
