"""The registry keeps its word: what it refuses it explains, what it does not refuse has a recipe to be read."""

import contextlib
import dis
import importlib.util
import inspect
import itertools
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pgtui.core.experiment import Experiment, Reading, Sharing
from pgtui.drivers import registry
from pgtui.drivers.driver import Driver
from pgtui.drivers.registry import DRIVERS, check, driver
from pgtui.errors import UnsupportedError, UsageError

COMBINATIONS = [
    pytest.param(one, sharing, reading, id=f"{one.id}-{sharing}-{reading}")
    for one, sharing, reading in itertools.product(DRIVERS, Sharing, Reading)
]
LONGEST_FUNCTION = 25
"""Lines that fit on a projector."""


def test_all_drivers_are_there_in_their_order() -> None:
    assert [one.id for one in DRIVERS] == [
        "asyncpg", "psycopg", "aiopg", "aiopg-sa", "sqlalchemy-asyncpg", "sqlalchemy-psycopg",
        "psycopg-threads", "pg8000-threads", "psycopg-sync", "pg8000-sync",
    ]  # fmt: skip


@pytest.mark.parametrize(("one", "sharing", "reading"), COMBINATIONS)
def test_a_combination_has_either_a_recipe_or_a_reason(one: Driver, sharing: Sharing, reading: Reading) -> None:
    reason = one.refusal(sharing, reading)
    if reason is None:
        recipe = one.load().recipe(sharing, reading)
        assert (recipe.driver, recipe.sharing, recipe.reading) == (one.id, sharing, reading)
        assert recipe.threads == (one.carrier == "threads")
    else:
        with pytest.raises(LookupError):
            one.load().recipe(sharing, reading)
        assert reason.endswith(".")
        assert len(reason) > 40, "a reason that teaches something"
        with pytest.raises(UnsupportedError, match=r"^.{40}") as refused:
            check(Experiment(driver=one.id, sharing=sharing, reading=reading))
        assert refused.value.message == reason
        assert refused.value.hint


@pytest.mark.parametrize("one", DRIVERS, ids=lambda one: one.id)
def test_recipes_are_short_enough_to_be_read(one: Driver) -> None:
    for sharing, reading in itertools.product(Sharing, Reading):
        if one.refusal(sharing, reading):
            continue
        recipe = one.load().recipe(sharing, reading)
        for part in (recipe.main, *recipe.parts, recipe.read):
            assert len(inspect.getsourcelines(part)[0]) <= LONGEST_FUNCTION, part
        assert inspect.getdoc(recipe.main), "the first function says what is shared"
        assert len(recipe.files) == 1, "a line's number names one line"


@pytest.mark.parametrize("one", DRIVERS, ids=lambda one: one.id)
def test_a_recipe_shows_all_the_functions_that_it_runs(one: Driver) -> None:
    """But for two that are no part of what is to be seen: they ask for a pid, and keep SQL as it is."""
    for sharing, reading in itertools.product(Sharing, Reading):
        if one.refusal(sharing, reading):
            continue
        recipe = one.load().recipe(sharing, reading)
        parts = (recipe.main, *recipe.parts, recipe.read)
        called = {name for part in parts for name in functions_of_ours(part)}
        assert called - {"backend_pid", "sql"} <= {part.__name__ for part in parts}, (sharing, reading)


def functions_of_ours(function: Callable[..., Any]) -> set[str]:
    """The functions of pgtui's drivers that a function names."""
    names = {one.argval for one in dis.get_instructions(function) if one.opname == "LOAD_GLOBAL"}
    found = {name: function.__globals__.get(name) for name in names}
    return {
        name
        for name, value in found.items()
        if inspect.isfunction(value) and value.__module__.startswith("pgtui.drivers")
    }


def test_an_unknown_driver_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"'psycopg2'.*\n.*psycopg-threads"):
        driver("psycopg2")


@pytest.mark.parametrize("one", DRIVERS, ids=lambda one: one.id)
def test_a_missing_driver_is_told_with_the_way_to_install_it(one: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in one.imports else there(name))
    assert one.version is None
    for ask in (lambda: check(Experiment(driver=one.id)), one.load):
        with pytest.raises(UnsupportedError, match="is not installed") as missing:
            ask()
        assert missing.value.hint.startswith("Install it: pip install ")
        assert one.package in missing.value.hint


def test_a_driver_that_does_not_import_is_told_with_its_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Driver(id="broken", title="", package="asyncpg", imports=("asyncpg",), module="pgtui.drivers.no_such")
    monkeypatch.setattr(registry, "DRIVERS", (*DRIVERS, broken))
    with pytest.raises(UnsupportedError, match=r"does not import: No module named 'pgtui.drivers.no_such'"):
        driver("broken").load()


@pytest.mark.parametrize("one", DRIVERS, ids=lambda one: one.id)
def test_what_a_driver_logs_is_not_printed(one: Driver, capfd: pytest.CaptureFixture[str]) -> None:
    """Python prints warnings that nobody listens to on stderr: across the screen. A pool's warning is an example."""
    one.load()
    with without_pytests_handlers():
        for name in one.imports:
            logging.getLogger(f"{name}.pool").warning("discarding closed connection")
    assert capfd.readouterr().err == ""


@contextlib.contextmanager
def without_pytests_handlers() -> Iterator[None]:
    handlers, logging.root.handlers = logging.root.handlers, []
    try:
        yield
    finally:
        logging.root.handlers = handlers
