"""The app: wires server, settings, themes and screens together. `make_app` is the one way to one."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding

from pgtui.core.experiment import Experiment
from pgtui.core.trace import Trace
from pgtui.settings import Settings
from pgtui.ui.commands import COMMANDS, EVERYWHERE, bindings_of
from pgtui.ui.laboratory import Laboratory
from pgtui.ui.screens.live import LiveScreen
from pgtui.ui.themes import variable_defaults

if TYPE_CHECKING:
    from textual.screen import Screen


def make_app(
    *,
    experiment: Experiment,
    dsn: str | None = None,
    allow_writes: bool = False,
    settings: Settings | None = None,
    trace: Trace | None = None,
) -> "PgtuiApp":
    """The explorer.

    Args:
        experiment: what is picked and run at the start.
        dsn: the server; None for that of libpq's variables, or else the embedded one.
        allow_writes: let connections to the user's server write.
        settings: what the user has set.
        trace: a recorded run to open; then no server is needed, and none is opened.

    Raises:
        UsageError: the settings name a key binding that there is not.
    """
    settings = settings or Settings()
    settings.check_keymap(command.id for command in COMMANDS)
    return PgtuiApp(experiment, dsn, allow_writes=allow_writes, settings=settings, trace=trace)


class PgtuiApp(App[None]):
    """The explorer."""

    TITLE = "pgtui"
    BINDINGS: ClassVar[list[Binding]] = bindings_of(  # type: ignore[assignment]  # narrower than Textual's
        command for command in EVERYWHERE if command.id != "palette"
    )
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self, experiment: Experiment, dsn: str | None, *, allow_writes: bool, settings: Settings, trace: Trace | None
    ) -> None:
        self.settings = settings
        super().__init__()
        self.experiment = experiment
        self.recorded = trace
        self.laboratory = (
            None if trace is not None else Laboratory(dsn, allow_writes=allow_writes, progress=self.tell_progress)
        )

    def get_default_screen(self) -> "Screen[object]":
        screen = LiveScreen(self.experiment, self.laboratory, self.settings.panels, self.recorded)
        return screen  # type: ignore[return-value]

    @property
    def live(self) -> LiveScreen:
        """The live screen, which is always the lowest."""
        screen = self.screen_stack[0]
        assert isinstance(screen, LiveScreen)
        return screen

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The task colours, state colours and glyphs, for themes that give none."""
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        """Set up what needs the running app."""
        # Textual starts tasks eagerly on Python 3.12 and newer, and so would the drivers' own tasks be started:
        # the schedule that is shown has to be asyncio's default.
        asyncio.get_running_loop().set_task_factory(None)
        self.set_keymap(dict(self.settings.keymap))

    def tell_progress(self, line: str) -> None:
        """Tell what the server's start is at."""
        self.live.tell_progress(line)

    async def action_quit(self) -> None:
        """Close connections, leave the server, and end."""
        if self.laboratory is not None:
            self.live.say_goodbye()
            await self.laboratory.close()
        self.exit()

    async def on_unmount(self) -> None:
        """The same, however the app ends."""
        if self.laboratory is not None:
            await self.laboratory.close()
