"""A compositor that asks only those widgets for lines that have some in what is painted.

Textual's own asks every widget of the screen for all of its lines, whatever part of it is painted: a screen of panels
that change many times a second spends most of a frame on lines that stay as they are.
"""

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class PartCompositor(Compositor):
    """Paints the lines of a part of the screen."""

    # There is no public hook for this; should this one go, the screen is painted as Textual does it.
    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if crop is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            top, bottom = max(seen.y, crop.y), min(seen.bottom, crop.bottom)
            if top < bottom and seen.x < crop.right and crop.x < seen.right:
                # As wide as it is: where lines are cut is known for whole widgets.
                part = Region(seen.x, top, seen.width, bottom - top)
                yield part, part, widget.render_lines(part.translate((-region.x, -region.y)))
