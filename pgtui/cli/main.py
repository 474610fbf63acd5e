"""`pgtui`: opens the explorer; its commands are imported when they are called, so that --help stays quick."""

import importlib
import os
import sys
from typing import Any, NoReturn

import click

from pgtui import __version__
from pgtui.cli.options import common_options
from pgtui.errors import PgtuiError

COMMANDS = {
    "run": ("pgtui.cli.run", "Run an experiment without a screen and tell what happened."),
    "drivers": ("pgtui.cli.drivers", "List the drivers: installed or not, and what their tasks can share."),
    "matrix": ("pgtui.cli.matrix", "Run every driver in every sharing mode and show the verdicts."),
    "guide": ("pgtui.cli.guide", "List the hazards of sharing, and show them happening."),
    "explain": ("pgtui.cli.explain", "Explain an error message or a pasted traceback."),
    "replay": ("pgtui.cli.replay", "Open a recorded run; no server is needed."),
    "themes": ("pgtui.cli.themes", "List the themes, and preview them."),
    "server": ("pgtui.cli.server", "Show, stop or reset the embedded PostgreSQL."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for; their short help stands in `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Keys and words are explained on the screen: press ? there.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@common_options
@click.option("--theme", metavar="NAME", help="Theme of the screen; `pgtui themes` lists them.")
@click.option("--theme-dir", type=click.Path(file_okay=False), help="Directory with more themes (*.toml).")
@click.pass_context
def pgtui(ctx: click.Context, /, theme: str | None, theme_dir: str | None, **options: Any) -> None:
    """See how Python's PostgreSQL drivers behave when concurrent tasks share an event loop, a connection or a cursor.

    Without a command it opens the explorer, on its own embedded PostgreSQL unless --dsn or libpq's PG* variables
    name another.
    """
    if ctx.invoked_subcommand is None:
        from pgtui.cli.explore import explore

        explore(options, theme=theme, theme_dir=theme_dir)
    elif any(ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE for name in options):
        raise click.UsageError(f"Options of a command go behind it: pgtui {ctx.invoked_subcommand} [OPTIONS]", ctx)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; ends the process with the exit code that its help promises."""
    sys.exit(status(arguments))


def status(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 ran, 2 wrong usage, 3 no server, 130 interrupted."""
    try:
        result = pgtui.main(arguments, prog_name="pgtui", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except PgtuiError as error:
        click.echo(f"pgtui: {error.message}", err=True)
        if error.hint:
            click.echo(error.hint, err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return 130
    except BrokenPipeError:
        # The reader went away, as `| head` does; Python must not complain about stdout at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
