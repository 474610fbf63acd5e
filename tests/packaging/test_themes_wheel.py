"""The wheel carries the themes: the files of the repository, each of which loads from where the wheel puts it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, as an installer lays it out."""
    directory = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    (wheel,) = directory.glob("pgtui-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory / "site")
    return directory / "site"


def test_the_wheel_has_the_themes_of_the_repository(unpacked: Path) -> None:
    carried = {path.name: path.read_bytes() for path in (unpacked / "pgtui" / "themes").glob("*.toml")}
    assert len(carried) >= 6
    assert carried == {path.name: path.read_bytes() for path in (ROOT / "themes").glob("*.toml")}


def test_the_wheels_themes_load_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    code = (
        "import pgtui, pgtui.ui.theme_files as files\n"
        "found = files.load_themes()\n"
        "print(pgtui.__file__)\n"
        "print(*found.failed)\n"
        "print(*[theme.path for theme in found.loaded if theme.origin == 'bundled'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(unpacked), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    package, failed, paths = done.stdout.split("\n")[:3]
    assert package == str(unpacked / "pgtui" / "__init__.py")
    assert failed == ""
    assert sorted(paths.split()) == sorted(map(str, (unpacked / "pgtui" / "themes").glob("*.toml")))
