"""`pgtui guide`: the hazards of sharing, listed, told, and shown on this machine."""

import asyncio
import json
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import click

from pgtui.cli.options import server_options
from pgtui.cli.printing import styled, table

if TYPE_CHECKING:
    from pgtui.guide.hazard import Case, Hazard, Outcome, Side
    from pgtui.postgres import Target

GOOD, BAD, NEUTRAL = 42, 203, 214


@click.group(invoke_without_command=True)
@click.pass_context
def guide(ctx: click.Context) -> None:
    """List the hazards of sharing connections between concurrent tasks, and show them happening."""
    if ctx.invoked_subcommand is not None:
        return
    from pgtui.guide.catalogue import hazards

    rows = [[str(one.number), styled(one.id, bold=True), one.title] for one in hazards()]
    for line in table(["", "id", "hazard"], rows, right=frozenset({0})):
        click.echo(line)
    click.echo(styled("\npgtui guide show ID tells one, pgtui guide run ID shows it happening.", dim=True))


@guide.command()
@click.argument("name")
def show(name: str) -> None:
    """Tell a hazard: what happens, why, the recipes that show it and the right way, the errors it explains.

    NAME is an id or a number, as `pgtui guide` lists them.
    """
    from pgtui.guide.catalogue import hazard as hazard_named
    from pgtui.guide.hazard import Side

    hazard = hazard_named(name)
    click.echo(f"{styled(f'{hazard.number} {hazard.id}', bold=True)}  {hazard.title}\n")
    click.echo(paragraph(hazard.happens))
    click.echo(f"\n{paragraph(hazard.why)}")
    click.echo(f"\n{paragraph(f'→ {hazard.instead}')}")
    _echo_list("In the source", [str(place) for place in hazard.places])
    _echo_list("Met by others", list(hazard.issues))
    _echo_list("Errors it explains", [message.text for message in hazard.messages])
    for case in hazard.cases:
        for side in Side:
            _echo_source(case, side)


@guide.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "every", is_flag=True, help="Run all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of words.")
@click.option("--timeout", type=click.FloatRange(0.1), metavar="SECONDS", help="End each single run after this time.")
@server_options
def run(
    names: tuple[str, ...], every: bool, as_json: bool, timeout: float | None, dsn: str | None, allow_writes: bool
) -> None:
    """Show hazards happening, and the right way beside them.

    Says of each whether it showed and whether the right way was clean. Exit codes: 0 they were run, whatever came of
    it; 2 unknown name; 3 no server; 130 interrupted.
    """
    from pgtui.guide.catalogue import hazard as hazard_named
    from pgtui.guide.catalogue import hazards

    if bool(names) == every:
        raise click.UsageError("Give the id of a hazard, or --all for all of them.")
    chosen = hazards() if every else tuple(hazard_named(name) for name in names)

    from pgtui.postgres import open_target

    with open_target(dsn, allow_writes=allow_writes, progress=_tell) as target:
        outcomes = asyncio.run(_run(chosen, target, timeout, as_json))
    if as_json:
        click.echo(json.dumps({"schema": 1, "hazards": [as_dict(one) for one in outcomes]}, ensure_ascii=False))
    elif len(outcomes) > 1:
        _echo_summary(outcomes)


async def _run(chosen: "tuple[Hazard, ...]", target: "Target", limit: float | None, quiet: bool) -> "list[Outcome]":
    from pgtui.guide.demonstrate import demonstrate

    outcomes = []
    for place, hazard in enumerate(chosen, 1):
        progress = Progress(f"[{place}/{len(chosen)}] {hazard.number} {hazard.id}")
        outcome = await demonstrate(hazard, target, limit=limit, progress=progress)
        progress.over(_verdict(outcome))
        outcomes.append(outcome)
        if not quiet:
            _echo_outcome(outcome)
    return outcomes


class Progress:
    """What runs now, on stderr: one line that changes on a terminal, one line a hazard elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._live = sys.stderr.isatty()
        if self._live:
            self._put("")

    def __call__(self, words: str) -> None:
        if self._live:
            self._put(f" … {words}")

    def over(self, words: str) -> None:
        if self._live:
            click.echo("\r\x1b[K", err=True, nl=False)
        else:
            click.echo(f"{self._what}: {words}", err=True)

    def _put(self, words: str) -> None:
        columns = shutil.get_terminal_size().columns
        click.echo(f"\r\x1b[K{(self._what + words)[: columns - 1]}", err=True, nl=False)


def as_dict(outcome: "Outcome") -> dict[str, Any]:
    """What `--json` prints of one hazard."""
    return {
        "number": outcome.hazard.number,
        "id": outcome.hazard.id,
        "title": outcome.hazard.title,
        "shown": outcome.shown,
        "right_way_clean": outcome.right_way_clean,
        "skipped": outcome.skipped,
        "seen": outcome.seen,
        "seconds": round(outcome.seconds, 3),
        "cases": [
            {
                "driver": case.driver,
                "shown": case.shown,
                "right_way_clean": case.right_way_clean,
                "skipped": case.skipped,
                "seen": case.seen,
                "right_way_seen": case.right_way_seen,
                "tries": case.tries,
            }
            for case in outcome.cases
        ],
    }


def paragraph(text: str) -> str:
    """The text filled to the terminal's width, 100 columns at most, indented by two."""
    columns = min(100, max(40, shutil.get_terminal_size().columns))
    behind = "    " if text.startswith(("→ ", "  ")) else "  "
    filled = textwrap.TextWrapper(
        columns, initial_indent="  ", subsequent_indent=behind, break_long_words=False, break_on_hyphens=False
    )
    return filled.fill(text)


def _verdict(outcome: "Outcome") -> str:
    if outcome.skipped is not None:
        return f"skipped: {outcome.skipped}"
    shown = "shown" if outcome.shown else "NOT shown"
    clean = "clean" if outcome.right_way_clean else "NOT clean"
    return f"{shown}, right way {clean} ({outcome.seconds:.1f} s)"


def _echo_outcome(outcome: "Outcome") -> None:
    hazard = outcome.hazard
    fine = outcome.shown and outcome.right_way_clean
    colour = NEUTRAL if outcome.skipped is not None else GOOD if fine else BAD
    glyph = "·" if outcome.skipped is not None else "✓" if fine else "✗"
    click.echo(f"{styled(glyph, fg=colour)} {styled(f'{hazard.number} {hazard.id}', bold=True)}  {hazard.title}")
    click.echo(f"  {styled(_verdict(outcome), fg=colour)}")
    for case in outcome.cases:
        if case.skipped is None:
            click.echo(paragraph(f"{case.driver}: {case.seen}"))
            click.echo(paragraph(f"  right way: {case.right_way_seen}"))
        elif outcome.skipped is None:
            click.echo(paragraph(f"{case.driver}: skipped. {case.skipped}"))
    click.echo(paragraph(f"→ {hazard.instead}"))


def _echo_summary(outcomes: "list[Outcome]") -> None:
    ran = [one for one in outcomes if one.skipped is None]
    shown, clean = sum(one.shown for one in ran), sum(one.right_way_clean for one in ran)
    seconds = sum(one.seconds for one in outcomes)
    skipped = f", {len(outcomes) - len(ran)} skipped" if len(ran) < len(outcomes) else ""
    click.echo(f"\n{shown} of {len(ran)} shown, {clean} right ways clean{skipped}, in {seconds:.0f} s.")


def _echo_list(head: str, lines: list[str]) -> None:
    if lines:
        click.echo(f"\n  {styled(head, dim=True)}")
        for line in lines:
            click.echo(f"    {line}")


def _echo_source(case: "Case", side: "Side") -> None:
    from pgtui.drivers.registry import driver
    from pgtui.errors import UnsupportedError
    from pgtui.guide.hazard import Side

    what = "shows it" if side is Side.HAZARD else "the right way"
    click.echo(f"\n  {styled(f'{case.driver}: {what}', fg=BAD if side is Side.HAZARD else GOOD)}")
    try:
        driver(case.driver).load()  # a driver that does not import says so here
        lines = case.recipe(side).source().lines
    except UnsupportedError as error:
        click.echo(f"    {error.message}")
        return
    for _, line in lines:
        click.echo(f"    {line}".rstrip())


def _tell(words: str) -> None:
    click.echo(words, err=True)
