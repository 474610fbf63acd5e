"""Options that several commands share, and the experiment that they describe."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pgtui.core.experiment import Experiment, Reading, Sharing, Yielding

F = TypeVar("F", bound=Callable[..., Any])


def server_options(command: F) -> F:
    """--dsn and --allow-writes."""
    command = click.option(
        "--allow-writes", is_flag=True, help="Let queries write on the server of --dsn; otherwise it is only read."
    )(command)
    return click.option(
        "--dsn",
        metavar="DSN",
        help="Server as a libpq URI or key=value string; default: PG* variables, else the embedded PostgreSQL.",
    )(command)


def common_options(command: F) -> F:
    """The experiment's options. None stands for what the settings or the defaults say."""
    options = [
        server_options,
        click.option("--driver", metavar="ID", help="Driver; `pgtui drivers` lists them. [psycopg]"),
        click.option(
            "--share",
            "sharing",
            type=click.Choice([s.value for s in Sharing]),
            help="What the tasks share. [new-connection]",
        ),
        click.option("--yield/--no-yield", "yielding", default=None, help="sleep(0) after each row, or not. [--yield]"),
        click.option(
            "--read", "reading", type=click.Choice([r.value for r in Reading]), help="How rows are taken. [iterate]"
        ),
        click.option("--tasks", type=int, metavar="N", help="Concurrent tasks. [3]"),
        click.option("--rows", type=int, metavar="N", help="Rows that each task asks for. [3]"),
        click.option("--query", metavar="SQL", help="What to ask for; default: demo rows."),
        click.option("--server-delay", type=float, metavar="SECONDS", help="What each row costs the server. [0]"),
        click.option("--pool-size", type=int, metavar="N", help="Connections in the pool. [3]"),
        click.option("--eager", is_flag=True, default=None, help="Start tasks eagerly (Python 3.12 and newer)."),
        click.option("--timeout", type=float, metavar="SECONDS", help="Cancel the run after this time. [30]"),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def experiment_of(options: dict[str, Any]) -> Experiment:
    """The experiment that the options describe.

    Raises:
        UsageError: a value is out of range.
    """
    given: dict[str, Any] = {
        name: value for name, value in options.items() if value is not None and name in Experiment.__dataclass_fields__
    }
    if "sharing" in given:
        given["sharing"] = Sharing(given["sharing"])
    if "reading" in given:
        given["reading"] = Reading(given["reading"])
    if "yielding" in given:
        given["yielding"] = Yielding.SLEEP0 if given["yielding"] else Yielding.NONE
    return Experiment(**given)
