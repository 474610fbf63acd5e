"""What all tests share: one server, which is never the developer's own.

`target` is the embedded server in a directory of this test run, shared by all xdist workers, or the
server that PGTUI_TEST_DSN names.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pgtui.postgres import Target, open_target
from pgtui.postgres.conninfo import SERVER_VARIABLES
from pgtui.postgres.directory import BASE_VARIABLE

# In the background of a shell SIGINT is ignored, and so it would be by every program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run: a test that holds now holds again.
settings.register_profile("pgtui", derandomize=True)
settings.load_profile("pgtui")

_MADE = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a server directory of its own; the workers inherit it from the controller."""
    for name in SERVER_VARIABLES:
        os.environ.pop(name, None)
    if not hasattr(config, "workerinput"):
        # In /tmp, because a socket's path has to be short.
        config.stash[_MADE] = Path(tempfile.mkdtemp(prefix="pgtui-", dir="/tmp"))
        os.environ[BASE_VARIABLE] = str(config.stash[_MADE])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Throw the server's directory away; the last worker has stopped the server."""
    if made := config.stash.get(_MADE, None):
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """The server that live tests run on."""
    with open_target(os.environ.get("PGTUI_TEST_DSN")) as opened:
        yield opened


@pytest.fixture
def private_base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for a server of the test's own, which it may damage."""
    base = Path(tempfile.mkdtemp(prefix="pgtui-", dir="/tmp"))
    monkeypatch.setenv(BASE_VARIABLE, str(base))
    yield base
    shutil.rmtree(base, ignore_errors=True)
