"""The keys of vim as other names of the arrow keys: one table for every panel, bound by the app.

What a screen or panel binds itself goes first, and a line that one types in keeps its letters.
"""

from textual.binding import Binding

VIM_KEYS: dict[str, str] = {
    "h": "left", "j": "down", "k": "up", "l": "right", "H": "shift+left", "L": "shift+right",
    "0": "home", "G": "end", "dollar_sign": "end", "ctrl+b": "pageup", "ctrl+f": "pagedown",
}  # fmt: skip
"""A key of vim → the key that it stands for."""

VIM_BINDINGS: tuple[Binding, ...] = tuple(
    Binding(key, f"stand_for('{other}')", other, show=False, id=f"vim-{key}") for key, other in VIM_KEYS.items()
)
"""The app's `action_stand_for` presses the other key, if the user's settings have these."""
