"""What the environment says, read once; an unknown GATEHOUSE_ name is a mistake."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.logs import LEVELS
from service.rates import Rate, read_rate

_PREFIX = "GATEHOUSE_"
_HOST = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[1-9][0-9]{0,4})?"
_PLAIN_URL = re.compile(rf"https://{_HOST}(?:/[A-Za-z0-9._~-]+)*/?", re.ASCII)
#: A person's own, read by the commands that ask who gives them; no setting of the service.
_OF_PEOPLE = "TOKEN"
_NAMES = (
    "DATABASE_URL",
    "OWNER_URL",
    "SIGNING_KEY",
    "TOKEN_KEY",
    "CHECKPOINT_DIR",
    "CHECKPOINT_URL",
    "BIND",
    "WORKERS",
    "LOG",
    "PUBLIC_URL",
    "RATE_PER_CLIENT",
    "RATE_PER_ACTOR",
    "RATE_OF_UNKNOWN",
)


class SettingsError(Exception):
    """The environment asks for something that cannot be; the text names the variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where database and signing key are ('' for the embedded one), and how to serve.

    *token_key*: the file of the key by which tokens are known ('' for beside the signing key).

    *checkpoint_dir*: where checkpoints go ('' for beside an embedded database); *checkpoint_url*:
    who is posted them ('' for nobody).
    *owner_url* is for migrations by another role than the service's own, so that the service
    cannot take away its own guards. *log*: the least grave level that is logged.
    *public_url*: what others call this service by, without a last slash.
    *rate_per_client*, *rate_per_actor*, *rate_of_unknown*: how often a process lets a client, a
    person who acts, and an address with unknown tokens call (None: as often as they like).
    """

    database_url: str
    owner_url: str
    signing_key: str
    token_key: str
    checkpoint_dir: str
    checkpoint_url: str
    bind: str
    workers: int
    log: str
    public_url: str
    rate_per_client: Rate | None
    rate_per_actor: Rate | None
    rate_of_unknown: Rate | None


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the GATEHOUSE_ names of *environment*; raises SettingsError."""
    known = {*_NAMES, _OF_PEOPLE}
    given = {
        name.removeprefix(_PREFIX): value
        for name, value in environment.items()
        if name.startswith(_PREFIX)
    }
    for name in sorted(set(given) - known):
        names = ", ".join(_PREFIX + each for each in sorted(known))
        raise SettingsError(f"unknown setting {_PREFIX}{name}; known: {names}")
    bind = _bind(given.get("BIND", "127.0.0.1:8080"))
    return Settings(
        database_url=given.get("DATABASE_URL") or f"sqlite:///{Path('var/gatehouse.db')}",
        owner_url=given.get("OWNER_URL", ""),
        signing_key=given.get("SIGNING_KEY", ""),
        token_key=given.get("TOKEN_KEY", ""),
        checkpoint_dir=given.get("CHECKPOINT_DIR", ""),
        checkpoint_url=_url(given.get("CHECKPOINT_URL", "")),
        bind=bind,
        workers=_workers(given.get("WORKERS", "2")),
        log=_level(given.get("LOG", "info")),
        public_url=_public_url(given.get("PUBLIC_URL", "")) or f"http://{bind}",
        rate_per_client=_rate("RATE_PER_CLIENT", given.get("RATE_PER_CLIENT", "10000/second")),
        rate_per_actor=_rate("RATE_PER_ACTOR", given.get("RATE_PER_ACTOR", "100/second")),
        rate_of_unknown=_rate("RATE_OF_UNKNOWN", given.get("RATE_OF_UNKNOWN", "100/second")),
    )


def _url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise SettingsError(
            f"{_PREFIX}CHECKPOINT_URL: expected http:// or https://, found `{text}`"
        )
    return text


def _public_url(text: str) -> str:
    if text and not _PLAIN_URL.fullmatch(text):
        raise SettingsError(
            f"{_PREFIX}PUBLIC_URL: expected https://HOST[:PORT][/PATH] without query or fragment,"
            f" found `{text}`"
        )
    return text.rstrip("/")


def _bind(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit()):
        raise SettingsError(f"{_PREFIX}BIND: expected HOST:PORT, found `{text}`")
    return text


def _level(text: str) -> str:
    if text not in LEVELS:
        raise SettingsError(f"{_PREFIX}LOG: expected {', '.join(LEVELS)}, found `{text}`")
    return text


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 128):
        raise SettingsError(f"{_PREFIX}WORKERS: expected a number from 1 to 128, found `{text}`")
    return int(text)


def _rate(name: str, text: str) -> Rate | None:
    try:
        return read_rate(text)
    except ValueError as error:
        raise SettingsError(f"{_PREFIX}{name}: {error}") from None
