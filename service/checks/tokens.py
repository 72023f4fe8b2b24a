"""The key by which the callers' tokens are known."""

from pathlib import Path

from sqlalchemy import Connection

from models.token_key import TokenKeyError
from service.checks.finding import Finding, bars, note, ok
from service.clients import no_key_yet, wrong_token_key


def key(connection: Connection) -> Finding:
    """Whether the key at hand is the one tokens are known by; without it nobody may call."""
    try:
        wrong = wrong_token_key(connection)
    except TokenKeyError as error:
        return bars("tokens", str(error))
    return bars("tokens", wrong) if wrong else ok("tokens", "they are known by the key at hand")


def key_in(connection: Connection, file: Path | None) -> Finding:
    """The same of the key in *file*, which is not made here where it is not there."""
    if file is None or file.exists():
        return key(connection)
    if no_key_yet(connection):
        return note("tokens", f"there is no key in {file} yet, and no client that needs one")
    return bars("tokens", f"there is no key in {file}", "copy it from another host, or a backup")
