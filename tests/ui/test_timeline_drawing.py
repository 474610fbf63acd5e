"""The timeline as it is drawn: what a reader sees in it, in every size, before and after the playhead."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment

from pgtui.core.events import Kind
from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.trace import Trace
from pgtui.ui.draw.cells import Cells, Row, text_of
from pgtui.ui.draw.inks import FADED, mixed
from pgtui.ui.draw.kept import _traces, kept
from pgtui.ui.draw.layout import Lane, layout
from pgtui.ui.draw.letters import letters
from pgtui.ui.draw.phases import call_at
from pgtui.ui.draw.timeline import caption, timeline
from pgtui.ui.look import DEFAULT_LOOK
from pgtui.ui.picture import Picture, picture_at
from tests.ui.random_runs import patient, random_run, runs
from tests.ui.traces import made, new_connection, shared_connection, shared_cursor, turns

sizes = st.tuples(st.integers(1, 150), st.integers(1, 14))


def texts(picture: Picture, columns: int, height: int, top: int = 0) -> list[str]:
    return [text_of(row).rstrip() for row in timeline(picture, (columns, height), DEFAULT_LOOK, top)]


def styled(row: Row) -> list[tuple[str, str | None, str | None]]:
    """Each cell's glyph, colour and background."""
    return [
        (char, style.color and style.color.name, style.bgcolor and style.bgcolor.name)
        for text, style, _ in row
        for char in text
    ]


def test_a_run_by_step() -> None:
    assert texts(picture_at(shared_cursor()), 100, 7) == [
        "green           ████▉─ server ─████▉█●██▉░░░░░████▉×                                            │",
        "pink            ░░░░░████▉─ lock: green ─████▉─────█●██▉░░░░░████▉×                             │",
        "teal            ░░░░░░░░░░████▉─ lock: green ───────────████▉─────█●██▉██●█▉██●█▉████▉√         │",
        "lock                      ▄ green ▄▄▄▄▄▄▄▄ pink ▄▄▄▄▄▄▄▄▄ teal ▄▄▄▄▄▄▄▄                         │",
        "run   ████▉████▉─ gather ─────────────────────────────────────────────────────────────████▉████▉│",
        "      1    2         4         6         8         10        12        14        16        18   │",
        "                └──── execute ────┘ row 1          row 1          └─ rows 1–3 ─┘ done close done│",
    ]


def test_a_run_by_time() -> None:
    picture = replace(picture_at(new_connection()), by_step=False)
    assert texts(picture, 100, 5) == [
        "green    ░░▐██▉─ connecting ────────────────────────────────▐██▎─ server ──────░▐█████▋──░●░░░●▊──▐│",
        "pink     ░░░░░░▐██▎─ connecting ───────────────────────────────░░░█▉──▐██████▋─░░░░░░░░●●●░░▁▊──░▐√│",
        "teal     ░░░░░░░░░▁██▏─ connecting ────────────────────────────░█▌──▐▋────────▐●░░░░░░░░●●░▐▍───▐√ │",
        "run    ░░▅─ gather ───────────────────────────────────────────────────────────────────────────────▐│",
        "      0 ms         1 ms          2 ms         3 ms          4 ms         5 ms          6 ms        │",
    ]


def test_rows_of_one_step_are_ticks_beside_each_other() -> None:
    assert texts(picture_at(shared_connection()), 60, 4) == [
        "green         ███▉────────███▉●●█▉√                       │",
        "pink          ░░░░███▉─ green ────███▉●●█▉√               │",
        "teal          ░░░░░░░░███▉─ lock: green ──███▉●●█▉√       │",
        "      1               5                   10              │",
    ]


def test_the_playhead_stands_before_what_has_not_happened_yet() -> None:
    assert texts(picture_at(shared_cursor(), 40), 100, 3) == [
        "green           ████▉─ server ─████▉█●██▉░░░░░████▉× │",
        "pink            ░░░░░████▉─ lock: green ─████▉─────█●│█▉░░░░░████▉×",
        "teal            ░░░░░░░░░░████▉─ lock: green ────────│──████▉─────█●██▉██●█▉██●█▉████▉√",
    ]


@pytest.mark.parametrize("by_step", [True, False])
def test_after_the_playhead_everything_is_faded_and_before_it_nothing(by_step: bool) -> None:
    trace = shared_cursor()
    faded = {mixed(DEFAULT_LOOK, DEFAULT_LOOK.task(task), FADED).lower() for task in (1, 2, 3)}
    for index in range(0, len(trace) + 1, 5):
        picture = replace(picture_at(trace, index), by_step=by_step)
        for row in timeline(picture, (120, 3), DEFAULT_LOOK):
            cells = styled(row)[6:]
            head = next(x for x, (glyph, colour, _) in enumerate(cells) if glyph == "│" and colour == "#ffd75f")
            assert not any(colour in faded for _, colour, _ in cells[:head])
            assert not any(colour == DEFAULT_LOOK.task(task) for _, colour, _ in cells[head:] for task in (1, 2, 3))


@patient
@given(runs, sizes, st.booleans(), st.floats(0, 1), st.floats(1, 30), st.integers(0, 9))
def test_every_row_has_exactly_its_cells(
    trace: Trace, size: tuple[int, int], by_step: bool, share: float, zoom: float, top: int
) -> None:
    picture = replace(picture_at(trace, int(share * len(trace))), by_step=by_step, zoom=zoom, chosen=1)
    rows = timeline(picture, size, DEFAULT_LOOK, top)
    assert len(rows) == size[1]
    assert all(cell_len(text_of(row)) == size[0] for row in rows)


@patient
@given(st.integers(0, 500), st.integers(1, 5), st.integers(1, 300), st.booleans(), st.floats(0, 1))
def test_chunks_leave_no_trace_in_the_picture(seed: int, tasks: int, events: int, by_step: bool, share: float) -> None:
    def rows(chunk: int) -> list[Row]:
        trace = random_run(seed, tasks, events, chunk=chunk)
        picture = replace(picture_at(trace, int(share * len(trace))), by_step=by_step, highlighted=frozenset({3, 20}))
        return timeline(picture, (90, 12), DEFAULT_LOOK)

    assert [list(map(tuple, row)) for row in rows(4096)] == [list(map(tuple, row)) for row in rows(9)]


@pytest.mark.parametrize("by_step", [True, False])
def test_a_picture_is_the_same_whatever_was_drawn_before(by_step: bool) -> None:
    trace = random_run(8, 3, 900, chunk=32, lasting=True)
    picture = replace(picture_at(trace, 500), by_step=by_step, zoom=4.0)
    first = timeline(picture, (80, 9), DEFAULT_LOOK)
    for index in range(0, len(trace), 70):
        timeline(replace(picture_at(trace, index), by_step=not by_step, zoom=1 + index % 9), (60, 5), DEFAULT_LOOK)
    assert timeline(picture, (80, 9), DEFAULT_LOOK) == first
    del _traces[trace]
    assert timeline(picture, (80, 9), DEFAULT_LOOK) == first


def test_a_run_of_more_steps_than_can_be_told_apart_is_drawn_in_bars() -> None:
    picture = picture_at(turns(3, 1_500))
    green, *_ = texts(picture, 80, 5)
    assert set(green[6:-3]) <= set("▁▂▃▄▅▆▇█")
    assert green.endswith("│")


def test_of_many_tasks_one_line_tells_who_ran_and_the_others_scroll() -> None:
    picture = picture_at(turns(12, 3))
    top, scrolled = texts(picture, 60, 5), texts(picture, 60, 5, top=9)
    assert [line.split()[0] for line in top] == ["green", "pink", "teal", "all", "1"]
    assert [line.split()[0] for line in scrolled] == ["gold", "mint", "plum", "all", "1"]
    assert top[3:] == scrolled[3:]
    assert set(letters(picture.trace.header.names)[1:]) == set(top[3][7:-1])


@pytest.mark.parametrize(("height", "lines"), [(1, ["all"]), (2, ["all", "1"]), (3, ["green", "pink", "teal"])])
def test_a_tiny_timeline_keeps_what_matters_most(height: int, lines: list[str]) -> None:
    assert [line.split()[0] for line in texts(picture_at(shared_cursor()), 60, height)] == lines


def test_where_names_have_no_room_letters_stand_for_them() -> None:
    assert [line[:3] for line in texts(picture_at(turns(9, 2)), 20, 9)] == ["g  ", "p  ", "t  ", "a  ", "v  ", "c  ",
                                                                           "l  ", "s  ", "r  "]  # fmt: skip


def test_a_lane_for_each_lock_and_pool() -> None:
    text = """
        1 CREATED green
        2 CREATED pink
        3 RUNS green
        4 WAITS green 59|pool|psycopg_pool/pool_async.py:1 getconn|AsyncConnectionPool|
        5 RUNS pink
        6 WAITS pink 59|pool|psycopg_pool/pool_async.py:1 getconn|AsyncConnectionPool|
        7 READY green
        8 RUNS green
        9 DONE green
    """
    trace = made(text, Experiment(tasks=2, sharing=Sharing.POOL))
    lines = texts(picture_at(trace), 60, 4)
    assert [line.split()[0] for line in lines] == ["green", "pink", "pool", "1"]
    assert lines[:3] == [
        "green ███████▉─ pool ─███████▉│",
        "pink  ░░░░░░░░███████▉─ pool ─│",
        "pool          ─ 1 waits ──────│",
    ]


def test_where_no_holder_is_seen_a_line_tells_how_many_wait() -> None:
    waits = "59|lock|psycopg/cursor_async.py:112 AsyncCursor.execute|AsyncConnection.lock|"
    text = f"""
        0 CREATED green
        0 CREATED pink
        10 RUNS green
        20 WAITS green {waits}
        30 RUNS pink
        60 WAITS pink {waits}
        80 RUNS green
        81 CANCELLED green
        90 RUNS pink
        95 WAITS pink {waits}
        96 RUNS pink
        100 CANCELLED pink
    """
    picture = picture_at(made(text, Experiment(tasks=2, sharing=Sharing.SHARED_CONNECTION)))
    lock = texts(replace(picture, by_step=False), 100, 4)[2]
    assert (
        lock == "lock                    ─ 1 waits ──────────────────────────── 2 wait ──────────── 1 ─────    1─   │"
    )
    assert texts(replace(picture, by_step=False), 30, 4)[2] == "l        ─ 1 ─────── 2 ─1─── │"


def test_the_screens_own_painting_has_a_lane() -> None:
    trace = made(["0 CREATED green", "10 RUNS green", "20 YIELDS green 68", "60 PAINTED run 30000", "100 RUNS green",
                  "110 DONE green"], Experiment(tasks=1))  # fmt: skip
    by_time = texts(replace(picture_at(trace), by_step=False), 50, 4)
    assert by_time[1].startswith("ui")
    assert by_time[1].count("█") == pytest.approx(44 * 30 / 110, abs=1)
    assert texts(picture_at(trace), 50, 4)[1] == "ui            │       │"


def test_dropped_events_are_a_gap_that_says_how_many() -> None:
    trace = random_run(3, 3, 3_000, chunk=8, most_chunks=1, lasting=True)
    for by_step in (True, False):
        lines = texts(replace(picture_at(trace), by_step=by_step), 100, 8)
        assert f"{trace.dropped:,} events not kept" in lines[0]
        assert all("╱" in line for line in lines[:5])
    assert f"{trace.dropped:,} events dropped" in caption(picture_at(trace))


def test_a_gap_too_short_for_a_cell_is_seen_all_the_same() -> None:
    trace = random_run(3, 3, 660, chunk=8, most_chunks=1, lasting=True)
    assert 0 < trace.dropped < 40
    for by_step in (True, False):
        assert "╱" in texts(replace(picture_at(trace), by_step=by_step), 30, 3)[0]


def test_the_events_of_a_chosen_finding_are_marked_in_their_lanes_and_on_the_axis() -> None:
    trace = shared_cursor()
    events = [event.index for event in trace.events() if event.kind is Kind.ROW][:2]
    rows = timeline(replace(picture_at(trace), highlighted=frozenset(events)), (100, 6), DEFAULT_LOOK)
    marked = [[x for x, (_, _, on) in enumerate(styled(row)) if on == "#ffd75f"] for row in rows]
    assert marked == [[37], [52], [], [], [], []]
    assert [x for x, char in enumerate(text_of(rows[5])) if char == "▲"] == [37, 52]
    assert text_of(rows[0])[37] == text_of(rows[1])[52] == "●"


def test_hostile_names_stay_in_their_lane() -> None:
    trace = turns(3, 2)
    names = ("run", "[red]x[/]\x1b[2J", "世界世界世界世界", "e\u0301" * 9)
    trace.header = replace(trace.header, names=names)
    rows = timeline(picture_at(trace), (70, 6), DEFAULT_LOOK)
    assert all(cell_len(text_of(row)) == 70 for row in rows)
    assert "\x1b" not in "".join(text_of(row) for row in rows)


def test_the_layout_gives_the_lines_to_what_is_missed_most() -> None:
    picture = picture_at(shared_cursor())
    kinds = [[lane for lane, _ in layout(picture, (100, height)).below] for height in range(3, 9)]
    assert kinds == [
        [],
        [Lane.AXIS],
        [Lane.LOCK, Lane.AXIS],
        [Lane.LOCK, Lane.RUN, Lane.AXIS],
        [Lane.LOCK, Lane.RUN, Lane.AXIS, Lane.PHASES],
        [Lane.LOCK, Lane.RUN, Lane.AXIS, Lane.PHASES],
    ]


def test_more_steps_than_words_have_room_for_have_no_line_for_words() -> None:
    picture = picture_at(turns(3, 90))
    assert Lane.PHASES not in [lane for lane, _ in layout(picture, (100, 9)).below]
    assert Lane.PHASES in [lane for lane, _ in layout(replace(picture, zoom=2.0), (100, 9)).below]


def test_the_caption_tells_step_and_time() -> None:
    assert caption(picture_at(shared_cursor(), 30)) == "step 7 of 18 · 3.5 ms of 4.8 ms"


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("    await cursor.execute(task.query)", "execute"),
        ("    async with await psycopg.AsyncConnection.connect(run.dsn) as connection:", "connect"),
        ("    async for row in cursor:", "async for"),
        ("        await asyncio.sleep(0)", "sleep"),
        ("    rows = cursor.fetchall()", "fetchall"),
        ("    return", ""),
    ],
)
def test_a_step_is_called_after_the_call_that_it_stands_at(line: str, call: str) -> None:
    assert call_at(line) == call


@patient
@given(st.lists(st.tuples(st.integers(-3, 12), st.text(max_size=6)), max_size=8))
def test_cells_never_change_the_width_of_their_row(pieces: list[tuple[int, str]]) -> None:
    cells = Cells(9, DEFAULT_LOOK.style())
    for x, text in pieces:
        if all(cell_len(char) <= 2 and char.isprintable() for char in text):
            cells.put(x, text, DEFAULT_LOOK.style("dim"))
    assert cell_len("".join(segment.text for segment in cells.row() if isinstance(segment, Segment))) == 9


def test_what_is_kept_of_a_trace_goes_with_it() -> None:
    trace = shared_cursor()
    kept(trace)
    assert trace in _traces
    before = len(_traces)
    del trace
    assert len(_traces) < before
