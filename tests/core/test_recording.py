"""A recorded run opens as it was; a damaged or a newer file gives one clear error with the line."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pgtui.core.events import Kind
from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.findings import findings
from pgtui.core.recording import check_writable, load, save
from pgtui.core.report import report
from pgtui.core.tasks import RowWriter
from pgtui.core.trace import CHUNK, FIRST_CHUNKS, Header, Trace
from pgtui.errors import TraceFileError
from tests.core import scripted
from tests.core.scripted import run

MAINS: list[Any] = [scripted.shared_cursor, scripted.shared_connection, scripted.new_connection]


@pytest.mark.parametrize("main", MAINS)
def test_what_is_read_is_what_was_written(main: Any, tmp_path: Path) -> None:
    trace = run(main, experiment=Experiment(sharing=Sharing.SHARED_CURSOR, rows=2))
    save(trace, tmp_path / "run.jsonl")
    again = load(tmp_path / "run.jsonl")
    assert again.header == trace.header
    assert list(again.events()) == list(trace.events())
    assert [again.said(e.value) for e in again.events()] == [trace.said(e.value) for e in trace.events()]
    assert report([again]) == report([trace])
    assert findings(again) == findings(trace)
    assert again.finished


def test_a_trace_with_a_gap_keeps_its_counts_and_its_gap(tmp_path: Path) -> None:
    trace = Trace(Header(experiment=Experiment(tasks=1), names=("run", "green")), 1_000, chunks=FIRST_CHUNKS + 4)
    trace.append(1_001, Kind.CREATED, 1)
    for time in range(1_002, 1_002 + (FIRST_CHUNKS + 8) * CHUNK, 2):
        trace.append(time, Kind.RUNS, 1)
        trace.append(time + 1, Kind.YIELDS, 1, 7)
    trace.finished = True
    save(trace, tmp_path / "run.jsonl")
    again = load(tmp_path / "run.jsonl")
    assert (again.dropped, again.gap, len(again)) == (trace.dropped, trace.gap, len(trace))
    assert again.now.tasks[1].steps == trace.now.tasks[1].steps
    assert list(again.events(trace.gap[1] if trace.gap else 0)) == list(trace.events(trace.gap[1] if trace.gap else 0))


def test_values_are_written_as_they_are_shown(tmp_path: Path) -> None:
    trace = Trace(Header(experiment=Experiment(), names=("run", "green")))
    uuid = UUID("c17feb88-db0b-4c58-84c1-8bac48b0dc77")
    RowWriter(trace, 1)(5, [(uuid, None, float("nan"), b"\0\1", "\x1b[31m", 1, 1)])
    save(trace, tmp_path / "run.jsonl")
    again = load(tmp_path / "run.jsonl")
    values = again.values(next(again.events()).value)
    assert values == (str(uuid), None, "nan", "\\x0001", "\x1b[31m", 1, 1)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    path = tmp_path_factory.mktemp("recorded") / "run.jsonl"
    save(run(scripted.shared_cursor), path)
    return path.read_text().splitlines()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [], "line 1"),
        (lambda lines: ["hello"], "line 1"),
        (lambda lines: ['{"a": 1}'], "no schema"),
        (lambda lines: [lines[0].replace('"schema":1', '"schema":7'), *lines[1:]], "newer pgtui: its schema is 7"),
        (lambda lines: lines[:-1], "line {count}: the end is missing"),
        (lambda lines: [*lines[:9], lines[9][:5], *lines[10:]], "line 10: it is no JSON"),
        (lambda lines: [*lines[:9], '[1,"danced",1,0]', *lines[10:]], "line 10"),
        (lambda lines: [*lines[:9], '[1,"runs",99,0]', *lines[10:]], "line 10"),
        (lambda lines: [*lines[:9], '[-5,"runs",1,0]', *lines[10:]], "line 10"),
        (lambda lines: [*lines[:9], '["1","runs",1,0]', *lines[10:]], "line 10"),
        (lambda lines: [*lines[:9], '{"payload":99999999,"text":"x"}', *lines[10:]], "line 10"),
        (lambda lines: [*lines[:9], '{"payload":5,"wait":{"x":1}}', *lines[10:]], "line 10"),
        (lambda lines: [*lines[:9], "7", *lines[10:]], "line 10"),
        (lambda lines: [lines[0].replace('"tasks":3', '"tasks":0'), *lines[1:]], "line 1"),
        (lambda lines: [lines[0].replace("shared-c", "shared-z").replace("new-c", "new-z"), *lines[1:]], "line 1"),
        (lambda lines: [*lines, lines[5]], "more after the end"),
    ],
)
def test_damage_is_told_with_its_line(change: Any, said: str, recorded: list[str], tmp_path: Path) -> None:
    lines = change(list(recorded))
    (tmp_path / "run.jsonl").write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(TraceFileError) as caught:
        load(tmp_path / "run.jsonl")
    assert said.format(count=len(recorded)) in caught.value.message
    assert caught.value.exit_code == 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_ends_in_a_traceback(data: st.DataObject, recorded: list[str], tmp_path: Path) -> None:
    text = "\n".join(recorded) + "\n"
    place = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 40))
    put = data.draw(st.text(st.sampled_from('0123456789-.,"[]{}:\nabcéxn '), max_size=12))
    (tmp_path / "run.jsonl").write_text(text[:place] + put + text[place + length :])
    try:
        trace = load(tmp_path / "run.jsonl")
    except TraceFileError:
        return
    report([trace])
    findings(trace)


def test_a_file_that_is_not_there_or_is_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(TraceFileError, match="No such file"):
        load(tmp_path / "none.jsonl")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\0\1")
    with pytest.raises(TraceFileError, match="not UTF-8"):
        load(tmp_path / "binary")
    with pytest.raises(TraceFileError, match="directory"):
        load(tmp_path)


def test_a_file_that_cannot_be_written_is_told_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(TraceFileError, match="no directory"):
        check_writable(tmp_path / "nowhere" / "run.jsonl")
    with pytest.raises(TraceFileError, match="cannot be written"):
        save(run(scripted.shared_cursor), tmp_path / "nowhere" / "run.jsonl")


def test_an_old_file_stays_whole_until_the_new_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.jsonl"
    save(run(scripted.shared_cursor), path)
    before = path.read_text()
    broken = run(scripted.shared_cursor)
    broken.payloads[1] = object()  # type: ignore[call-overload]  # what cannot be written
    with pytest.raises(TypeError):
        save(broken, path)
    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.jsonl"]


def test_the_first_line_says_its_schema(recorded: list[str]) -> None:
    assert json.loads(recorded[0])["schema"] == 1
