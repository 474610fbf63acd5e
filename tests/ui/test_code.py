"""The code: each task on the line where it is, the source as it is, whatever is in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgtui.core.events import Kind
from pgtui.core.experiment import Experiment
from pgtui.core.trace import RecipeSource, Trace
from pgtui.ui.draw.cells import text_of
from pgtui.ui.draw.code import Marker, code, extent, focus, gutter, latest, markers, scrolled
from pgtui.ui.draw.highlight import highlighted
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.picture import Picture, picture_at
from pgtui.ui.text import visible
from tests.ui.random_runs import patient, runs
from tests.ui.traces import new_connection, shared_cursor, turns


def texts(picture: Picture, columns: int = 60, height: int = 40, left: int = 0) -> list[str]:
    return [text_of(row).rstrip() for row in code(picture, (columns, height), DEFAULT_LOOK, 0, left)]


def with_source(trace: Trace, text: str) -> Trace:
    trace.header = replace(trace.header, source=RecipeSource("", tuple(enumerate(text.split("\n"), 1))))
    return trace


def index_of(trace: Trace, kind: Kind, name: str, nth: int = 0) -> int:
    return [event.index for event in trace.events() if event.kind is kind and trace.name(event.task) == name][nth] + 1


def test_the_tasks_stand_on_their_lines() -> None:
    trace = shared_cursor()
    lines = texts(picture_at(trace, index_of(trace, Kind.WAITS, "teal")))
    assert [line for line in lines if line[:5].strip()] == [
        "  ·►             await run.gather(execute_and_read, cursor,›",
        "gpt►     await cursor.execute(task.query)",
    ]


def test_the_running_task_is_told_by_its_filled_letter() -> None:
    trace = shared_cursor()
    index = index_of(trace, Kind.RUNS, "pink", 1)
    assert markers(picture_at(trace, index))[59] == Marker((2, 3), 2)
    row = code(picture_at(trace, index), (60, 40), DEFAULT_LOOK)[12]
    filled = [text for text, style, _ in row if style.bgcolor and style.bgcolor.name == DEFAULT_LOOK.task(2)]
    assert filled == ["p"]


def test_a_failure_stays_on_the_line_that_raised_it() -> None:
    lines = texts(picture_at(shared_cursor()))
    assert "gp×     async for row in cursor:" in [line.strip() for line in lines]
    assert markers(picture_at(shared_cursor()))[65].failed == (1, 2)


def test_a_task_that_is_done_is_nowhere() -> None:
    assert markers(picture_at(new_connection())) == {}
    assert all(not line[:5].strip() for line in texts(picture_at(new_connection())))


def test_many_tasks_on_a_line_are_counted() -> None:
    trace = turns(40, 2)
    lines = texts(picture_at(trace, index_of(trace, Kind.WAITS, "lime-3")))
    assert [line[:5] for line in lines if line[:5].strip()] == ["  39►"]


def test_line_numbers_come_where_there_is_room() -> None:
    assert texts(picture_at(shared_cursor()), 90)[0].startswith("47 ")
    assert texts(picture_at(shared_cursor()), 60)[0].startswith("     async def")


def test_a_long_line_is_cut_with_a_sign_and_can_be_scrolled_under_the_gutter() -> None:
    picture = picture_at(shared_cursor())
    assert texts(picture, 40)[3].endswith("›")
    wide, height = extent(picture, 40)
    assert (wide, height) == (98, 22)
    scrolled = code(picture, (40, 40), DEFAULT_LOOK, 0, wide - 40)
    assert text_of(scrolled[9]).rstrip().endswith("read: Read) -> None:")
    assert text_of(scrolled[18]).startswith(" gp× ")


def test_what_is_to_be_seen_is_the_stretch_of_all_markers() -> None:
    trace = shared_cursor()
    picture = picture_at(trace, index_of(trace, Kind.WAITS, "teal"))
    assert focus(picture) == (6, 12)
    assert latest(picture) == 12
    assert focus(picture_at(trace, 0)) is None


@patient
@given(runs, st.integers(1, 120), st.integers(1, 30), st.integers(0, 30), st.integers(0, 90), st.floats(0, 1))
def test_every_row_has_exactly_its_cells(
    trace: Trace, columns: int, height: int, top: int, left: int, share: float
) -> None:
    picture = picture_at(trace, int(share * len(trace)))
    rows = code(picture, (columns, height), DEFAULT_LOOK, top, left)
    assert all(cell_len(text_of(row)) == columns for row in rows)
    assert len(rows) == max(0, min(height, 22 - top))


@given(st.text(max_size=200))
def test_highlighting_changes_no_text(text: str) -> None:
    source = RecipeSource("", tuple(enumerate(text.split("\n"), 1)))
    pieces = highlighted(source)
    assert ["".join(text for text, _ in line) for line in pieces] == [visible(line) for _, line in source.lines]


def test_python_is_coloured_by_what_it_is() -> None:
    source = RecipeSource("", ((1, "async def f(task: Task) -> None:  # why"), (2, '    await g("x", 1)')))
    colours = {text: colour for line in highlighted(source) for text, colour in line if text.strip()}
    assert colours["def"] == colours["await"] == colours["None"] == "code-keyword"
    assert colours["f"] == colours["g"] == "code-function"
    assert colours["Task"] == "code-type"
    assert (colours["# why"], colours['"x"'], colours["1"]) == ("code-comment", "code-string", "code-number")


@pytest.mark.parametrize("text", ["def f(:\n  x = '", "\x1b[2J\tif", "", "    dedent\n  wrong", '"""never closed'])
def test_source_that_is_no_python_is_shown_as_it_is(text: str) -> None:
    trace = with_source(turns(2, 2), text)
    lines = texts(picture_at(trace), 70)
    start = gutter(picture_at(trace), 70)
    assert [line[start:] for line in lines] == [visible(line).rstrip() for line in text.split("\n")]


def test_wide_characters_keep_the_cells_in_order() -> None:
    trace = with_source(turns(1, 1), 'x = "世界世界世界" + y')
    for left in range(12):
        rows = code(picture_at(trace), (14, 2), DEFAULT_LOOK, 0, left)
        assert [cell_len(text_of(row)) for row in rows] == [14]


def test_an_experiment_without_source_has_no_lines() -> None:
    trace = turns(1, 1)
    trace.header = replace(trace.header, source=RecipeSource("", ()), experiment=Experiment(tasks=1))
    assert code(picture_at(trace), (40, 5), DEFAULT_LOOK) == []
    assert extent(picture_at(trace), 40)[1] == 0


@given(st.integers(0, 60), st.integers(1, 40), st.integers(0, 60), st.integers(0, 60))
def test_what_is_scrolled_into_view_is_there_and_stays(top: int, height: int, first: int, more: int) -> None:
    last = first + more
    there = scrolled(top, height, first, last)
    assert there <= first
    assert last < there + height or there == first
    assert scrolled(there, height, first, last) == there
    if top <= first and last < top + height:
        assert there == top
