"""gatehouse client: who may call."""

import click

from service.cli.shown import NO, json_option, leave, parts, print_json, print_table
from service.clients import SCOPES, ClientError, add_client, list_clients, revoke_client


@click.group()
def client() -> None:
    """The systems and people that may call, each known by a token."""


@client.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(list(SCOPES)),
    help="What the client may do; may be given several times.",
)
@json_option
def add(name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Add a client and print its token, once."""
    wiring = parts()
    try:
        with wiring.engine.begin() as connection:
            token = add_client(connection, name, list(scopes), wiring.clock())
    except ClientError as error:
        leave(NO, f"client add: {error}")
    if as_json:
        print_json({"name": name, "scopes": sorted(set(scopes)), "token": token})
    else:
        click.echo(token)
        click.echo("Keep it: it is not shown again.", err=True)


@client.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the clients, revoked ones too; never their tokens."""
    with parts().reader.begin() as connection:
        known = list_clients(connection)
    if as_json:
        print_json(known)
        return
    rows = [
        (
            each.name,
            " ".join(each.scopes),
            each.created_at.isoformat(timespec="seconds"),
            each.revoked_at.isoformat(timespec="seconds") if each.revoked_at else "",
        )
        for each in known
    ]
    print_table(["NAME", "SCOPES", "CREATED", "REVOKED"], rows)


@client.command()
@click.argument("name")
@json_option
def revoke(name: str, as_json: bool) -> None:
    """End a client: its next call is refused."""
    wiring = parts()
    try:
        with wiring.engine.begin() as connection:
            revoke_client(connection, name, wiring.clock())
    except ClientError as error:
        leave(NO, f"client revoke: {error}")
    if as_json:
        print_json({"name": name, "revoked": True})
    else:
        click.echo(f"{name} is revoked.")
