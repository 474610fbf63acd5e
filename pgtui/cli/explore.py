"""`pgtui` without a command: the explorer."""

import sys
from typing import TYPE_CHECKING, Any

from pgtui.cli.options import experiment_of
from pgtui.errors import UsageError

if TYPE_CHECKING:
    from pgtui.core.experiment import Experiment
    from pgtui.core.trace import Trace


def explore(options: dict[str, Any], *, theme: str | None, theme_dir: str | None) -> None:
    """Open the explorer on the experiment that settings and options describe."""
    from pgtui.drivers.registry import check
    from pgtui.settings import load_settings

    settings = load_settings(theme=theme, theme_dir=theme_dir)
    given = {name: value for name, value in options.items() if value is not None}
    experiment = experiment_of(settings.experiment() | given)
    check(experiment)
    open_screen(
        experiment,
        dsn=options.get("dsn") or settings.dsn,
        allow_writes=bool(options.get("allow_writes")),
        theme=theme,
        theme_dir=theme_dir,
    )


def open_screen(
    experiment: "Experiment",
    *,
    trace: "Trace | None" = None,
    dsn: str | None = None,
    allow_writes: bool = False,
    theme: str | None = None,
    theme_dir: str | None = None,
) -> None:
    """Open the explorer; with a trace it shows that and needs no server.

    Raises:
        UsageError: there is no terminal.
        PgtuiError: what the explorer ended with, a server that could not be reached for example.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "The explorer needs a terminal, and this is none.", "`pgtui run` does the same without a screen."
        )
    from pgtui.settings import load_settings
    from pgtui.ui.app import make_app

    app = make_app(
        experiment=experiment,
        dsn=dsn,
        allow_writes=allow_writes,
        settings=load_settings(theme=theme, theme_dir=theme_dir),
        trace=trace,
    )
    app.run()
    if app.return_code:
        sys.exit(app.return_code)
