"""`pgtui server`: what the embedded PostgreSQL is doing; stopping it, and throwing its data away."""

import click


@click.group(invoke_without_command=True)
@click.pass_context
def server(ctx: click.Context) -> None:
    """Show the embedded PostgreSQL: state, version, directory, clients.

    It starts by itself when pgtui needs it, and stops when the last pgtui ends. It listens on a Unix
    socket that only you can open. PGTUI_SERVER_DIR puts its directory somewhere else.
    """
    if ctx.invoked_subcommand is not None:
        return
    from pgtui.postgres.control import State, status

    now = status()
    click.echo(f"state      {now.state}")
    click.echo(f"version    PostgreSQL {now.version}")
    click.echo(f"directory  {now.directory.root}")
    if now.state is State.RUNNING:
        click.echo(f"socket     {now.directory.socket}")
    click.echo(f"clients    {_clients(now.clients, now.connections)}")


@server.command()
@click.option("--force", is_flag=True, help="Stop it although pgtui processes use it: their connections break.")
def stop(*, force: bool) -> None:
    """Stop the server. Its data stay. Refused while pgtui processes use it."""
    from pgtui.postgres.control import stop as stop_server

    click.echo("stopped" if stop_server(force=force) else "not running")


@server.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Do it although pgtui processes use it: their connections break.")
def reset(*, yes: bool, force: bool) -> None:
    """Delete the server's data; pgtui makes them anew when it next needs them."""
    from pgtui.postgres.control import reset as reset_server
    from pgtui.postgres.control import where

    if not yes:
        click.confirm(f"Delete all data of the embedded server in {where().root}?", abort=True, err=True)
    click.echo("deleted" if reset_server(force=force) else "nothing to delete")


def _clients(pids: tuple[int, ...], connections: int) -> str:
    if not pids and not connections:
        return "none"
    noun = "process" if len(pids) == 1 else "processes"
    listed = f" ({', '.join(map(str, pids))})" if pids else ""
    counted = "connection" if connections == 1 else "connections"
    return f"{len(pids)} pgtui {noun}{listed}, {connections} {counted}"
