"""The app: wires server, settings, themes and screens together. `make_app` is the one way to one."""

import asyncio
import dataclasses
import gc
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding

from pgtui.core.experiment import Experiment
from pgtui.core.trace import Trace
from pgtui.memory import recall, remember
from pgtui.settings import Settings
from pgtui.ui.commands import COMMANDS, EVERYWHERE, GUIDE, LIVE, SHOWING, Command, bindings_of
from pgtui.ui.laboratory import Laboratory
from pgtui.ui.screens.guide import GuideScreen
from pgtui.ui.screens.help import HelpScreen
from pgtui.ui.screens.live import ArrowsLiveScreen, LiveScreen
from pgtui.ui.screens.showing import ShowingScreen
from pgtui.ui.screens.tour import TourScreen
from pgtui.ui.theme_files import FailedTheme, load_themes
from pgtui.ui.themes import variable_defaults
from pgtui.ui.theming import ThemeWatch, register, switch
from pgtui.ui.vim import VIM_BINDINGS

if TYPE_CHECKING:
    from textual.screen import Screen

THEME_SECONDS = 1.0
"""Between two looks at the theme files."""


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
    settings.check_keymap(command.id for command in (*COMMANDS, *GUIDE, *SHOWING))
    laboratory = None if trace is not None else Laboratory(dsn, allow_writes=allow_writes)
    return PgtuiApp(experiment, laboratory, settings, trace)


class PgtuiApp(App[object]):
    """The explorer."""

    TITLE = "pgtui"
    CSS = """
    VerticalScroll, OptionList, TextArea {
        scrollbar-size-vertical: 1;
        scrollbar-color: $frame;
        scrollbar-color-hover: $dim;
        scrollbar-color-active: $dim;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;
    }
    """
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        *bindings_of(command for command in EVERYWHERE if command.id != "palette"),
        *VIM_BINDINGS,
    ]

    def __init__(
        self, experiment: Experiment, laboratory: Laboratory | None, settings: Settings, trace: Trace | None
    ) -> None:
        super().__init__()
        self.settings = settings
        self.laboratory = laboratory
        self.memory = recall()
        self.live = (LiveScreen if settings.vim else ArrowsLiveScreen)(
            experiment,
            laboratory,
            settings.panels,
            recorded=trace,
            queries=self.memory.queries,
            keep_queries=lambda queries: self.keep(queries=queries),
        )
        self._theme_watch = ThemeWatch(settings.theme_dir)

    def get_default_screen(self) -> "Screen[None]":
        return self.live

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The task colours, state colours and glyphs, for themes that give none."""
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        """Set up what needs the running app."""
        # Textual starts tasks eagerly on Python 3.12 and newer, and so would the drivers' own tasks be started:
        # the schedule that is shown has to be asyncio's default.
        asyncio.get_running_loop().set_task_factory(None)
        self.set_keymap(dict(self.settings.keymap))
        self._tell_failed(register(self, load_themes(self.settings.theme_dir)))
        if reason := switch(self, self.settings.theme):
            self.notify(f"{reason} `pgtui themes` lists them.", severity="warning", markup=False)
        self.set_interval(THEME_SECONDS, self._reload_themes)
        self.call_after_refresh(_spare_the_collector)
        if self.laboratory is not None:
            self.laboratory.progress = self.live.tell_progress
            if not self.memory.tour_seen:
                self.live.first_shown = self.action_tour

    def _reload_themes(self) -> None:
        """Show what the user has saved into a theme's file."""
        found = self._theme_watch.changed()
        if found is not None:
            self._tell_failed(register(self, found))

    def _tell_failed(self, failed: Iterable[FailedTheme]) -> None:
        for theme in failed:
            self.notify(f"Theme skipped: {theme}", severity="warning", markup=False)

    def keep(self, **changes: object) -> None:
        """Remember something for the next visit."""
        self.memory = dataclasses.replace(self.memory, **changes)  # type: ignore[arg-type]  # named as its fields
        remember(self.memory)

    # The commands that are everywhere
    def action_help(self) -> None:
        """Explain keys, columns and glyphs."""
        if not isinstance(self.screen, HelpScreen):
            here = _commands_of(self.screen)
            first = here[0].group if here and here is not LIVE else ""
            self.push_screen(HelpScreen(self.settings.keymap, self.settings.vim, first, self._panel_help()))

    def _panel_help(self) -> str:
        """What the panel with the keys says about itself."""
        return (self.screen.focused.HELP if self.screen.focused is not None else None) or ""

    def action_tour(self) -> None:
        """Show the first visit's guide; it is shown by itself once."""
        self.push_screen(TourScreen(self.live), lambda _: self.keep(tour_seen=True))

    def action_next_theme(self) -> None:
        """Switch to the next of pgtui's and the user's own themes."""
        names = [theme.name for theme in load_themes(self.settings.theme_dir).loaded]
        place = names.index(self.theme) + 1 if self.theme in names else 0
        self.theme = names[place % len(names)]
        self.notify(f"Theme: {self.theme}", timeout=2, markup=False)

    def action_stand_for(self, key: str) -> None:
        """Do what another key does, for those who have vim in their fingers."""
        if self.settings.vim:
            self.simulate_key(key)

    async def action_quit(self) -> None:
        """Close connections, leave the server, and end; with the code for no server, if there never was one."""
        code = 0
        if self.laboratory is not None:
            if self.laboratory.target is None and self.live.error is not None:
                code = self.live.error.exit_code
            self.live.say("Closing connections")
            await self.laboratory.close()
        self.exit(return_code=code)

    async def on_unmount(self) -> None:
        """The same, however the app ends."""
        if self.laboratory is not None:
            await self.laboratory.close()

    def get_system_commands(self, screen: "Screen[object]") -> Iterable[SystemCommand]:
        """What the command palette offers: every command of this screen, and Textual's choice of themes."""
        for command in (*_commands_of(screen), *EVERYWHERE):
            keys = self.settings.keymap.get(command.id) or command.key_words(self.settings.vim)
            run = partial(screen.run_action, command.action)
            yield SystemCommand(command.help.rstrip("."), f"{command.group} · key {keys}", run)
        yield SystemCommand("Choose a theme", "See each while you choose", self.action_change_theme)


def _spare_the_collector() -> None:
    """Take the screen's own objects out of garbage collection: they stay for good, and there are 60,000 of them.

    Going through them, time and again, stalls the loop by 30 to 60 ms while millions of rows go by.
    """
    gc.collect()
    gc.freeze()


def _commands_of(screen: "Screen[object]") -> tuple[Command, ...]:
    """The commands that a screen has besides those that are everywhere."""
    for kind, commands in ((LiveScreen, LIVE), (GuideScreen, GUIDE), (ShowingScreen, SHOWING)):
        if isinstance(screen, kind):
            return commands
    return ()
