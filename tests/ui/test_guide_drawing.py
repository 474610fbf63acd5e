"""The guide's drawing and searching: pure functions of entries, outcomes and sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgtui.guide import Side, hazard, hazards
from pgtui.ui.draw.cells import text_of
from pgtui.ui.draw.flow import flow, words
from pgtui.ui.draw.recipes import ROOM_FOR_TWO, blocks, recipes
from pgtui.ui.entries import read_entry
from pgtui.ui.guidedrawing import entry, listing
from pgtui.ui.guiderooms import FLAT, WIDE, rooms
from pgtui.ui.guidesearch import Found, search
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.showing import Showing
from pgtui.ui.showingdrawing import told
from pgtui.ui.text import visible, width
from tests.ui.guides import CLEAN, HAZARD, LOST, OUTCOMES, RIGHT_WAY, MadeShowing, made_entry, made_showing, source

COLUMNS = st.integers(12, 220)
PLAIN = DEFAULT_LOOK.style("foreground")
TRACEBACK = """\
Traceback (most recent call last):
  File "/srv/app.py", line 12, in fetch
    rows = await connection.fetch("SELECT 1")  # no result available
  File "asyncpg/protocol/protocol.pyx", line 745, in asyncpg.protocol.protocol.BaseProtocol._check_state
asyncpg.exceptions._base.InterfaceError: cannot perform operation: another operation is in progress
"""


# Lines of words
@given(st.text(max_size=200), st.integers(1, 60), st.integers(0, 12))
def test_flowing_words_fill_every_line_exactly_and_lose_none(text: str, columns: int, indent: int) -> None:
    lead = [("►", PLAIN)] if indent else []
    rows = [text_of(row) for row in flow(columns, words(text, PLAIN), PLAIN, lead, indent)]
    assert {width(row) for row in rows} == {columns}
    if columns > indent + 1:
        seen = "".join("".join(rows).split()).removeprefix("►")
        assert seen == "".join(visible(text).split())


# Searching
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12", [12]),
        ("shared cursor", [1]),
        ("STREAM deadlock", [15]),
        ("psycopg/psycopg#405", [15]),
        ("no result available", [1]),
        ("no result", [1, 13]),
        (TRACEBACK, [3]),
        ("sqlalchemy.exc.PendingRollbackError: Can't reconnect until invalid transaction is rolled back.", [25]),
        ("nothing of the kind", []),
        ("permission denied for table orders", []),
    ],
)
def test_hazards_are_found_by_number_words_and_errors(text: str, numbers: list[int]) -> None:
    found = [one.hazard.number for one in search(text)]
    assert found[: len(numbers)] == numbers if numbers else found == []


def test_without_a_text_all_hazards_are_found() -> None:
    assert search("  ") == tuple(Found(one) for one in hazards())
    assert len(hazards()) == 32


def test_what_explains_an_error_says_which() -> None:
    assert search(TRACEBACK)[0].message == "another operation is in progress"
    assert search("no resu")[0] == Found(hazard("1"), "no result available")


@given(st.text(max_size=300))
def test_any_text_can_be_searched_for(text: str) -> None:
    found = search(text)
    assert len({one.hazard.number for one in found}) == len(found)


# The list and the entry
@given(COLUMNS, st.integers(0, 31), st.booleans())
def test_the_list_fills_its_lines_and_knows_whose_they_are(columns: int, chosen: int, focused: bool) -> None:
    outcomes = {one.hazard.number: one for one in OUTCOMES}
    found = search("")
    drawn = listing(DEFAULT_LOOK, found, outcomes, chosen, columns, focused)
    assert {width(text_of(row)) for row in drawn.rows} == {columns}
    first, stop = drawn.lines_of(chosen)
    assert set(drawn.owners[first:stop]) == {chosen}
    head = text_of(drawn.rows[first])
    assert head.startswith("►")
    assert head.split()[1] == str(found[chosen].hazard.number)
    assert sum("►" in text_of(row) for row in drawn.rows) == 1


def test_the_list_tells_how_hazards_fared_in_words() -> None:
    outcomes = {one.hazard.number: one for one in OUTCOMES}
    drawn = [text_of(row) for row in listing(DEFAULT_LOOK, search(""), outcomes, 0, 120, True).rows]
    told = {int(line[1:5]): line for line in drawn if line[1:5].strip().isdigit()}
    assert "√ Tasks that share a cursor lose their rows · psycopg · shown, right way clean" in told[1]
    assert "× A shared connection" in told[3]
    assert "shown, right way NOT clean" in told[3]
    assert "Ø Another task commits or rolls back one's work · psycopg · skipped" in told[7]
    assert "· Transaction blocks" in told[8]


@given(COLUMNS, st.sampled_from(hazards()))
def test_every_entry_fits_every_width(columns: int, one: object) -> None:
    number = one.number  # type: ignore[attr-defined]  # a Hazard
    outcome = next((each for each in OUTCOMES if each.hazard.number == number), None)
    for read in (None, made_entry(number)):
        rows = entry(DEFAULT_LOOK, hazard(str(number)), read, outcome, "", columns)
        assert {width(text_of(row)) for row in rows} == {columns}


def test_an_entry_has_why_sources_issues_errors_and_how_it_fared() -> None:
    rows = entry(DEFAULT_LOOK, hazard("1"), made_entry(1), OUTCOMES[0], "no result available", 100)
    drawn = "\n".join(text_of(row).rstrip() for row in rows)
    for words_ in (
        "Tasks that share a cursor lose their rows",
        "● shown: Rows arrived as green 1",
        "√ right way clean: all tasks done",
        "met       “no result available”",
        "why       execute() waits",
        "→ instead Create a cursor",
        "source    psycopg/cursor_async.py:100 AsyncCursor.execute",
        "issues    psycopg/psycopg#902",
        "errors    “no result available”",
    ):
        assert words_ in drawn
    linked = [segment for row in rows for segment in row if segment.style is not None and segment.style.link]
    assert linked[0].style.link == "https://github.com/psycopg/psycopg/issues/902"  # type: ignore[union-attr]


def test_what_was_not_shown_or_was_skipped_is_said_plainly() -> None:
    skipped = entry(DEFAULT_LOOK, hazard("7"), None, OUTCOMES[3], "", 120)
    assert any(
        text_of(row).startswith("Ø skipped: It writes into a temporary table, and this server") for row in skipped
    )
    several = [text_of(row) for row in entry(DEFAULT_LOOK, hazard("3"), None, OUTCOMES[2], "", 120)]
    assert any(line.startswith("× right way NOT clean") for line in several)
    assert [line.strip() for line in several].count("aiopg") == 1


def test_no_line_of_the_list_ends_with_a_dot_between_two_words() -> None:
    outcomes = {one.hazard.number: one for one in OUTCOMES}
    for columns in range(30, 130):
        drawn = listing(DEFAULT_LOOK, search("no result"), outcomes, 0, columns, True).rows
        assert not any(text_of(row).rstrip().endswith(" ·") for row in drawn)


# Recipes
def test_the_lines_that_differ_are_marked_and_the_same_ones_stand_beside_each_other() -> None:
    drawn = [text_of(row) for row in recipes(DEFAULT_LOOK, source(HAZARD), source(RIGHT_WAY), 160)]
    assert drawn[0].split("│")[0].strip() == "● the hazard"
    assert drawn[0].split("│")[1].strip() == "√ the right way"
    for line in drawn[1:]:
        left, right = line.split("│")
        assert (left[0] == "-" or right[1] == "+") != (left[2:].rstrip() == right[3:].rstrip())
    whole = {tuple(text) for same, *text in blocks(source(HAZARD), source(RIGHT_WAY)) if same}
    assert whole, "the blank line between the functions is the same"


@given(st.integers(18, 220))
def test_no_line_of_a_recipe_is_cut(columns: int) -> None:
    rows = [text_of(row) for row in recipes(DEFAULT_LOOK, source(HAZARD), source(RIGHT_WAY), columns)]
    assert {len(row) for row in rows} == {columns}
    if columns < ROOM_FOR_TWO:
        second = next(place for place, row in enumerate(rows) if "the right way" in row)
        parts = ["".join(row[2:] for row in rows[1:second]), "".join(row[2:] for row in rows[second + 1 :])]
    else:
        half = (columns - 3) // 2
        parts = ["".join(row[2:half] for row in rows[1:]), "".join(row[half + 5 :] for row in rows[1:])]
    assert ["".join(part.split()) for part in parts] == ["".join(text.split()) for text in (HAZARD, RIGHT_WAY)]


@pytest.mark.parametrize("one", hazards(), ids=lambda one: one.id)
def test_every_hazard_has_two_recipes_that_differ(one: object) -> None:
    for read in read_entry(one).recipes:  # type: ignore[arg-type]  # a Hazard
        assert read.hazard is not None, read.missing
        assert read.right_way is not None
        drawn = [text_of(row) for row in recipes(DEFAULT_LOOK, read.hazard, read.right_way, 200)]
        assert any(line.startswith("-") or "│ +" in line for line in drawn)


# Sizes
@given(st.integers(1, 300), st.integers(0, 120), st.sampled_from(["hazards", "entry", "recipes", ""]))
def test_the_panels_share_all_lines_and_the_one_with_the_keys_gets_most(columns: int, lines: int, focus: str) -> None:
    room = rooms(columns, lines, focus)
    heights = {"hazards": room.hazards, "entry": room.entry, "recipes": room.recipes}
    if columns >= WIDE and lines >= FLAT:
        assert room.hazards == room.entry == lines - room.recipes
        assert 0 < room.columns < columns
        if focus == "recipes":
            assert room.recipes > room.entry
    else:
        assert room.columns == 0
        assert sum(heights.values()) == lines
        if focus in ("entry", "recipes"):
            assert max(heights.values()) == heights[focus]
        if lines >= FLAT:
            assert min(heights.values()) >= 3


# What came of a hazard that is shown
@given(st.integers(24, 220), st.sampled_from(Side), st.integers(0, 2))
def test_what_came_of_it_fits_every_width(columns: int, side: Side, place: int) -> None:
    showing = MadeShowing(hazard("3"), {(0, Side.HAZARD): (None, LOST), (1, Side.HAZARD): (None, CLEAN)})
    drawn = told(DEFAULT_LOOK, showing, (place, side), columns)
    assert {width(text_of(row)) for row in drawn.rows} == {columns}
    assert len(drawn.rows) == len(drawn.sides) <= 10
    for first, stop, case in drawn.tabs:
        assert 0 <= first < stop <= columns
        assert 0 <= case < 3


def test_each_recipe_says_where_it_stands() -> None:
    showing = made_showing()
    drawn = [text_of(row) for row in told(DEFAULT_LOOK, showing, (0, Side.HAZARD), 140).rows]
    assert drawn[1].startswith("► the hazard     ● shown: Rows arrived as green 1")
    assert drawn[-1].startswith("  the right way  √ right way clean: all tasks done")
    showing.begin()
    drawn = [text_of(row) for row in told(DEFAULT_LOOK, showing, (0, Side.RIGHT_WAY), 140).rows]
    assert drawn[1].rstrip() == "  the hazard     … waits for its turn"
    assert drawn[2].rstrip() == "► the right way  … waits for its turn"
    showing.end("It was ended before its time.")
    assert "not run" in text_of(told(DEFAULT_LOOK, showing, (0, Side.HAZARD), 140).rows[1])


@pytest.mark.parametrize("columns", range(40, 100))
def test_what_was_seen_is_cut_between_words(columns: int) -> None:
    drawn = [text_of(row).rstrip() for row in told(DEFAULT_LOOK, made_showing(), (0, Side.RIGHT_WAY), columns).rows]
    seen = drawn[1].partition("shown:")[2]
    assert seen.endswith(" …")
    assert set(seen.removesuffix(" …").split()) <= set(LOST.seen.split())


def test_a_case_that_cannot_be_shown_says_why() -> None:
    showing = Showing(hazard("29"))
    showing.reasons = ("There is no pgbouncer on this machine.",) * 2
    drawn = [text_of(row) for row in told(DEFAULT_LOOK, showing, (0, Side.HAZARD), 140).rows]
    assert "Ø asyncpg" in drawn[0]
    assert "Ø skipped: There is no pgbouncer on this machine." in drawn[1]
