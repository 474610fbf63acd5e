"""Real runs, recorded: what the README shows. `python -m tests.ui.recordings` records them anew.

The runs are files of `pgtui run --record`, the matrix is what `pgtui matrix --json` prints, in `runs/`.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from pgtui.api import run_on
from pgtui.cli.matrix import report
from pgtui.core.experiment import Experiment, Sharing
from pgtui.core.recording import load, save
from pgtui.core.trace import Trace
from pgtui.matrix.cells import Cell, Verdict
from pgtui.matrix.fill import REPEAT, experiments, fill
from pgtui.postgres import Target, open_target

RUNS = Path(__file__).parent / "runs"
MATRIX = RUNS / "matrix.json"
TRIES = 15

RECORDINGS: dict[str, Experiment] = {
    "psycopg-shared-cursor": Experiment(driver="psycopg", sharing=Sharing.SHARED_CURSOR),
    "psycopg-shared-connection": Experiment(driver="psycopg", sharing=Sharing.SHARED_CONNECTION),
    "asyncpg-shared-connection": Experiment(driver="asyncpg", sharing=Sharing.SHARED_CONNECTION),
}
"""The names of the runs, and what ran."""


def recorded(name: str) -> Trace:
    """The run of this name."""
    return load(RUNS / f"{name}.jsonl")


def recorded_matrix() -> dict[str, Any]:
    """What `pgtui matrix --json` printed."""
    report: dict[str, Any] = json.loads(MATRIX.read_text(encoding="utf-8"))
    return report


def recorded_cells() -> list[Cell]:
    """The cells of the recorded matrix, driver by driver."""
    told = {(one["driver"], one["sharing"], one["yielding"]): one for one in recorded_matrix()["cells"]}
    return [_cell(one, told[one.driver, one.sharing, one.yielding]) for one in experiments()]


def recorded_target() -> Target:
    """The server of the recorded matrix, to be named; there is none at that address."""
    version = recorded_matrix()["server"]["version"]
    return Target(host="/", port=5432, dbname="pgtui", user="pgtui", embedded=True, server_version=version)


def _cell(experiment: Experiment, told: dict[str, Any]) -> Cell:
    same = ("same_every_run", "lost", "shared_out", "foreign", "errors", "messages", "orders", "reason")
    return Cell(
        experiment=experiment,
        verdict=Verdict(told["verdict"]),
        runs=tuple(map(Verdict, told["runs"])),
        order=tuple((name, count) for name, count in told["order"]),
        **{name: told[name] for name in same},
    )


async def record(target: Target) -> None:
    """Write all of them anew."""
    for name, experiment in RECORDINGS.items():
        # The shortest shows least of what else the machine did.
        traces = [await run_on(experiment, target) for _ in range(TRIES)]
        save(min(traces, key=lambda trace: trace.elapsed), RUNS / f"{name}.jsonl")
    told = report(await fill(experiments(), target, REPEAT, lambda _: None), target, REPEAT)
    # A line a cell, so that a difference can be read.
    cells = ",\n".join(f"  {json.dumps(cell, ensure_ascii=False)}" for cell in told.pop("cells"))
    rest = json.dumps(told, ensure_ascii=False)
    MATRIX.write_text(f'{rest[:-1]}, "cells": [\n{cells}\n]}}\n', encoding="utf-8")


def main() -> None:
    """Record them on the embedded server."""
    with open_target(None, progress=print) as target:
        if not target.embedded:
            raise SystemExit("These are runs on the embedded server: unset the PG* variables.")
        asyncio.run(record(target))


if __name__ == "__main__":
    main()
