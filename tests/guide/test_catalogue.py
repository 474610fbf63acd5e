"""The entries themselves: complete, and true of the drivers that are installed."""

import pytest

from pgtui.errors import UsageError
from pgtui.guide import Case, Hazard, Pair, Side, hazard, hazards
from pgtui.guide.places import Place

PLACES = [(one.id, place) for one in hazards() for place in one.places]
CASES = [(one, case) for one in hazards() for case in one.cases]


@pytest.mark.parametrize("one", hazards(), ids=lambda one: one.id)
def test_an_entry_has_all_its_words(one: Hazard) -> None:
    assert one.title
    assert not one.title.endswith(".")
    for words in (one.happens, one.why, one.instead):
        assert len(words) > 40
        assert words.endswith((".", "?", ")"))
    assert one.places
    assert one.cases


def test_numbers_and_ids_are_told_apart() -> None:
    assert len({one.number for one in hazards()}) == len(hazards())
    assert len({one.id for one in hazards()}) == len(hazards())


@pytest.mark.parametrize(("hazard_id", "place"), PLACES, ids=[f"{i}-{p.function}" for i, p in PLACES])
def test_places_are_in_the_installed_drivers(hazard_id: str, place: Place) -> None:
    assert place.line(), f"{hazard_id} points at {place}, which is not there"


def test_a_place_that_is_not_there_has_no_line() -> None:
    assert Place("psycopg/cursor_async.py", "AsyncCursor.no_such_function").line() is None
    assert Place("no_such_driver/cursor.py", "Cursor.execute").line() is None


def test_a_place_is_the_line_in_the_function() -> None:
    place = Place("asyncio/locks.py", "Lock.acquire", "await fut")
    line = place.line()
    assert line is not None
    import asyncio.locks
    import inspect

    source, first = inspect.getsourcelines(asyncio.locks.Lock.acquire)
    assert "await fut" in source[line - first]


@pytest.mark.parametrize(("one", "case"), CASES, ids=[f"{h.id}-{c.driver}" for h, c in CASES])
def test_recipes_are_short_enough_to_be_read(one: Hazard, case: Case) -> None:
    assert isinstance(case.pair(), Pair)
    for side in Side:
        recipe = case.recipe(side)
        assert 4 < len(recipe.source().lines) < 60
        assert all(len(line) <= 110 for _, line in recipe.source().lines)


def test_a_hazard_is_found_by_its_id_or_number() -> None:
    assert hazard("shared-cursor") is hazard("1")


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match="no hazard 'shared-curser'") as raised:
        hazard("shared-curser")
    assert "shared-cursor" in raised.value.hint


def test_a_place_is_looked_for_within_its_function_only() -> None:
    assert Place("asyncio/locks.py", "Lock.locked", "await fut").line() is None
    overloaded = Place("psycopg/cursor_async.py", "AsyncCursor.execute", "async with self._conn.lock").line()
    streamed = Place("psycopg/cursor_async.py", "AsyncCursor.stream", "async with self._conn.lock").line()
    assert overloaded is not None
    assert streamed is not None
    assert overloaded < streamed, "the overloads of execute() have no body to find it in"
