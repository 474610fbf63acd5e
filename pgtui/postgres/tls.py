"""A TLS context for asyncpg and pg8000 that means what libpq's `ssl…` parameters mean.

libpq does its own TLS from the parameters. Source of the rules: "SSL Support" in libpq's documentation
and `initialize_SSL` in fe-secure-openssl.c.
"""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SYSTEM_ROOTS = "system"
_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


class _NamedServerContext(ssl.SSLContext):
    """A context for a server that is reached by its address and answers to its name (`hostaddr`)."""

    server_name = ""

    def wrap_bio(self, *arguments: Any, **options: Any) -> ssl.SSLObject:
        return super().wrap_bio(*arguments, **{**options, "server_hostname": self.server_name})

    def wrap_socket(self, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        return super().wrap_socket(*arguments, **{**options, "server_hostname": self.server_name})


def context_for(parameters: Mapping[str, str], server_name: str | None = None) -> ssl.SSLContext:
    """The context for a connection that libpq opened over TLS with these parameters.

    A root certificate is checked against whenever there is one, and the host name only with
    `verify-full`; both are what libpq does.

    Args:
        parameters: libpq's, by keyword.
        server_name: the name to check, where drivers are given an address instead.

    Raises:
        OSError: a certificate or key cannot be read (`ssl.SSLError` is one).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if server_name is not None:
        context = _NamedServerContext(ssl.PROTOCOL_TLS_CLIENT)
        context.server_name = server_name
    context.set_alpn_protocols(["postgresql"])  # sslnegotiation=direct asks for it
    roots = _file(parameters, "sslrootcert", "root.crt")
    verify_full = parameters.get("sslmode") == "verify-full" or roots == Path(_SYSTEM_ROOTS)
    context.check_hostname = verify_full
    if roots == Path(_SYSTEM_ROOTS):
        context.load_default_certs()
    elif roots is not None:
        context.load_verify_locations(roots)
        _load_revocations(context, parameters)
    else:
        context.verify_mode = ssl.CERT_NONE
    certificate = _file(parameters, "sslcert", "postgresql.crt")
    key = _file(parameters, "sslkey", "postgresql.key")
    if certificate is not None and parameters.get("sslcertmode") != "disable":
        context.load_cert_chain(certificate, key, password=parameters.get("sslpassword", ""))
    context.minimum_version = _VERSIONS[parameters.get("ssl_min_protocol_version") or "TLSv1.2"]
    if newest := parameters.get("ssl_max_protocol_version"):
        context.maximum_version = _VERSIONS[newest]
    return context


def _file(parameters: Mapping[str, str], keyword: str, default: str) -> Path | None:
    """The file that a parameter names, or libpq's default one if it exists."""
    if value := parameters.get(keyword):
        return Path(value)
    path = Path("~/.postgresql").expanduser() / default
    return path if path.exists() else None


def _load_revocations(context: ssl.SSLContext, parameters: Mapping[str, str]) -> None:
    revoked, directory = _file(parameters, "sslcrl", "root.crl"), parameters.get("sslcrldir")
    if revoked is None and directory is None:
        return
    context.load_verify_locations(cafile=revoked, capath=directory)
    context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
