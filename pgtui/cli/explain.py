"""`pgtui explain`: the hazards behind an error message or a pasted traceback."""

import json
import sys

import click

from pgtui.cli.printing import styled
from pgtui.errors import UsageError


@click.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of words.")
@click.pass_context
def explain(ctx: click.Context, text: str | None, as_json: bool) -> None:
    """Explain an error: TEXT is a message or a whole traceback; without it, or with -, it is read from stdin.

    Exit codes: 0 it is known; 1 it is not.
    """
    from pgtui.guide.explain import explain as matches_of

    matches = matches_of(_given(text))
    if as_json:
        listed = [
            {"number": one.hazard.number, "id": one.hazard.id, "score": one.score, "message": one.message}
            for one in matches
        ]
        click.echo(json.dumps({"schema": 1, "matches": listed}, ensure_ascii=False))
    elif not matches:
        click.echo("Not known: none of the guide's hazards gives this error.", err=True)
        click.echo("`pgtui guide` lists what is known. Many errors have nothing to do with sharing.", err=True)
    else:
        from pgtui.cli.guide import paragraph

        for place, one in enumerate(matches):
            if place:
                click.echo()
            score = styled(f"{one.score:.0%}", dim=True)
            click.echo(f"{styled(f'{one.hazard.number} {one.hazard.id}', bold=True)}  {one.hazard.title}  {score}")
            click.echo(styled(f"  {one.message}", fg=203))
            click.echo(paragraph(one.hazard.happens))
            click.echo(paragraph(one.hazard.why))
            click.echo(paragraph(f"→ {one.hazard.instead}"))
        click.echo(f"\nSee it happen: pgtui guide run {matches[0].hazard.id}")
    if not matches:
        ctx.exit(1)


def _given(text: str | None) -> str:
    if text is None and sys.stdin.isatty():
        raise UsageError("There is no text to explain.", 'Give it: pgtui explain "MESSAGE", or pipe a traceback in.')
    if text is None or text == "-":
        text = sys.stdin.buffer.read().decode(errors="replace")
    if not text.strip():
        raise UsageError("The text to explain is empty.", 'Give it: pgtui explain "MESSAGE".')
    return text
