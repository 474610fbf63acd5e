"""The server and database that a run reads from, resolved so that every driver reaches the same one.

A target is a value: nothing here connects. Its password is in `password` and in `conninfo()`, and in no
representation of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pgtui.postgres.options import options_of

if TYPE_CHECKING:
    import ssl

CONNECT_TIMEOUT = 10
"""Seconds that a connection attempt may take, unless the user's own `connect_timeout` says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect and how; what libpq made of a DSN, of PG* variables or of a service.

    Attributes:
        host: the host's name or address, or the directory of a Unix socket: the one that answered.
        hostaddr: the address to connect to instead of looking `host` up, or None.
        port: the port, also part of a Unix socket's name.
        dbname: the database.
        user: the role.
        password: the password that the server wanted, or None.
        embedded: whether this is pgtui's own server.
        server_version: such as "18.6".
        read_only: whether writing was ruled out when the target was opened.
        writes_refused: whether connections with `settings` are known to start read-only. False for a
            `read_only` target behind a PgBouncer that takes no startup options: there a query has to
            be kept from writing by other means.
        takes_startup_options: whether connections may ask for settings when they start.
        settings: what each connection asks for when it starts, by name; switches that are no settings
            stand under "options". Both are startup parameters that asyncpg's `server_settings` and
            pg8000's `startup_params` take.
        parameters: libpq's other parameters, by keyword: sslmode, certificates, keepalives, …
        connect_timeout: seconds.
        ssl_in_use: whether the connection that resolved the target was encrypted.
    """

    host: str
    port: int
    dbname: str
    user: str
    password: str | None = field(default=None, repr=False)
    hostaddr: str | None = None
    embedded: bool = False
    server_version: str = ""
    read_only: bool = True
    writes_refused: bool = False
    takes_startup_options: bool = True
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    connect_timeout: int = CONNECT_TIMEOUT
    ssl_in_use: bool = False

    @property
    def address(self) -> str:
        """What asyncpg and pg8000 connect to: the address if there is one, else the host."""
        return self.hostaddr or self.host

    @property
    def unix_socket(self) -> str | None:
        """The path of the Unix socket, or None for TCP."""
        return f"{self.host}/.s.PGSQL.{self.port}" if self.host.startswith("/") else None

    @property
    def description(self) -> str:
        """The server in a few words for people; without the password."""
        if self.embedded:
            return f"PostgreSQL {self.server_version} embedded"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"PostgreSQL {self.server_version} at {host}:{self.port}/{self.dbname} as {self.user}"

    def conninfo(self, application_name: str) -> str:
        """A libpq connection string for psycopg and psycopg2, password included.

        It does not depend on PG* variables: what they say is in it already, or overruled. PostgreSQL
        cuts application names off after 63 bytes.
        """
        from pgtui.postgres.conninfo import without_environment

        parameters = {
            **self.parameters,
            "host": self.host,
            "port": str(self.port),
            "dbname": self.dbname,
            "user": self.user,
            "connect_timeout": str(self.connect_timeout),
            "application_name": application_name,
            "target_session_attrs": "any",
            "options": options_of(self.settings),
        }
        if self.hostaddr is not None:
            parameters["hostaddr"] = self.hostaddr
        if self.password is not None:
            parameters["password"] = self.password
        return without_environment(parameters)

    def ssl_context(self) -> "ssl.SSLContext | None":
        """The TLS context for asyncpg and pg8000; None where the server was reached without TLS.

        asyncpg takes None as leave to look at PGSSLMODE itself: give it `ssl_context() or False`.

        Raises:
            OSError: a certificate or key cannot be read any more.
        """
        if not self.ssl_in_use:
            return None
        from pgtui.postgres.tls import context_for

        return context_for(self.parameters, self.host if self.hostaddr is not None else None)
