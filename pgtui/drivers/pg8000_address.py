"""How pg8000 is told where the server is, and which backend it then talks to."""

import struct
from typing import TYPE_CHECKING

import pg8000.dbapi

from pgtui.drivers.driver import Address

if TYPE_CHECKING:
    from pgtui.postgres.target import Target


def address(target: "Target", application_name: str) -> Address:
    """pg8000 takes keyword arguments, and settings as startup parameters.

    Its `timeout` is left out: it limits each answer of the server, not only connecting.
    """
    return Address(
        arguments={
            "host": target.address,
            "port": target.port,
            "unix_sock": target.unix_socket,
            "database": target.dbname,
            "user": target.user,
            "password": target.password,
            "ssl_context": target.ssl_context() or False,
            "application_name": application_name,
            "startup_params": dict(target.settings),
        }
    )


def backend_pid(cursor: pg8000.dbapi.Cursor) -> int:
    """The process id of the cursor's backend.

    pg8000 tells it nowhere, but keeps the server's BackendKeyData message, which begins with it
    (`handle_BACKEND_KEY_DATA` in pg8000/core.py). Asking with a query would disturb what is to be seen.
    """
    data = cursor._c._backend_key_data
    return int(struct.unpack_from("!i", data)[0]) if data else 0
