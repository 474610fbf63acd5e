"""Makes the README's pictures of the screens from recorded runs: `python -m tests.ui.pictures`.

No server, no clock and no setting of this machine has a part in a picture: the same code makes the same pictures.
"""

import asyncio
import os
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from textual.pilot import Pilot

from pgtui.core.events import Kind
from pgtui.settings import Settings
from pgtui.ui.app import PgtuiApp, make_app
from pgtui.ui.laboratory import Laboratory
from pgtui.ui.picture import Mode
from pgtui.ui.screens.compare import CompareScreen
from pgtui.ui.screens.guide import GuideScreen
from pgtui.ui.screens.matrix import MatrixScreen
from pgtui.ui.widgets.drawn import Drawn
from tests.ui.recordings import recorded, recorded_cells, recorded_target

PICTURES = Path(__file__).parent / "pictures"
PATIENCE = 30.0
"""Seconds within which a screen has to stand still."""


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    Attributes:
        show: brings the screen to where the picture is taken.
        columns, lines: the size of the terminal.
        theme: a bundled theme.
    """

    show: Callable[[Pilot[object], PgtuiApp], Awaitable[None]]
    columns: int = 120
    lines: int = 40
    theme: str = "notebook"


async def end(pilot: Pilot[object], app: PgtuiApp) -> None:
    """The run is over."""
    app.live.action_end()


async def first_failure(pilot: Pilot[object], app: PgtuiApp) -> None:
    """In the middle of the run, where the first task has just failed."""
    trace = app.live.trace
    assert trace is not None
    app.live.action_seek(next(event.index + 1 for event in trace.events() if event.kind is Kind.FAILED))


async def comparison(pilot: Pilot[object], app: PgtuiApp) -> None:
    """What one driver queues, the other refuses."""
    screen = CompareScreen(recorded("psycopg-shared-connection"), recorded("asyncpg-shared-connection"))
    await app.push_screen(screen)
    screen.action_end()


async def matrix(pilot: Pilot[object], app: PgtuiApp) -> None:
    """Every driver in every sharing mode; chosen is the run of the other pictures."""
    laboratory = Laboratory(None, allow_writes=False)
    laboratory.target = recorded_target()
    await app.push_screen(MatrixScreen(laboratory, (), recorded_cells()))
    await pilot.press("right", *["down"] * 5)


async def guide(pilot: Pilot[object], app: PgtuiApp) -> None:
    """The hazard of the other pictures, with the recipe that shows it."""
    await app.push_screen(GuideScreen(None))


SCENES: dict[str, Scene] = {
    "live": Scene(end, 140, 44),
    "light": Scene(first_failure, theme="light"),
    "small": Scene(end, 80, 24),
    "matrix": Scene(matrix, lines=38),
    "compare": Scene(comparison, lines=32),
    "guide": Scene(guide, 140, 44),
}
"""Name of a picture's file → what it shows. Behind all of them is psycopg with a shared cursor."""


async def picture(scene: Scene) -> str:
    """The scene as SVG."""
    trace = recorded("psycopg-shared-cursor")
    with nobodys_environment():
        app = make_app(experiment=trace.header.experiment, settings=Settings(theme=scene.theme), trace=trace)
        async with app.run_test(size=(scene.columns, scene.lines)) as pilot:
            deadline = time.monotonic() + PATIENCE
            # The run begins to play by itself; how far it came shall not show in where a panel is scrolled to.
            while app.live.playback is None or app.live.playback.mode is Mode.LIVE:
                assert time.monotonic() < deadline, "the run does not appear"
                await pilot.pause(0.01)
            app.live.action_seek(0)
            for panel in app.live.query(Drawn):
                panel.scroll_home(animate=False, immediate=True)
            await _still(pilot, app)
            await scene.show(pilot, app)
            return await _still(pilot, app)


async def _still(pilot: Pilot[object], app: PgtuiApp) -> str:
    """The screen, once it stands still."""
    deadline = time.monotonic() + PATIENCE
    before, after = "", " "
    while before != after:
        assert time.monotonic() < deadline, "the screen goes on changing"
        await pilot.pause(0.2)
        before, after = after, _normalised(app.export_screenshot(title="pgtui"))
    return after


def _normalised(svg: str) -> str:
    """Rich numbers its classes with a checksum of the picture; ours need no number, being one to a file."""
    return re.sub(r"\bterminal-\d+-", "pgtui-", svg)


@contextmanager
def nobodys_environment() -> Iterator[None]:
    """No settings, themes or memory of whoever makes the pictures."""
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ):
        for name in [one for one in os.environ if one.startswith(("PGTUI_", "TEXTUAL")) or one == "NO_COLOR"]:
            del os.environ[name]
        os.environ |= {f"XDG_{kind}_HOME": home for kind in ("CONFIG", "STATE", "DATA")}
        yield


def main() -> None:
    """Make all of them."""
    PICTURES.mkdir(exist_ok=True)
    for name, scene in SCENES.items():
        file = PICTURES / f"{name}.svg"
        file.write_text(asyncio.run(picture(scene)), encoding="utf-8")
        print(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


if __name__ == "__main__":
    main()
