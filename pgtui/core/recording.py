"""Runs as files: JSON Lines, versioned, one line an event. What was recorded opens again with no server.

The first line is an object with `"schema": 1` and all that was known before the run; then come events as arrays
`[nanoseconds, kind, task, value]`, the payloads they name and the rows' values as objects before their first use, and
at the end a line with the number of events, so that a file that was cut off is known.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pgtui.core.events import (
    KIND_BITS,
    KIND_MASK,
    PAYLOAD_MASK,
    TASK_MASK,
    VALUE_SHIFT,
    Failure,
    Kind,
    Payload,
    Resource,
    Wait,
)
from pgtui.core.experiment import MOST_TASKS, Experiment, Reading, Sharing, Yielding
from pgtui.core.state import Moment, Phase, TaskState
from pgtui.core.text import shown
from pgtui.core.trace import CHUNK, MOST_PAYLOADS, Header, RecipeSource, Trace
from pgtui.errors import PgtuiError, TraceFileError

SCHEMA = 1
_BLOCK = 20_000
_KIND_NAMES = {int(kind): kind.name.lower() for kind in Kind}
_KINDS = {name: number for number, name in _KIND_NAMES.items()}
_VALUES = 1 << 44
_WITH_PAYLOAD = frozenset(map(int, (Kind.WAITS, Kind.SAYS, Kind.FAILED, Kind.HELD, Kind.RELEASED)))
_ROWS = frozenset(map(int, (Kind.ROW, Kind.ROW_AGAIN)))
_PAYLOADS: dict[str, type[Wait] | type[Resource] | type[Failure]] = {
    "wait": Wait, "resource": Resource, "failure": Failure,
}  # fmt: skip
T = TypeVar("T")


def check_writable(path: str | os.PathLike[str]) -> None:
    """Make sure that a run can be written there, before it takes place.

    Raises:
        TraceFileError: it cannot.
    """
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise TraceFileError(f"There is no directory {folder}.", "Make it first, or name another file.")
    if not os.access(path if Path(path).exists() else folder, os.W_OK):
        raise TraceFileError(f"{path} cannot be written.", "Name a file in a directory of yours.")


def save(trace: Trace, path: str | os.PathLike[str]) -> None:
    """Write a trace to a file; an old file is replaced only by a whole one.

    Raises:
        TraceFileError: the file cannot be written.
    """
    target = Path(path).absolute()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in _lines(trace))
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise TraceFileError(
            f"{path} cannot be written: {error.strerror or error}.", "Name a file in a directory of yours."
        ) from error


def _lines(trace: Trace) -> Iterator[str]:
    yield _dumped(_header(trace))
    known: set[int] = set()
    rows: set[int] = set()
    expected = 0
    for chunk in trace.chunks():
        if chunk.before.index != expected:
            yield _dumped({"dropped": chunk.before.index - expected, "moment": _moment(chunk.before, trace.origin)})
        for time, what in zip(chunk.times, chunk.whats, strict=True):
            kind, value = what & KIND_MASK, what >> VALUE_SHIFT
            if kind in _WITH_PAYLOAD and value & PAYLOAD_MASK not in known:
                known.add(value & PAYLOAD_MASK)
                yield _dumped({"payload": value & PAYLOAD_MASK} | _payload(trace.said(value)))
            elif kind in _ROWS and value not in rows:
                values = trace.values(value)
                if values is not None:
                    rows.add(value)
                    yield _dumped({"row": value, "values": [_value(one) for one in values]})
            yield f'[{time - trace.origin},"{_KIND_NAMES[kind]}",{what >> KIND_BITS & TASK_MASK},{value}]'
        expected = chunk.before.index + len(chunk.times)
    yield _dumped({"events": expected, "finished": trace.finished})


def _header(trace: Trace) -> dict[str, Any]:
    header = asdict(trace.header)
    header["source"] = {"title": trace.header.source.title, "lines": trace.header.source.lines}
    return {"schema": SCHEMA, **header}


def _payload(payload: Payload) -> dict[str, Any]:
    if isinstance(payload, str):
        return {"text": payload}
    return {type(payload).__name__.lower(): asdict(payload)}


def _value(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    return shown(value)


def _moment(moment: Moment, origin: int) -> dict[str, Any]:
    return {
        **{name: getattr(moment, name) for name in Moment.__slots__ if name not in ("tasks", "holders", "time")},
        "time": moment.time - origin,
        "holders": list(moment.holders.items()),
        "tasks": [
            {
                name: int(value) - (origin if value and name in ("since", "began", "ended") else 0)
                for name in TaskState.__slots__
                for value in [getattr(task, name)]
            }
            for task in moment.tasks
        ],
    }


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def load(path: str | os.PathLike[str]) -> Trace:
    """Read a trace from a file.

    Raises:
        TraceFileError: there is no such file, it is no trace, is newer than this pgtui, or is damaged; the message
            names the line.
    """
    try:
        with open(path, encoding="utf-8", errors="strict") as file:
            return _Reader(str(path)).read(file)
    except OSError as error:
        raise TraceFileError(f"{path} cannot be read: {error.strerror or error}.", "Is the name right?") from error
    except UnicodeDecodeError as error:
        raise TraceFileError(f"{path} is no recorded run: it is not UTF-8 text.", _HINT) from error


_HINT = "`pgtui run --record FILE` and the key w in the explorer write such files."


class _Reader:
    def __init__(self, path: str) -> None:
        self._path = path
        self._number = 0

    def read(self, lines: Iterator[str]) -> Trace:
        first = next(lines, "")
        self._number = 1
        trace = Trace(self._guarded(_read_header, self._parsed(first, "[]")))
        ended = False
        while block := list(islice(lines, _BLOCK)):
            for item in self._items(block):
                self._number += 1
                if ended:
                    raise self._damaged("there is more after the end")
                if type(item) is list:
                    self._event(trace, item)
                elif type(item) is dict and "events" in item:
                    ended = True
                    if item["events"] != len(trace):
                        raise self._damaged(f"{item['events']:,} events were written and {len(trace):,} are here")
                    trace.finished = bool(item.get("finished"))
                else:
                    self._guarded(_take, trace, item)
        if not ended:
            self._number += 1
            raise self._damaged("the end is missing; was the file cut off?")
        return trace

    def _items(self, block: list[str]) -> list[Any]:
        try:
            items: list[Any] = json.loads(f"[{','.join(block)}]")
            if len(items) == len(block):
                return items
        except (ValueError, RecursionError):
            pass
        return [self._parsed(line, "", offset + 1) for offset, line in enumerate(block)]

    def _parsed(self, line: str, kind: str, offset: int = 0) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            self._number += offset
            if kind:
                raise TraceFileError(f"{self._path} is no recorded run: line 1 is no JSON object.", _HINT) from None
            raise self._damaged("it is no JSON") from None

    def _event(self, trace: Trace, item: list[Any]) -> None:
        head = trace.head
        try:
            time, name, task, value = item
            kind = _KINDS[name]
            # One chain for all that would make the arithmetic below go wrong: types, signs, ranges.
            if not (head.time <= time and 0 <= task < len(head.tasks) and 0 <= value < _VALUES):
                raise ValueError
            if kind in _WITH_PAYLOAD and value & PAYLOAD_MASK >= len(trace.payloads):
                raise ValueError
            what = value << VALUE_SHIFT | task << KIND_BITS | kind
            head.apply(time, what)
        except (ValueError, TypeError, KeyError):
            raise self._damaged(f"{_dumped(item)[:80]} is no event") from None
        trace.times.append(time)
        trace.whats.append(what)
        if len(trace.times) >= CHUNK:
            trace.seal()

    def _guarded(self, read: Callable[..., T], *arguments: Any) -> T:
        try:
            return read(*arguments)
        except TraceFileError:
            raise
        except PgtuiError as error:
            raise self._damaged(error.message) from error
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise self._damaged(f"{type(error).__name__} {error}") from error

    def _damaged(self, reason: str) -> TraceFileError:
        return TraceFileError(f"{self._path} is damaged at line {self._number:,}: {reason}.", _HINT)


def _read_header(item: Any) -> Header:
    if not isinstance(item, dict) or not isinstance(item.get("schema"), int):
        raise TraceFileError("The file is no recorded run: its first line has no schema.", _HINT)
    if item["schema"] > SCHEMA:
        raise TraceFileError(
            f"The file was written by a newer pgtui: its schema is {item['schema']}, this one reads {SCHEMA}.",
            "Update it: pip install --upgrade pgtui",
        )
    told = item["experiment"]
    experiment = Experiment(
        **{field.name: told[field.name] for field in fields(Experiment) if field.name in told and field.name != "eager"}
        | {
            "sharing": Sharing(told["sharing"]),
            "yielding": Yielding(told["yielding"]),
            "reading": Reading(told.get("reading", "iterate")),
        }
    )
    names = tuple(str(name) for name in item["names"])
    if not 2 <= len(names) <= MOST_TASKS + 1:
        raise ValueError(f"{len(names)} names")
    source = item["source"]
    plain = {
        field.name: item[field.name]
        for field in fields(Header)
        if field.name in item and field.name not in ("experiment", "names", "source", "columns")
    }
    return Header(
        experiment=experiment,
        names=names,
        source=RecipeSource(str(source["title"]), tuple((int(n), str(text)) for n, text in source["lines"])),
        columns=tuple(str(column) for column in item.get("columns", ())),
        **plain,
    )


def _take(trace: Trace, item: Any) -> None:
    """A line that is no event: a payload, a row's values, or a gap."""
    if "payload" in item:
        index = int(item["payload"])
        if not 0 <= index < MOST_PAYLOADS:
            raise ValueError(f"payload {index}")
        trace.payloads.extend([""] * (index + 1 - len(trace.payloads)))
        trace.payloads[index] = _read_payload(item)
    elif "row" in item:
        trace.first_values[int(item["row"])] = tuple(item["values"])
    elif "dropped" in item:
        trace.skip(int(item["dropped"]), _read_moment(item["moment"], len(trace.header.names)))
    else:
        raise ValueError(f"{_dumped(item)[:80]} is no line of a recorded run")


def _read_payload(item: dict[str, Any]) -> Payload:
    for name, kind in _PAYLOADS.items():
        if name in item:
            payload = kind(**item[name])
            if isinstance(payload, Wait) and not isinstance(payload.holder, int | None):
                raise ValueError(f"{payload.holder!r} is no task")
            return payload
    return str(item["text"])


def _read_moment(item: dict[str, Any], names: int) -> Moment:
    moment = Moment(names - 1)
    for name in Moment.__slots__:
        if name not in ("tasks", "holders"):
            setattr(moment, name, int(item[name]))
    moment.holders = {int(resource): int(task) for resource, task in item["holders"]}
    if len(item["tasks"]) != names:
        raise ValueError(f"{len(item['tasks'])} tasks")
    for state, told in zip(moment.tasks, item["tasks"], strict=True):
        for name in TaskState.__slots__:
            setattr(state, name, int(told[name]))
        state.phase = Phase(state.phase)
    return moment
