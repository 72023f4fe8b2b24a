"""What the environment says, read once; an unknown GATEHOUSE_ name is a mistake."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.logs import LEVELS

_PREFIX = "GATEHOUSE_"
_HOST = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[1-9][0-9]{0,4})?"
_PLAIN_URL = re.compile(rf"https://{_HOST}(?:/[A-Za-z0-9._~-]+)*/?", re.ASCII)
#: A person's own, read by the commands that ask who gives them; no setting of the service.
_OF_PEOPLE = "TOKEN"
_NAMES = (
    "DATABASE_URL",
    "OWNER_URL",
    "SIGNING_KEY",
    "CHECKPOINT_DIR",
    "CHECKPOINT_URL",
    "BIND",
    "WORKERS",
    "LOG",
    "PUBLIC_URL",
)


class SettingsError(Exception):
    """The environment asks for something that cannot be; the text names the variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where database and signing key are ('' for the embedded one), and how to serve.

    *checkpoint_dir*: where checkpoints go ('' for beside an embedded database); *checkpoint_url*:
    who is posted them ('' for nobody).
    *owner_url* is for migrations by another role than the service's own, so that the service
    cannot take away its own guards. *log*: the least grave level that is logged.
    *public_url*: what others call this service by, without a last slash.
    """

    database_url: str
    owner_url: str
    signing_key: str
    checkpoint_dir: str
    checkpoint_url: str
    bind: str
    workers: int
    log: str
    public_url: str


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
        checkpoint_dir=given.get("CHECKPOINT_DIR", ""),
        checkpoint_url=_url(given.get("CHECKPOINT_URL", "")),
        bind=bind,
        workers=_workers(given.get("WORKERS", "2")),
        log=_level(given.get("LOG", "info")),
        public_url=_public_url(given.get("PUBLIC_URL", "")) or f"http://{bind}",
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
