"""`pgtui` without a command: the explorer."""

import sys
from typing import Any

from pgtui.cli.options import experiment_of
from pgtui.errors import UsageError


def explore(options: dict[str, Any], *, theme: str | None, theme_dir: str | None) -> None:
    """Open the explorer on the experiment that settings and options describe."""
    from pgtui.settings import load_settings

    settings = load_settings(theme=theme, theme_dir=theme_dir)
    experiment = experiment_of(settings.experiment() | {k: v for k, v in options.items() if v is not None})
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "The explorer needs a terminal, and this is none.", "`pgtui run` does the same without a screen."
        )
    from pgtui.drivers.registry import check

    check(experiment)

    from pgtui.ui.app import make_app

    app = make_app(
        experiment=experiment,
        dsn=options.get("dsn") or settings.dsn,
        allow_writes=bool(options.get("allow_writes")),
        settings=settings,
    )
    app.run()
    if app.return_code:
        sys.exit(app.return_code)
