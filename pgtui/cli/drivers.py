"""`pgtui drivers`: which drivers there are, and what their tasks can share."""

import json

import click

from pgtui.cli.printing import styled, table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def drivers(as_json: bool) -> None:
    """List the drivers: installed or not, and what their tasks can share."""
    from pgtui.core.experiment import Sharing
    from pgtui.drivers.registry import DRIVERS

    if as_json:
        listed = [
            {
                "id": one.id,
                "package": one.package,
                "version": one.version,
                "available": one.version is not None,
                "hint": None if one.version is not None else one.hint,
                "carrier": one.carrier,
                "sharing": [sharing.value for sharing in one.sharings()],
                "refused": {s.value: one.refusal(s) for s in Sharing if s not in one.sharings()},
            }
            for one in DRIVERS
        ]
        click.echo(json.dumps({"schema": 1, "drivers": listed}, ensure_ascii=False))
        return
    rows = [
        [
            styled(one.id, bold=True),
            one.package,
            one.version or styled(one.hint, fg=214),
            one.carrier,
            ", ".join(sharing.value for sharing in one.sharings()),
        ]
        for one in DRIVERS
    ]
    for line in table(["driver", "package", "version", "carried by", "sharing"], rows):
        click.echo(line)
