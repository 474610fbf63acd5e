"""`pgtui run`: an experiment without a screen."""

import asyncio
import json
from typing import Any

import click

from pgtui.cli.options import common_options, experiment_of


@click.command()
@common_options
@click.option("--repeat", type=click.IntRange(1, 100_000), default=1, metavar="N", help="Run it so many times. [1]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of words.")
@click.option("--record", type=click.Path(dir_okay=False), metavar="FILE", help="Write the (last) run to a file.")
def run(repeat: int, as_json: bool, record: str | None, **options: Any) -> None:
    """Run an experiment without a screen and tell what happened.

    Exit codes: 0 the run took place, whatever its tasks met; 2 wrong usage; 3 no server; 130 interrupted.
    """
    experiment = experiment_of(options)

    from pgtui.drivers.registry import check

    check(experiment)  # before a server is started for it
    if record is not None:
        from pgtui.core.recording import check_writable

        check_writable(record)

    from pgtui.api import repeated
    from pgtui.postgres import open_target

    with open_target(options["dsn"], allow_writes=options["allow_writes"], progress=_tell) as target:
        traces = asyncio.run(repeated(experiment, target, repeat))

    if record is not None:
        from pgtui.core.recording import save

        save(traces[-1], record)
    if as_json:
        from pgtui.core.report import report

        click.echo(json.dumps(report(traces), ensure_ascii=False))
    else:
        from pgtui.cli.printing import print_runs

        print_runs(traces)


def _tell(words: str) -> None:
    click.echo(words, err=True)
