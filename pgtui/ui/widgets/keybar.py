"""The line of keys at the bottom of each screen."""

from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from pgtui.ui.commands import WIDE

if TYPE_CHECKING:
    from textual.app import ComposeResult

ROOMY = 110
"""Columns from which on it has room for more keys."""


class KeyBar(Footer):
    """Textual's footer, made anew only when it would show something else.

    By itself it mounts a dozen widgets, and lays the screen out twice, whenever the focus moves.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._told: object = None
        self._roomy = True

    def compose(self) -> "ComposeResult":
        self._roomy = self.app.size.width >= ROOMY
        for key in super().compose():
            if self._roomy or not (isinstance(key, FooterKey) and key.action in WIDE):
                yield key

    def on_resize(self) -> None:
        """Show more keys, or fewer."""
        if self.children and self._roomy != (self.app.size.width >= ROOMY):
            self.call_after_refresh(self.recompose)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Show the keys of the screen, if they are others or can be used now."""
        active = screen.active_bindings.values()
        told = [(one.binding.key, one.binding.description, one.enabled) for one in active if one.binding.show]
        if told != self._told or not self.children:
            super().bindings_changed(screen)
            self._told = told if screen.app.app_focus and screen is self.screen else None
