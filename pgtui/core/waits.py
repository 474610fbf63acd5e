"""What a suspended coroutine waits for, read off the chain of its frames.

Nothing is patched and no driver is imported: a lock is known by `asyncio.Lock.acquire`, a pool by the file that waits,
everything else that a driver awaits is taken for the server.
"""

import asyncio
import contextlib
import gc
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

MOST_FRAMES = 64

_LOCK_CODE = asyncio.Lock.acquire.__code__
_SLEEP_CODE = asyncio.sleep.__code__
_LOOKS_LIKE_CONNECTING = frozenset({"connect", "_connect", "_connect_addr", "_get_connection", "_connect_gen"})


@dataclass(frozen=True, slots=True)
class Place:
    """One frame of a chain of awaits: its code, its line, and the frame for those who look inside."""

    frame: types.FrameType
    code: types.CodeType
    line: int

    def __str__(self) -> str:
        parts = self.code.co_filename.replace("\\", "/").split("/")
        return f"{'/'.join(parts[-2:])}:{self.line} {self.code.co_qualname}"


def chain(awaitable: object) -> Iterator[Place]:
    """The frames from `awaitable` (outermost) to what suspended it (innermost)."""
    for _ in range(MOST_FRAMES):
        awaited, frame, code = _inside(awaitable)
        if frame is not None and code is not None:
            yield Place(frame, code, frame.f_lineno or 0)
        if awaited is None:
            return
        awaitable = awaited


def _inside(awaitable: Any) -> tuple[object, types.FrameType | None, types.CodeType | None]:
    kind = type(awaitable).__name__
    if hasattr(awaitable, "cr_frame"):  # coroutines, Cython's too: theirs have no frame
        return awaitable.cr_await, awaitable.cr_frame, getattr(awaitable, "cr_code", None)
    if hasattr(awaitable, "gi_frame"):
        return awaitable.gi_yieldfrom, awaitable.gi_frame, awaitable.gi_code
    if hasattr(awaitable, "ag_frame"):
        return awaitable.ag_await, awaitable.ag_frame, awaitable.ag_code
    if kind in ("async_generator_asend", "async_generator_athrow", "coroutine_wrapper", "anext_awaitable"):
        # These C objects show nothing of what they drive; the garbage collector knows.
        for inner in gc.get_referents(awaitable):
            if isinstance(inner, types.AsyncGeneratorType | types.CoroutineType):
                return inner, None, None
    return None, None, None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the chain says: the kind of wait, its place, and the lock or pool when there is one."""

    on: str
    where: str
    resource: object | None = None
    resource_name: str | None = None


def classified(places: list[Place], future: object) -> Seen:
    """What a task with this chain waits for."""
    if not places:
        return Seen("other", type(future).__name__)
    innermost = places[-1]
    where = str(_telling(places))
    files = [place.code.co_filename for place in places]
    if innermost.code is _SLEEP_CODE:
        return Seen("sleep", where)
    pools = [place for place in places if _is_pool(place)]
    if pools:
        pool = next((place.frame.f_locals.get("self") for place in pools), None)
        return Seen("pool", where, pool, type(pool).__name__ if pool is not None else "pool")
    if innermost.code is _LOCK_CODE:
        lock = innermost.frame.f_locals.get("self")
        return Seen("lock", where, lock, _name_of(lock, places))
    if any(place.code.co_name in _LOOKS_LIKE_CONNECTING for place in places[1:]):
        return Seen("connect", where)
    if any("site-packages" in file or "dist-packages" in file for file in files):
        return Seen("server", where)
    return Seen("other", where)


def _is_pool(place: Place) -> bool:
    file, name = place.code.co_filename, place.code.co_name
    return "pool" in file and name in (
        "getconn", "_getconn_unchecked", "acquire", "_acquire", "_acquire_impl", "_acquire_conn", "wait",
    )  # fmt: skip


def _telling(places: list[Place]) -> Place:
    """The innermost frame of a driver; asyncio's own say nothing about whom one waits for."""
    for place in reversed(places):
        if "asyncio" not in place.code.co_filename.replace("\\", "/").split("/")[-2:-1]:
            return place
    return places[-1]


def _name_of(lock: object, places: Iterable[Place]) -> str:
    for place in places:
        for owner, attribute in _owners(lock, place):
            return f"{type(owner).__name__}.{attribute}"
    return type(lock).__name__


def _owners(lock: object, place: Place) -> Iterator[tuple[object, str]]:
    """Objects within two attributes of the frame's locals that have the lock, with its attribute's name."""
    for local in list(place.frame.f_locals.values()):
        yield from _owners_of(lock, local)


def _owners_of(lock: object, instance: object) -> Iterator[tuple[object, str]]:
    if instance is None:
        return
    for attribute, value in _attributes(instance):
        if value is lock:
            yield instance, attribute
        elif attribute in ("_conn", "_connection", "connection", "_adapt_connection", "_pool", "_session"):
            for inner_attribute, inner in _attributes(value):
                if inner is lock:
                    yield value, inner_attribute


def _attributes(instance: object) -> Iterator[tuple[str, object]]:
    with contextlib.suppress(TypeError):
        yield from list(vars(instance).items())
    for kind in type(instance).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name.startswith("__"):
                continue
            value = getattr(instance, name, None)
            if value is not None:
                yield name, value


def reaches(lock: object, places: list[Place]) -> bool:
    """Whether a task with this chain is inside a method of an object that has the lock."""
    if not places or places[-1].code is _LOCK_CODE:
        return False
    return any(True for place in places for _ in _owners_of(lock, place.frame.f_locals.get("self")))
