"""The themes that come with pgtui: complete, readable, and their tasks' colours told apart by everybody."""

import itertools
import math
import tomllib
from pathlib import Path

import pytest
from textual.color import Color

from pgtui.core.names import COLOURS
from pgtui.ui.contrast import READABLE, contrast
from pgtui.ui.look import Look, look_of
from pgtui.ui.theme_files import ThemeFile, bundled_directory, load_themes, read_theme
from pgtui.ui.themes import GLYPH_DEFAULTS, VARIABLE_DEFAULTS

PATHS = sorted(Path(__file__).parents[2].joinpath("themes").glob("*.toml"))
BUNDLED = {path.stem: read_theme(path, "bundled") for path in PATHS}
IN_COLOUR = [name for name, theme in BUNDLED.items() if not theme.ansi]
TASKS = [f"task-{number}" for number in range(1, len(COLOURS) + 1)]
NO_TEXT = {"task-text", "picked-text", "picked", "frame", "frame-focus", "code-line", *GLYPH_DEFAULTS}

# Machado, Oliveira & Fernandes 2009, severity 1.0: linear RGB as a person with that vision has it.
VISION = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}


def colour(look: Look, name: str) -> Color:
    return Color.parse(look.colour(name))


def seen(colour: Color, vision: str) -> tuple[float, float, float]:
    """The colour in Oklab, where the distance of two colours is how different they look; 0.02 is just noticeable."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, linear, strict=True))))
        for row in VISION[vision]
    )
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def closest(look: Look, names: list[str], vision: str = "usual") -> tuple[float, str, str]:
    """The two colours that look most alike, and how far apart they are."""
    places = {name: seen(colour(look, name), vision) for name in names}
    return min((math.dist(places[one], places[other]), one, other) for one, other in itertools.combinations(names, 2))


@pytest.fixture(params=IN_COLOUR)
def look(request: pytest.FixtureRequest) -> Look:
    """The look of each theme that has colours of its own."""
    return look_of(BUNDLED[request.param])


def test_contrast_is_that_of_wcag() -> None:
    black, white = Color.parse("#000000"), Color.parse("#ffffff")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, black) == pytest.approx(21)
    assert contrast(white, white) == pytest.approx(1)
    # The greys between which WCAG's 4.5:1 lies on white.
    assert contrast(Color.parse("#767676"), white) == pytest.approx(4.54, abs=0.01)
    assert contrast(Color.parse("#777777"), white) == pytest.approx(4.48, abs=0.01)


def test_seen_is_oklab() -> None:
    assert seen(Color.parse("#ffffff"), "usual") == pytest.approx((1, 0, 0), abs=1e-3)
    assert seen(Color.parse("#ff0000"), "usual") == pytest.approx((0.628, 0.225, 0.126), abs=1e-3)
    red, green = Color.parse("#c04040"), Color.parse("#707020")
    assert math.dist(seen(red, "deuteranopia"), seen(green, "deuteranopia")) < 0.05
    assert math.dist(seen(red, "usual"), seen(green, "usual")) > 0.15


def test_there_are_the_six_themes_and_all_load() -> None:
    assert set(BUNDLED) == {"notebook", "dark", "light", "high-contrast", "colour-blind", "terminal"}
    found = load_themes()
    assert not [failed for failed in found.failed if str(bundled_directory()) in failed.path]
    assert {theme.name for theme in found.loaded} >= set(BUNDLED)
    assert [BUNDLED[name].dark for name in ("notebook", "dark", "light")] == [True, True, False]


@pytest.mark.parametrize("theme", BUNDLED.values(), ids=BUNDLED)
def test_a_bundled_theme_says_every_colour_itself(theme: ThemeFile) -> None:
    assert set(theme.variables) >= set(VARIABLE_DEFAULTS) - set(GLYPH_DEFAULTS)
    assert set(theme.fields) >= {"primary", "error", "success", "foreground", "background", "surface", "panel", "dark"}


def test_the_defaults_are_the_notebook_themes() -> None:
    notebook = BUNDLED["notebook"].variables
    assert {name: VARIABLE_DEFAULTS[name] for name in notebook} == notebook


def test_the_notebook_theme_has_the_origins_colours() -> None:
    look = look_of(BUNDLED["notebook"])
    red, green, blue = colour(look, "task-1").rgb
    assert green > 2 * red
    assert green > 1.5 * blue
    # 205 and 31 of the xterm palette: the colour cube's levels are 0, 95, 135, 175, 215 and 255.
    assert [colour(look, name).rgb for name in ("task-2", "task-3")] == [(255, 95, 175), (0, 135, 175)]


def test_text_can_be_read_on_panes_and_surfaces(look: Look) -> None:
    for name in {"foreground", *VARIABLE_DEFAULTS} - NO_TEXT - set(TASKS):
        for behind in ("background", "surface"):
            assert contrast(colour(look, name), colour(look, behind)) >= READABLE, (name, behind)


def test_task_colours_can_be_read(look: Look) -> None:
    for task in TASKS:
        assert contrast(colour(look, task), colour(look, "background")) >= READABLE, task
        assert contrast(colour(look, task), colour(look, "surface")) >= 3, task
        assert contrast(colour(look, task), colour(look, "panel")) >= 3, task
        assert contrast(colour(look, "task-text"), colour(look, task)) >= READABLE, task


def test_code_can_be_read_on_the_line_of_the_playhead(look: Look) -> None:
    for name in VARIABLE_DEFAULTS:
        if name.startswith("code-") and name != "code-line":
            assert contrast(colour(look, name), colour(look, "code-line")) >= READABLE, name


def test_what_is_picked_and_what_has_the_focus_stands_out(look: Look) -> None:
    assert contrast(colour(look, "picked-text"), colour(look, "picked")) >= READABLE
    assert contrast(colour(look, "frame-focus"), colour(look, "background")) >= 3
    assert contrast(colour(look, "frame-focus"), colour(look, "frame")) >= 1.5


def test_high_contrast_is_wcags_best_level() -> None:
    look = look_of(BUNDLED["high-contrast"])
    for name in {"foreground", *VARIABLE_DEFAULTS} - NO_TEXT:
        assert contrast(colour(look, name), colour(look, "background")) >= 7, name


def test_task_colours_are_told_apart(look: Look) -> None:
    distance, *pair = closest(look, TASKS[:8])
    assert distance >= 0.085, pair
    distance, *pair = closest(look, TASKS)
    assert distance >= 0.055, pair


@pytest.mark.parametrize("vision", ["deuteranopia", "protanopia"])
def test_the_colour_blind_theme_keeps_eight_tasks_apart(vision: str) -> None:
    look = look_of(BUNDLED["colour-blind"])
    distance, *pair = closest(look, TASKS[:8], vision)
    assert distance >= 0.09, pair
    for good, bad in [("state-done", "state-error"), ("finding-bad", "finding-costly"), ("advice", "finding-bad")]:
        assert math.dist(seen(colour(look, good), vision), seen(colour(look, bad), vision)) >= 0.09


@pytest.mark.parametrize("vision", ["deuteranopia", "protanopia"])
def test_the_notebooks_colours_are_why_there_is_another_theme(vision: str) -> None:
    """Guards the test above: by its measure a theme made for the usual vision does fail."""
    assert closest(look_of(BUNDLED["notebook"]), TASKS[:8], vision)[0] < 0.09


def test_the_terminals_theme_uses_the_terminals_colours_alone() -> None:
    path = next(path for path in PATHS if path.stem == "terminal")
    table = tomllib.loads(path.read_text())
    values = {**table, **table["variables"]}
    for name, value in values.items():
        if isinstance(value, str):
            assert value.startswith("ansi_"), name
            assert Color.parse(value).ansi is not None, name
    terminal = BUNDLED["terminal"]
    assert terminal.ansi
    assert len({terminal.variables[task] for task in TASKS}) == 14
    assert len({terminal.variables[task] for task in TASKS[:12]}) == 12


def test_states_have_a_glyph_each_of_one_cell() -> None:
    from rich.cells import cell_len

    states = [name.removeprefix("state-") for name in VARIABLE_DEFAULTS if name.startswith("state-")]
    glyphs = [GLYPH_DEFAULTS[f"glyph-{state}"] for state in states]
    assert len(set(glyphs)) == len(states)
    assert all(cell_len(glyph) == 1 for glyph in GLYPH_DEFAULTS.values())
