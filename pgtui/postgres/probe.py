"""Resolving a DSN by connecting once: which of its hosts answers, as whom, and what the server allows.

The connection is psycopg's, so every keyword means what libpq means by it. It asks the server nothing:
all that is needed comes with the login.
"""

import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pgtui.errors import ServerError
from pgtui.postgres.conninfo import places
from pgtui.postgres.options import options_of, settings_of
from pgtui.postgres.target import CONNECT_TIMEOUT, Target

if TYPE_CHECKING:
    import psycopg

READ_ONLY_SETTING = "default_transaction_read_only"

# Asked for when there is nothing to ask for, to learn whether one may ask.
_HARMLESS = {"client_min_messages": "notice"}

# These are fields of the target, or have done their work when one host has answered.
_RESOLVED = frozenset(
    (
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "password",
        "passfile",
        "options",
        "application_name",
        "fallback_application_name",
        "connect_timeout",
        "target_session_attrs",
        "load_balance_hosts",
    )
)
# psycopg's libpq and psycopg2's may have been built with different defaults for these.
_ALWAYS_SAID = frozenset({"sslmode", "gssencmode"})

_HINTS = (
    ("password authentication failed", "Give the password in PGPASSWORD, in ~/.pgpass or in the DSN."),
    ("no password supplied", "Give the password in PGPASSWORD, in ~/.pgpass or in the DSN."),
    ("Connection refused", "Check that the server runs there and accepts such connections."),
    ("No such file or directory", "Check that a server runs on this machine and has its socket there."),
    ("timeout expired", "Check the host and the port, or allow more time with connect_timeout."),
    ("resolve host", "Check the host's name."),
    ("definition of service", "Services are defined in ~/.pg_service.conf, or where PGSERVICEFILE says."),
    ("does not support SSL", "Allow a connection without TLS with sslmode=prefer or sslmode=disable."),
    ("too many clients", "Wait, or raise max_connections on the server."),
)
_ATTEMPT = re.compile(r"- host: .*?, hostaddr: (None|'[^']*'): ")
_PREFIXES = re.compile(
    r"^(connection failed: |connection is bad: )?"
    r'(connection to server (at|on socket) "[^"]*"( \([^)]*\))?(, port \S+)? failed: )?'
    r"((FATAL|ERROR): +)?"
)


def resolve(parameters: Mapping[str, str], *, allow_writes: bool, progress: Callable[[str], None]) -> Target:
    """Connect once with libpq's parameters, and tell where and how every driver is to connect.

    Args:
        parameters: as `conninfo.parameters_of` gives them.
        allow_writes: do not ask for read-only transactions.
        progress: told when something the user asked for cannot be had.

    Raises:
        ServerError: no connection; the message has host, port, database, user and the reason.
    """
    wanted = settings_of(parameters.get("options", ""))
    if parameters.get("target_session_attrs", "any") != "any":
        parameters = _choose_session(parameters)
    settings = wanted if allow_writes else {**wanted, READ_ONLY_SETTING: "on"}
    refused = False
    try:
        connection = _connect(parameters, settings or _HARMLESS)
    except _StartupOptionsRefusedError:
        refused = True
        connection = _connect(parameters, {})
    with connection:
        status = connection.info.parameter_status
        says = status(READ_ONLY_SETTING)  # reported since PostgreSQL 14
        if says == "off" and settings.get(READ_ONLY_SETTING) == "on":
            refused = True  # a PgBouncer with ignore_startup_parameters = options
        if refused and wanted:
            progress(f"The server takes no startup options: going on without {', '.join(wanted)}")
        version = (status("server_version") or "unknown").split()[0]
        return _target(
            connection,
            parameters,
            server_version=version,
            read_only=not allow_writes,
            writes_refused=says == "on" or status("in_hot_standby") == "on",
            settings={} if refused else settings,
            takes_startup_options=not refused,
        )


def _choose_session(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the one host, and of its name's one address, that has the wanted session attributes.

    They are asked for without a setting of ours: one that starts read-only is not `read-write`.
    """
    with _connect(parameters, {}) as connection:
        info = connection.info
        chosen = {**parameters, "target_session_attrs": "any", "host": info.host, "port": str(info.port)}
        if info.hostaddr:
            chosen["hostaddr"] = info.hostaddr
        return chosen


def _target(
    connection: "psycopg.Connection",
    parameters: Mapping[str, str],
    *,
    server_version: str,
    read_only: bool,
    writes_refused: bool,
    settings: Mapping[str, str],
    takes_startup_options: bool,
) -> Target:
    info = connection.info
    addressed = "hostaddr" in parameters and info.hostaddr != info.host
    return Target(
        host=info.host,
        hostaddr=info.hostaddr if addressed else None,
        port=info.port,
        dbname=info.dbname,
        user=info.user,
        password=info.password or None,
        server_version=server_version,
        read_only=read_only,
        writes_refused=writes_refused,
        takes_startup_options=takes_startup_options,
        settings=settings,
        parameters=_remaining_parameters(connection),
        connect_timeout=_connect_timeout(parameters),
        ssl_in_use=connection.pgconn.ssl_in_use,
    )


def _remaining_parameters(connection: "psycopg.Connection") -> dict[str, str]:
    """The parameters that the target has no field for, as far as they are not libpq's defaults."""
    remaining = {}
    for option in connection.pgconn.info:
        keyword = option.keyword.decode()
        variable = (option.envvar or b"").decode()
        said = option.val != option.compiled or variable in os.environ or keyword in _ALWAYS_SAID
        if option.val and said and keyword not in _RESOLVED:
            remaining[keyword] = option.val.decode()
    return remaining


class _StartupOptionsRefusedError(Exception):
    """PgBouncer's "unsupported startup parameter"."""


def _connect(parameters: Mapping[str, str], settings: Mapping[str, str]) -> "psycopg.Connection":
    import psycopg
    from psycopg.conninfo import make_conninfo

    conninfo = make_conninfo(
        "",
        **{
            **parameters,
            "options": options_of(settings),
            "application_name": "pgtui",
            "connect_timeout": str(_connect_timeout(parameters)),
        },
    )
    try:
        # PgBouncer's transaction pooling has no room for prepared statements.
        return psycopg.connect(conninfo, autocommit=True, prepare_threshold=None)
    except (psycopg.Error, UnicodeError) as error:
        if settings and "unsupported startup parameter" in str(error):
            raise _StartupOptionsRefusedError from None
        raise _unreachable(parameters, str(error)) from None


def _connect_timeout(parameters: Mapping[str, str]) -> int:
    """Seconds for each host: the user's own `connect_timeout`, unless that is libpq's "for ever"."""
    seconds = int(parameters.get("connect_timeout", CONNECT_TIMEOUT))
    return seconds if seconds > 0 else CONNECT_TIMEOUT


def _unreachable(parameters: Mapping[str, str], message: str) -> ServerError:
    user = parameters.get("user", "")
    reason = _without_secrets(_reason(message), parameters)
    hint = next((hint for sign, hint in _HINTS if sign in message), "Check the DSN.")
    return ServerError(
        f"Cannot connect to database {parameters.get('dbname') or user!r} at {places(parameters)}"
        f" as user {user!r}: {reason}.",
        hint,
    )


def _reason(message: str) -> str:
    """libpq's message in one line, without what is told already."""
    lines = [line for line in message.splitlines() if not line.startswith("\t")]  # "Is the server running?"
    attempts = [line for line in lines if _ATTEMPT.match(line)]  # psycopg's summary, if several failed
    reasons = [_PREFIXES.sub("", _ATTEMPT.sub("", line)).strip().rstrip(".") for line in attempts or lines]
    told = "; ".join(dict.fromkeys(filter(None, reasons))) or "no reason given"
    return "".join(character if character.isprintable() else "␛" for character in told)


def _without_secrets(text: str, parameters: Mapping[str, str]) -> str:
    for keyword in ("password", "sslpassword"):
        secret = parameters.get(keyword)
        # A password that is also the user's name cannot be told from it.
        if secret and secret not in (parameters.get("user"), parameters.get("dbname")):
            text = text.replace(secret, "***")
    return text
