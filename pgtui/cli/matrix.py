"""`pgtui matrix`: every driver in every sharing mode, as a table or as JSON."""

import asyncio
import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from pgtui.cli.options import server_options
from pgtui.cli.printing import styled, table, width

if TYPE_CHECKING:
    from pgtui.core.experiment import Experiment
    from pgtui.matrix.cells import Cell
    from pgtui.postgres import Target

COLUMNS = 100
"""The table is as wide at most; the drivers that do not fit get a table of their own below."""
LONG_NAME = 15

STEPS = 10
"""Lines of progress, where they cannot overwrite each other."""

COLOURS = {"blocks": 117, "mix": 141, "round-robin": 42, "refused": 214, "errors": 203}


@click.command()
@server_options
@click.option("--driver", "drivers", multiple=True, metavar="ID", help="Only this driver; can be given again. [all]")
@click.option(
    "--repeat",
    type=click.IntRange(1, 1_000),
    metavar="N",
    help="Runs of each cell; more where rows in blocks look like luck. [5]",
)
@click.option("--tasks", type=int, metavar="N", help="Concurrent tasks. [3]")
@click.option("--rows", type=int, metavar="N", help="Rows that each task asks for. [3]")
@click.option("--pool-size", type=int, metavar="N", help="Connections in the pool. [3]")
@click.option("--timeout", type=float, metavar="SECONDS", help="Cancel a run after this time. [5]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def matrix(
    drivers: tuple[str, ...], repeat: int | None, as_json: bool, dsn: str | None, allow_writes: bool, **values: Any
) -> None:
    """Run every driver in every sharing mode and show the verdicts.

    Verdicts are read off what happened: blocks, mix, round-robin, refused, errors or unsupported. Numbers of rows and
    errors are those of a cell's worst run.
    """
    from pgtui.matrix.fill import REPEAT, experiments, fill
    from pgtui.postgres import open_target

    wanted = experiments(drivers, **{name: value for name, value in values.items() if value is not None})
    repeat = repeat or REPEAT
    done: list[Cell] = []
    show, clear = progress(len(wanted))

    def on_cell(cell: "Cell") -> None:
        done.append(cell)
        show(len(done), cell.experiment)

    with open_target(dsn, allow_writes=allow_writes, progress=_tell) as target:
        try:
            cells = asyncio.run(fill(wanted, target, repeat, on_cell))
        except KeyboardInterrupt:
            clear()
            _tell(f"{len(done)} of {len(wanted)} cells had been run; a matrix with holes is not printed.")
            raise
        finally:
            clear()
    if as_json:
        click.echo(json.dumps(report(cells, target, repeat), ensure_ascii=False))
    else:
        for line in lines(cells, f"{_conditions(cells[0].experiment, repeat)}; {target.description}"):
            click.echo(line)


def report(cells: Sequence["Cell"], target: "Target", repeat: int) -> dict[str, Any]:
    """The object that `--json` prints; fields are added, never renamed."""
    from pgtui.matrix.words import cell_report

    experiment = cells[0].experiment
    return {
        "schema": 1,
        "server": {"version": target.server_version, "embedded": target.embedded},
        "tasks": experiment.tasks,
        "rows": experiment.rows,
        "pool_size": experiment.pool_size,
        "repeat": repeat,
        "cells": [cell_report(cell) for cell in cells],
    }


def progress(total: int) -> tuple[Callable[[int, "Experiment"], None], Callable[[], None]]:
    """What shows on stderr how far it is, and what clears that away; a terminal has one line that changes."""
    if sys.stderr.isatty():

        def show(done: int, experiment: "Experiment") -> None:
            where = f"{experiment.driver}, {experiment.sharing.label}, {experiment.yielding.label}"
            click.echo(f"\r\x1b[K{done}/{total} cells  {where}", err=True, nl=False)

        return show, lambda: click.echo("\r\x1b[K", err=True, nl=False)

    def tell(done: int, experiment: "Experiment") -> None:
        if done * STEPS // total > (done - 1) * STEPS // total:
            _tell(f"{done} of {total} cells")

    return tell, lambda: None


def lines(cells: Sequence["Cell"], conditions: str) -> Iterator[str]:
    """The table for people: rows are sharing × yielding, columns are drivers; what it means stands below."""
    from pgtui.matrix.words import GLYPHS, LEGEND, MARKS

    columns: dict[str, list[Cell]] = {}
    for cell in cells:
        columns.setdefault(cell.driver, []).append(cell)
    for group in _groups(list(columns.values())):
        yield from _table(group)
        yield ""
    for verdict, words in LEGEND.items():
        told = f"{GLYPHS[verdict]} {verdict}"
        yield styled(told, fg=COLOURS.get(verdict), dim=verdict not in COLOURS) + " " * (15 - len(told)) + words
    yield "   ".join(f"{mark} {words}" for mark, words in MARKS.items())
    yield from _reasons(cells)
    yield styled(f"{conditions}. Counts are of a cell's worst run.", dim=True)
    yield styled("One of them in full: pgtui run --driver ID --share MODE [--no-yield]", dim=True)


def _groups(columns: list[list["Cell"]]) -> list[list[list["Cell"]]]:
    """The drivers in as few tables as fit, as many in each."""
    for tables in range(1, len(columns) + 1):
        most = -(-len(columns) // tables)
        groups = [columns[first : first + most] for first in range(0, len(columns), most)]
        if all(width(line) <= COLUMNS for group in groups for line in _table(group)):
            break
    return groups


def _table(columns: list[list["Cell"]]) -> Iterator[str]:
    """One table; a long driver's name takes two lines."""
    drivers = [column[0].driver for column in columns]
    names = [one.rpartition("-") if len(one) > LONG_NAME else ("", "", one) for one in drivers]
    above = ["", "", *(first + dash for first, dash, _ in names)]
    below = ["sharing", "yield", *(last for _, _, last in names)]
    rows = [[styled(text, dim=True) for text in below]] if any(above) else []
    above_it = None
    for row in zip(*columns, strict=True):
        sharing, yielding = row[0].sharing, row[0].yielding
        rows.append(["" if sharing is above_it else sharing.value, yielding.label, *map(_cell, row)])
        above_it = sharing
    yield from table(above if any(above) else below, rows)


def _cell(cell: "Cell") -> str:
    from pgtui.matrix.words import short

    return styled(short(cell), fg=COLOURS.get(cell.verdict), dim=cell.verdict not in COLOURS)


def _reasons(cells: Sequence["Cell"]) -> Iterator[str]:
    """Why cells are unsupported, each reason once."""
    reasons: dict[str, list[str]] = {}
    for cell in cells:
        if cell.reason is not None:
            where = f"{cell.driver} {cell.sharing}"
            places = reasons.setdefault(cell.reason, [])
            if where not in places:
                places.append(where)
    for reason, places in reasons.items():
        for line in textwrap.wrap(f"{', '.join(places)}: {reason}", COLUMNS, subsequent_indent="  "):
            yield styled(line, dim=True)


def _conditions(experiment: "Experiment", repeat: int) -> str:
    tasks = f"{experiment.tasks:,} task{'s' if experiment.tasks != 1 else ''}"
    rows = f"{experiment.rows:,} row{'s' if experiment.rows != 1 else ''} each"
    return f"{tasks}, {rows}, {repeat:,} run{'s' if repeat != 1 else ''} a cell"


def _tell(words: str) -> None:
    click.echo(words, err=True)
