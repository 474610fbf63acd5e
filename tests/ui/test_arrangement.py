"""Which panels have room: never more than there is, and panes always."""

from hypothesis import given
from hypothesis import strategies as st

from pgtui.settings import PANELS
from pgtui.ui.arrangement import SHARES, arrange
from pgtui.ui.pickerdrawing import window
from pgtui.ui.widgets.panes import LEAST_HEIGHT, LEAST_WIDTH, MOST_PANES, grid_of


@given(
    st.integers(1, 300),
    st.integers(1, 120),
    st.sets(st.sampled_from(PANELS)),
    st.sampled_from(PANELS),
    st.integers(3, 30),
    st.sampled_from(SHARES),
    st.sampled_from(SHARES),
)
def test_the_parts_fill_the_screen_exactly(
    width: int, height: int, panels: set[str], solo: str, lanes: int, panes: float, code: float
) -> None:
    room = arrange(width, height, panels, solo, lanes=lanes, panes_share=panes, code_share=code)
    assert room.panes + room.timeline + room.lower == height
    assert room.panes >= min(height, 1)
    assert min(room.panes, room.timeline, room.lower, room.code, room.findings) >= 0
    if room.lower:
        assert room.code + room.findings == width
    else:
        assert room.code == room.findings == 0
    for panel, size in (("timeline", room.timeline), ("code", room.code), ("findings", room.findings)):
        assert panel in panels or not size


def test_a_small_terminal_shows_one_panel_and_a_large_one_all() -> None:
    small = arrange(80, 19, PANELS, "timeline", lanes=9)
    assert (small.timeline > 0, small.lower) == (True, 0)
    large = arrange(120, 33, PANELS, "timeline", lanes=9)
    assert min(large.panes, large.timeline, large.lower, large.code, large.findings) > 0


@given(st.integers(1, 64), st.integers(10, 300), st.integers(1, 100))
def test_a_grid_of_panes_gives_each_its_room(tasks: int, cells: int, lines: int) -> None:
    grid = grid_of(tasks, cells, lines)
    if grid is not None:
        columns, rows = grid
        assert tasks <= MOST_PANES
        assert columns * rows >= tasks
        assert cells // columns >= LEAST_WIDTH
        assert lines // rows >= LEAST_HEIGHT


def test_three_tasks_stand_side_by_side_and_nine_are_a_list() -> None:
    assert grid_of(3, 80, 9) == (3, 1)
    assert grid_of(8, 120, 20) == (4, 2)
    assert grid_of(9, 300, 100) is None


@given(st.lists(st.integers(3, 30), min_size=1, max_size=12), st.data(), st.integers(30, 200))
def test_a_long_list_shows_what_is_picked_and_begins_as_early_as_it_can(
    widths: list[int], data: st.DataObject, cells: int
) -> None:
    place = data.draw(st.integers(0, len(widths) - 1))
    first, last = window(widths, place, cells)
    assert first <= place < last
    assert sum(widths[first:last]) <= cells
    assert first == 0 or sum(widths[first - 1 : place + 1]) > cells
    assert last == len(widths) or sum(widths[first : last + 1]) > cells
