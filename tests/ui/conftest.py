"""What the screen's tests share: no memory of earlier visits, nothing that blinks or moves by itself."""

from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from pgtui import memory


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A memory file of the test's own, in which the guide has been seen; and a cursor that does not blink."""
    file = tmp_path / "state.json"
    monkeypatch.setattr(memory, "memory_file", lambda: file)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda self: None)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    memory.remember(memory.Memory(tour_seen=True))
    return file
