"""gatehouse client: who may call."""

from datetime import date, timedelta

import click

from service.cli.shown import NO, json_option, leave, parts, print_json, print_table, worded
from service.clients import (
    OVERLAP,
    SCOPES,
    ClientError,
    add_client,
    list_clients,
    renew_client,
    revoke_client,
)
from service.core.language import LanguageError, read_day
from service.login.gather import active_court
from service.settings import Settings
from service.wiring import Wiring, begin_token_key

_NEVER = "never"
_MOST_DAYS = 3660


class _Expiry(click.ParamType[str | int]):
    """A day, so many days, or never."""

    name = "DAY|Nd|never"

    def convert(self, value: str, param: object, ctx: object) -> str | int:
        """The day as ISO text ('' for never), or the days."""
        if value == _NEVER:
            return ""
        number = value.removesuffix("d")
        if value != number and number.isascii() and number.isdigit() and int(number) <= _MOST_DAYS:
            return int(number)
        try:
            return read_day(value)
        except LanguageError:
            self.fail(f"expected YYYY-MM-DD, 90d (at most {_MOST_DAYS}d) or {_NEVER}: `{value}`")


_expires_option = click.option(
    "--expires",
    type=_Expiry(),
    default="365d",
    show_default=True,
    help="The last day of the token.",
)


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
@_expires_option
@json_option
@click.pass_obj
def add(
    settings: Settings, name: str, scopes: tuple[str, ...], expires: str | int, as_json: bool
) -> None:
    """Add a client and print its token, once."""
    wiring = parts()
    begin_token_key(settings, wiring)
    until = _last_day(wiring, expires)
    try:
        with wiring.engine.begin() as connection:
            token = add_client(connection, name, scopes, wiring.clock(), until)
    except ClientError as error:
        leave(NO, f"client add: {error}")
    _hand_out(token, until, as_json, name=name, scopes=sorted(set(scopes)))


@client.command()
@click.argument("name")
@_expires_option
@click.option("--at-once", is_flag=True, help="End the old token now: somebody else has seen it.")
@json_option
def renew(name: str, expires: str | int, at_once: bool, as_json: bool) -> None:
    """Give a client another token and print it, once.

    The old one stays good until the end of tomorrow, so that the client can be told of the new
    one without being refused meanwhile.
    """
    wiring = parts()
    until, today = _last_day(wiring, expires), _today(wiring)
    old_until = "" if at_once else (today + OVERLAP).isoformat()
    try:
        with wiring.engine.begin() as connection:
            now = wiring.clock()
            token = renew_client(connection, name, now, expires_on=until, old_until=old_until)
    except ClientError as error:
        leave(NO, f"client renew: {error}")
    _hand_out(token, until, as_json, name=name, old_until=old_until or None)


@client.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the clients, a line for each token, revoked ones too; never the tokens."""
    with parts().reader.begin() as connection:
        known = list_clients(connection)
    if as_json:
        print_json(known)
        return
    rows = [
        (
            each.name,
            " ".join(each.scopes),
            worded(each.created_at.replace(microsecond=0)),
            each.expires_on or _NEVER,
            worded(each.last_used_at and each.last_used_at.replace(second=0, microsecond=0)),
            worded(each.revoked_at and each.revoked_at.replace(microsecond=0)),
        )
        for each in known
    ]
    print_table(["NAME", "SCOPES", "CREATED", "EXPIRES", "LAST USED", "REVOKED"], rows)


@client.command()
@click.argument("name")
@json_option
def revoke(name: str, as_json: bool) -> None:
    """End a client with all its tokens: its next call is refused."""
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


def _today(wiring: Wiring) -> date:
    """The day, in the zone of the active calendar."""
    with wiring.reader.begin() as connection:
        calendar = active_court(connection, wiring.courts).book.calendar
    return date.fromisoformat(calendar.day_of(wiring.clock()))


def _last_day(wiring: Wiring, expires: str | int) -> str:
    """The day until which a token is good; '' for ever."""
    if isinstance(expires, str):
        return expires
    return (_today(wiring) + timedelta(days=expires)).isoformat()


def _hand_out(token: str, until: str, as_json: bool, **more: object) -> None:
    if as_json:
        print_json({**more, "token": token, "expires_on": until or None})
        return
    click.echo(token)
    good = f"It is good until {until}" if until else "It does not expire"
    click.echo(f"Keep it: it is not shown again. {good}.", err=True)
