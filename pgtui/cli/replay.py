"""`pgtui replay`: a recorded run in the explorer, with no server."""

import click


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option(
    "--json", "as_json", is_flag=True, help="Print the run as `pgtui run --json` does, instead of opening it."
)
@click.option("--theme", metavar="NAME", help="Theme of the screen; `pgtui themes` lists them.")
@click.option("--theme-dir", type=click.Path(file_okay=False), help="Directory with more themes (*.toml).")
def replay(file: str, as_json: bool, theme: str | None, theme_dir: str | None) -> None:
    """Open a recorded run; no server is needed."""
    from pgtui.core.recording import load

    trace = load(file)
    if as_json:
        import json

        from pgtui.core.report import report

        click.echo(json.dumps(report([trace]), ensure_ascii=False))
        return
    from pgtui.cli.explore import open_screen

    open_screen(trace.header.experiment, trace=trace, theme=theme, theme_dir=theme_dir)
