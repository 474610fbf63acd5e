"""`sslmode` and certificates mean the same to every driver as to libpq; PgBouncer does the server's part."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pgtui.errors import ServerError
from pgtui.postgres import open_target
from tests.postgres.conftest import Bouncer
from tests.postgres.fetching import DRIVERS, Fetch

pytestmark = pytest.mark.live


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `localhost` that signs itself, its key, and a stranger's certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, so no certificate can be made")
    directory = tmp_path_factory.mktemp("certificates")
    for name in ("server", "stranger"):
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        command += ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        command += ["-keyout", f"{name}.key", "-out", f"{name}.crt"]
        subprocess.run(command, cwd=directory, capture_output=True, timeout=30, check=True)
    return directory


@pytest.fixture
def bouncer(start_bouncer: Callable[..., Bouncer], certificates: Path) -> Bouncer:
    """A server that insists on TLS."""
    return start_bouncer(
        client_tls_sslmode="require",
        files=[certificates / "server.key", certificates / "server.crt"],
        client_tls_key_file="server.key",
        client_tls_cert_file="server.crt",
    )


@pytest.mark.parametrize("fetch", DRIVERS)
@pytest.mark.parametrize(
    ("host", "sslmode", "verified"),
    [
        ({"host": "localhost"}, "require", False),
        ({"host": "127.0.0.1"}, "verify-ca", True),
        ({"host": "localhost"}, "verify-full", True),
        ({"host": "localhost", "hostaddr": "127.0.0.1"}, "verify-full", True),
    ],
)
async def test_every_driver_gets_through(
    bouncer: Bouncer, certificates: Path, host: dict[str, str], sslmode: str, verified: bool, fetch: Fetch
) -> None:
    roots = {"sslrootcert": str(certificates / "server.crt")} if verified else {}
    with open_target(bouncer.dsn(**host, **roots, sslmode=sslmode)) as target:
        assert target.ssl_in_use
        assert [tuple(row) for row in await fetch(target, "SELECT 42")] == [(42,)]


@pytest.mark.parametrize("fetch", DRIVERS)
async def test_a_certificate_is_checked_by_every_driver(bouncer: Bouncer, certificates: Path, fetch: Fetch) -> None:
    roots = certificates / "roots.crt"
    shutil.copy(certificates / "server.crt", roots)
    with open_target(bouncer.dsn(host="localhost", sslmode="verify-full", sslrootcert=str(roots))) as target:
        shutil.copy(certificates / "stranger.crt", roots)
        with pytest.raises(Exception, match=r"(?i)certificate"):
            await fetch(target, "SELECT 42")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"host": "127.0.0.1", "sslmode": "verify-full"}, "does not match host name"),
        ({"host": "localhost", "sslmode": "disable"}, "SSL required"),
    ],
)
def test_what_libpq_refuses_is_told(bouncer: Bouncer, certificates: Path, changes: dict[str, str], reason: str) -> None:
    with pytest.raises(ServerError, match=reason):
        open_target(bouncer.dsn(sslrootcert=str(certificates / "server.crt"), **changes)).__enter__()
