"""What a task ran into, as data: any driver's exception becomes a `Failure`."""

import traceback
from collections.abc import Iterable

from pgtui.core.events import Failure

MOST_MESSAGE = 2_000


def failure_of(error: BaseException, files: frozenset[str] = frozenset(), secrets: Iterable[str] = ()) -> Failure:
    """The failure that `error` is.

    Args:
        error: what a task raised.
        files: source files of the recipe; the innermost line in one of them is the failure's.
        secrets: texts that must not appear, the password above all.
    """
    frames = traceback.extract_tb(error.__traceback__)
    line = next((f.lineno or 0 for f in reversed(frames) if f.filename in files), 0)
    where = ""
    if frames:
        last = frames[-1]
        where = f"{'/'.join(last.filename.split('/')[-2:])}:{last.lineno} {last.name}"
    message = _message(error)
    for secret in secrets:
        if secret:
            message = message.replace(secret, "***")
    return Failure(_type_name(type(error)), message[:MOST_MESSAGE], _sqlstate(error), line, where)


def _type_name(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _message(error: BaseException) -> str:
    fields = _pg8000_fields(error)
    if fields:
        return str(fields.get("M", fields))
    if isinstance(error, KeyError):
        return f"KeyError: {error}"
    return str(error).strip()


def _sqlstate(error: BaseException) -> str | None:
    for one in (error, getattr(error, "orig", None), getattr(error, "__cause__", None)):
        for name in ("sqlstate", "pgcode"):  # psycopg and asyncpg; psycopg2
            state = getattr(one, name, None)
            if isinstance(state, str):
                return state
    code = _pg8000_fields(error).get("C")
    return code if isinstance(code, str) else None


def _pg8000_fields(error: BaseException) -> dict[str, object]:
    """pg8000 raises with the server's error fields in a dict: M is the message, C the SQLSTATE."""
    if type(error).__module__.startswith("pg8000") and error.args and isinstance(error.args[0], dict):
        return error.args[0]
    return {}
