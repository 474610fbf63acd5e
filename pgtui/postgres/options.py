"""The `options` of a connection string: `-c search_path=a -c geqo=off`, taken apart and put together.

libpq passes the string to the server as it is. asyncpg and pg8000 send settings one by one, so they need
it taken apart as PostgreSQL does (`pg_split_opts` and `process_postgres_switches` in its source).
"""

import re
from collections.abc import Iterator, Mapping

LEFT_OVER = "options"
"""The key under which switches other than settings are kept: a startup parameter of that name."""


def settings_of(options: str) -> dict[str, str]:
    """The settings in an `options` string, in its order; other switches stay together under `options`.

    >>> settings_of(r"-c search_path=a,\\ b --statement-timeout=5s -e")
    {'search_path': 'a, b', 'statement_timeout': '5s', 'options': '-e'}
    """
    settings: dict[str, str] = {}
    left_over: list[str] = []
    words = _words(options)
    for word in words:
        if word == "-c":
            assignment = next(words, "")
        elif word.startswith(("-c", "--")):
            assignment = word[2:]
        else:
            left_over.append(word)
            continue
        name, _, value = assignment.partition("=")
        settings[name.strip().replace("-", "_")] = value
    if left_over:
        settings[LEFT_OVER] = " ".join(map(_escape, left_over))
    return settings


def options_of(settings: Mapping[str, str]) -> str:
    """The `options` string that asks for these settings; the reverse of `settings_of`."""
    parts = [f"-c {_escape(f'{name}={value}')}" for name, value in settings.items() if name != LEFT_OVER]
    if LEFT_OVER in settings:
        parts.append(settings[LEFT_OVER])
    return " ".join(parts)


def _words(options: str) -> Iterator[str]:
    """Split at white space; a backslash makes the next character an ordinary one."""
    word: list[str] = []
    characters = iter(options)
    for character in characters:
        if character == "\\":
            word.append(next(characters, ""))
        elif not character.isspace():
            word.append(character)
        elif word:
            yield "".join(word)
            word = []
    if word:
        yield "".join(word)


def _escape(word: str) -> str:
    return re.sub(r"([\s\\])", r"\\\1", word)
