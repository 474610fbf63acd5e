"""`Painted`: a widget that paints whole lines itself, its frame too.

Textual draws borders, padding and titles around any content, and remembers the lines: for panels that change many
times a second that costs more than the lines do.
"""

from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.renderables.tint import Tint
from textual.strip import Strip
from textual.widget import Widget

from pgtui.ui.look import look


class Painted(Widget):
    """What paints itself; it has no border in its style, and room for its frame by padding, if any."""

    def paint(self, lines: range) -> list[Strip]:
        """These lines of the widget, each as wide as it is."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """The painted lines in the terminal's colours."""
        strips = self.paint(crop.line_range)
        background, tint = self.background_colors[1], self.styles.tint
        if tint.a:
            theme = self.app.ansi_theme
            strips = [Strip(Tint.process_segments(strip, tint, theme, background)) for strip in strips]
        truecolor = look(self.app).truecolor
        for one in self.get_line_filters():
            if truecolor and isinstance(one, ANSIToTruecolor):
                continue  # it has nothing to do, and takes a quarter of a frame for it
            strips = [strip.apply_filter(one, background) for strip in strips]
        if crop.column_span != (0, self.outer_size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips
