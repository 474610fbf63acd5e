"""The line of keys at the bottom of each screen."""

from textual.screen import Screen
from textual.widgets import Footer


class KeyBar(Footer):
    """Textual's footer, made anew only when it would show something else.

    By itself it mounts a dozen widgets, and lays the screen out twice, whenever the focus moves.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._told: object = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Show the keys of the screen, if they are others or can be used now."""
        active = screen.active_bindings.values()
        told = [(one.binding.key, one.binding.description, one.enabled) for one in active if one.binding.show]
        if told != self._told or not self.children:
            super().bindings_changed(screen)
            self._told = told if screen.app.app_focus and screen is self.screen else None
