"""Connection strings: what the user's says, with variables and services, and what libpq makes of it.

libpq does the parsing, through psycopg. No function here connects, and no error here quotes a part of a
connection string that may be a password.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pgtui.errors import UsageError

SERVER_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE")
"""The variables that point at a server of the user's own. Set and not empty, any of them means: connect
there. Others (PGPASSWORD, PGSSLMODE, PGOPTIONS, …) say how to connect, not where."""

_IS_URI = re.compile(r"postgres(ql)?://", re.IGNORECASE)
_ENCODE = "In a URI, write @ : / ? # % in a password as %40 %3A %2F %3F %23 %25."


def server_variables() -> list[str]:
    """The variables, of those that point at a server, that are set."""
    return [name for name in SERVER_VARIABLES if os.environ.get(name)]


def parameters_of(dsn: str) -> dict[str, str]:
    """What a DSN says, completed from its service, PG* variables and libpq's defaults, by keyword.

    `service` stays in: when it does not exist, that shows on connecting.

    Raises:
        UsageError: it is no connection string.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    if not dsn.strip() and not server_variables():
        raise UsageError("The DSN is empty.", "Give one such as postgresql://user@host:5432/database.")
    _refuse_unencoded_password(dsn)
    try:
        given = {keyword: str(value) for keyword, value in conninfo_to_dict(dsn).items() if value is not None}
    except (psycopg.Error, UnicodeError) as error:
        raise UsageError(
            f"The DSN cannot be read: {_without_quotations(str(error), dsn)}.",
            "It is either postgresql://user@host:port/database or host=… port=… dbname=… user=…. " + _ENCODE,
        ) from None
    parameters = {**_defaults(given.get("service")), **given}
    for port in parameters.get("port", "").split(","):
        if port and not (port.isdecimal() and 1 <= int(port) <= 65_535):
            # In postgresql://user:secret/database, which lacks its host, the port is the password.
            shown = "" if _IS_URI.match(dsn) else f" {port!r}"
            raise UsageError(f"The DSN's port{shown} is not a number from 1 to 65535.", _ENCODE)
    timeout = parameters.get("connect_timeout", "0")
    if not re.fullmatch(r"\s*-?\d+\s*", timeout):
        raise UsageError(f"connect_timeout={timeout!r} is not a number of seconds.")
    return parameters


def places(parameters: Mapping[str, str]) -> str:
    """The server or servers that the parameters name, for people: `host:port, host:port`."""
    hosts = (parameters.get("host") or parameters.get("hostaddr") or "").split(",")
    ports = parameters.get("port", "5432").split(",")
    if len(ports) < len(hosts):
        ports *= len(hosts)
    pairs = zip(hosts, ports, strict=False)
    return ", ".join(place(host, port or "5432") for host, port in pairs)


def place(host: str, port: str | int) -> str:
    """One server for people: `host:port`, `[address]:port`, or a socket's directory and port."""
    if not host or host.startswith("/"):
        return f"{host or 'the default socket'} port {port}"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def without_environment(parameters: Mapping[str, str]) -> str:
    """A connection string that means the same whatever PG* variables are set."""
    from psycopg import pq
    from psycopg.conninfo import make_conninfo

    resolved = dict(parameters)
    for option in pq.Conninfo.get_defaults():
        keyword, variable = option.keyword.decode(), (option.envvar or b"").decode()
        # An empty service would be one that does not exist; what the real one says is overruled anyway.
        if variable in os.environ and keyword != "service":
            resolved.setdefault(keyword, (option.compiled or b"").decode())
    return make_conninfo("", **resolved)


def _defaults(service: str | None) -> dict[str, str]:
    """What libpq takes for the keywords that a DSN does not give, where that is not its own default."""
    from psycopg import pq

    with _service(service):
        options = pq.Conninfo.get_defaults()
    return {
        option.keyword.decode(): option.val.decode()
        for option in options
        if option.val and (option.val != option.compiled or option.keyword == b"port")
    }


@contextmanager
def _service(name: str | None) -> Iterator[None]:
    """Let libpq's `PQconndefaults` see a service: PGSERVICE is the only way to tell it."""
    before = os.environ.get("PGSERVICE")
    if name is None or name == before:
        yield
        return
    os.environ["PGSERVICE"] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ["PGSERVICE"]
        else:
            os.environ["PGSERVICE"] = before


def _refuse_unencoded_password(dsn: str) -> None:
    """Stop a URI that libpq would read otherwise than meant, with a part of the password as the host."""
    start = _IS_URI.match(dsn)
    if start is None:
        return
    authority, slash, path = dsn[start.end() :].partition("/")
    authority, question, _ = authority.partition("?")
    if authority.count("@") > 1 or (
        slash and not question and "@" not in authority and ":" in authority and "@" in path.partition("?")[0]
    ):
        raise UsageError("The DSN's password has a character that must be written encoded.", _ENCODE)


def _without_quotations(message: str, dsn: str) -> str:
    """libpq's message; what it quotes from the DSN is left out where that may be a password."""
    message = " ".join(message.split()).rstrip(".")
    names_an_option = message.startswith("invalid connection option") and "pass" not in dsn.lower()
    if _IS_URI.match(dsn) or ("=" in dsn and not names_an_option):
        # The rest may quote the whole DSN, and quotation marks in it are not escaped.
        start, quotation, _ = message.replace('"="', "=").partition('"')
        return f"{start}…" if quotation else start
    return message
