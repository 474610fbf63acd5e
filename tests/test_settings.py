"""Settings and memory: what is set wins in its order, what is wrong is named, what is remembered never hurts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pgtui.cli.options import experiment_of
from pgtui.core.experiment import Sharing, Yielding
from pgtui.errors import UsageError
from pgtui.memory import Memory, recall, remember
from pgtui.settings import FILE_VARIABLE, PANELS, Settings, load_settings, settings_file

ALL = """
theme = "paper"
driver = "psycopg"
sharing = "shared-cursor"
yielding = "none"
tasks = 5
rows = 7
dsn = "postgresql://reader@db.example:5433/shop"
vim = false
panels = ["findings", "timeline"]

[keymap]
run = "f5"
play = ["space", "p"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty settings file, which the environment names; no other PGTUI_ variable is set."""
    for name in os.environ:
        if name.startswith("PGTUI_") and name != "PGTUI_SERVER_DIR":
            monkeypatch.delenv(name)
    path = tmp_path / "settings.toml"
    path.touch()
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    return path


def refused(file: Path, text: str | bytes) -> UsageError:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert caught.value.exit_code == 2
    return caught.value


def test_an_empty_file_gives_the_defaults(file: Path) -> None:
    assert load_settings() == Settings(file=file)


def test_without_a_file_the_defaults_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.delenv(FILE_VARIABLE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    assert load_settings() == Settings()


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has no XDG_CONFIG_HOME")
def test_the_file_is_in_the_users_config_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.delenv(FILE_VARIABLE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "pgtui").mkdir()
    (tmp_path / "pgtui" / "settings.toml").write_text("tasks = 2")
    assert settings_file() == tmp_path / "pgtui" / "settings.toml"
    assert load_settings().tasks == 2


def test_every_key_is_read(file: Path) -> None:
    file.write_text(ALL)
    assert load_settings() == Settings(
        theme="paper",
        driver="psycopg",
        sharing=Sharing.SHARED_CURSOR,
        yielding=Yielding.NONE,
        tasks=5,
        rows=7,
        dsn="postgresql://reader@db.example:5433/shop",
        vim=False,
        panels=("timeline", "findings"),
        keymap={"run": "f5", "play": "space,p"},
        file=file,
    )


def test_the_environment_wins_over_the_file_and_flags_over_both(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file.write_text(ALL)
    for name, value in {
        "PGTUI_THEME": "slate", "PGTUI_TASKS": "9", "PGTUI_VIM": "true", "PGTUI_PANELS": "code, timeline",
        "PGTUI_YIELDING": "sleep0", "PGTUI_DSN": "host=elsewhere",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert (settings.theme, settings.tasks, settings.rows, settings.vim) == ("slate", 9, 7, True)
    assert (settings.panels, settings.yielding) == (("timeline", "code"), Yielding.SLEEP0)
    assert settings.dsn == "host=elsewhere"
    flagged = load_settings(theme="mine", theme_dir=tmp_path)
    assert (flagged.theme, flagged.theme_dir, flagged.tasks) == ("mine", tmp_path, 9)


def test_no_panels_is_a_choice_too(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("panels = []")
    assert load_settings().panels == ()
    monkeypatch.setenv("PGTUI_PANELS", ",".join(PANELS))
    assert load_settings().panels == PANELS
    monkeypatch.setenv("PGTUI_PANELS", "none")
    assert load_settings().panels == ()


def test_an_empty_or_foreign_variable_is_no_setting(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGTUI_TASKS", "")
    monkeypatch.setenv("PGTUI_SOMETHING_ELSE", "x")
    assert load_settings() == Settings(file=file)


def test_the_experiment_takes_what_is_set(file: Path) -> None:
    assert load_settings().experiment() == {}
    file.write_text(ALL)
    experiment = experiment_of(load_settings().experiment())
    assert (experiment.sharing, experiment.yielding) == (Sharing.SHARED_CURSOR, Yielding.NONE)
    assert (experiment.tasks, experiment.rows) == (5, 7)
    file.write_text('yielding = "sleep0"')
    assert experiment_of(load_settings().experiment()).yielding is Yielding.SLEEP0


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("theme = 3", "theme"),
        ('theme = " "', "theme"),
        ('driver = "psycpg"', "driver"),
        ("driver = true", "driver"),
        ('sharing = "cursor"', "sharing"),
        ('yielding = "sleep"', "yielding"),
        ('tasks = "3"', "tasks"),
        ("tasks = true", "tasks"),
        ("tasks = 0", "tasks"),
        ("tasks = 1001", "tasks"),
        ("rows = 2.5", "rows"),
        ("rows = -1", "rows"),
        ('vim = "yes"', "vim"),
        ("vim = 1", "vim"),
        ('panels = "code"', "panels"),
        ('panels = ["code", "kode"]', "panels"),
        ("panels = [[1]]", "panels"),
        ('keymap = "f5"', "keymap"),
        ("keymap.run = 5", "keymap"),
        ('keymap.run = ""', "keymap"),
        ("keymap.run = []", "keymap"),
        ("dsn = 5432", "dsn"),
        ('dsn = "postgresql://[::1/x"', "dsn"),
        ('password = "x"', "password"),
        ('thme = "paper"', "thme"),
        ("[theme]\nname = 1", "theme"),
        ("tasks = 1979-05-27", "tasks"),
    ],
)
def test_a_wrong_key_or_value_names_file_and_key(file: Path, text: str, key: str) -> None:
    error = refused(file, text)
    assert str(file) in error.message
    assert key in error.message.removeprefix(str(file))
    assert "\n" not in error.message


def test_an_unknown_key_is_told_what_it_may_have_meant(file: Path) -> None:
    assert "'theme'" in refused(file, 'thme = "x"').hint
    assert "tasks" in refused(file, "zzzzzz = 1").hint


@pytest.mark.parametrize("text", [b"tasks = \n", b"\xff\xfe", b"tasks = 1\ntasks = 2", b"\x00"])
def test_a_file_that_is_no_toml_says_so_and_where(file: Path, text: bytes) -> None:
    assert str(file) in refused(file, text).message


def test_a_file_that_the_environment_names_must_be_there(file: Path) -> None:
    file.unlink()
    with pytest.raises(UsageError, match=FILE_VARIABLE):
        load_settings()
    file.mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings()


@pytest.mark.parametrize(("name", "value"), [("PGTUI_TASKS", "three"), ("PGTUI_VIM", "maybe"), ("PGTUI_ROWS", "-1")])
def test_a_wrong_variable_is_named(file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"{name} is '{value}'"):
        load_settings()


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me:s3cret@db/shop",
        "postgresql://db/shop?password=s3cret",
        "host=db password=s3cret",
        "host=db sslpassword=s3cret",
        "postgresql://me:s3cret%zz@db/shop",
        "host=db password=s3cret nonsense",
        "postgresql://me:s3cret@@[db/shop",
    ],
)
def test_a_password_in_the_dsn_is_refused_and_not_repeated(
    file: Path, monkeypatch: pytest.MonkeyPatch, dsn: str
) -> None:
    error = refused(file, f'dsn = "{dsn}"')
    file.write_text("")
    monkeypatch.setenv("PGTUI_DSN", dsn)
    with pytest.raises(UsageError) as caught:
        load_settings()
    for said in (str(error), str(caught.value)):
        assert "s3cret" not in said
    assert str(file) in error.message
    assert "PGTUI_DSN" in caught.value.message


def test_a_password_in_the_dsn_is_pointed_to_pgpass(file: Path) -> None:
    assert ".pgpass" in refused(file, 'dsn = "host=db password=s3cret"').hint


def test_a_key_for_a_binding_that_is_not_there_is_refused(file: Path) -> None:
    file.write_text("[keymap]\nrun = 'f5'\nplya = 'p'")
    settings = load_settings()
    with pytest.raises(UsageError, match="plya") as caught:
        settings.check_keymap(["run", "play"])
    assert str(file) in caught.value.message
    assert "'play'" in caught.value.hint
    settings.check_keymap(["run", "play", "plya"])


def test_settings_import_no_textual() -> None:
    code = "import sys, pgtui.settings, pgtui.memory; pgtui.settings.load_settings(); print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"


def test_what_is_remembered_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "new" / "state.json"
    assert recall(file) == Memory(tour_seen=False)
    assert remember(Memory(tour_seen=True), file)
    assert recall(file) == Memory(tour_seen=True)
    assert [path.name for path in file.parent.iterdir()] == ["state.json"]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"tour_seen": 1}', b"[" * 100_000])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(text)
    assert recall(file) == Memory()


def test_a_memory_that_cannot_be_written_hurts_nobody(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert not remember(Memory(tour_seen=True), blocked / "state.json")
    assert recall(blocked / "state.json") == Memory()
    (tmp_path / "state.json").mkdir()
    assert not remember(Memory(tour_seen=True), tmp_path / "state.json")
    assert recall(tmp_path / "state.json") == Memory()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "state.json"]
