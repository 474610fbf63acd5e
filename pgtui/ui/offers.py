"""The lists to choose from: presets, and drivers to compare with. Pure but for the theme's colours."""

from rich.text import Text
from textual.widgets.option_list import Option

from pgtui.core.experiment import Experiment
from pgtui.ui.choices import drivers, refusal
from pgtui.ui.look import Look
from pgtui.ui.presets import PRESETS


def preset_options(theme: Look) -> list[Option]:
    """The presets under their headings; an option's id is the preset's place."""
    options: list[Option] = []
    group = ""
    for place, preset in enumerate(PRESETS):
        if preset.group != group:
            group = preset.group
            blank = "\n" if options else ""
            options.append(Option(Text(f"{blank}{group}", style=theme.style("key", bold=True)), disabled=True))
        options.append(_option(theme, str(place), preset.title, preset.hint, preset.experiment))
    return options


def driver_options(theme: Look, experiment: Experiment) -> list[Option]:
    """The other drivers; an option's id is the driver's."""
    return [
        _option(theme, driver.id, driver.id, f"{driver.title} {version or ''}", experiment.changed(driver=driver.id))
        for driver, version in drivers()
        if driver.id != experiment.driver
    ]


def _option(theme: Look, name: str, title: str, hint: str, experiment: Experiment) -> Option:
    refused = refusal(experiment)
    text = Text("  ")
    text.append(f"{title}  ", style=theme.style("dim" if refused else "foreground", bold=not refused))
    text.append(refused.message if refused else hint, style=theme.style("row-lost" if refused else "dim"))
    return Option(text, id=name, disabled=refused is not None)
