"""Everything that can be asked of a house, for `gatehouse doctor`; nothing is made or mended."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from models.queue import QueueTimeoutError
from service.checks import database, ledger, rules, tokens
from service.checks.finding import Finding, bars, ok, wrong
from service.failures import told
from service.ledger.receipts import KeyFileError
from service.settings import Settings, SettingsError, settings_from
from service.wiring import Wiring, embedded, key_file, outside, token_key_file, wire


def examine(environment: Mapping[str, str]) -> Iterator[Finding]:
    """What is found of the house that *environment* names; one finding when it names none."""
    try:
        settings = settings_from(environment)
    except SettingsError as error:
        yield bars("configuration", str(error))
        return
    yield ok("configuration", f"names given: {_given(environment)}; each is understood")
    file = embedded(settings)
    if file is not None:
        if not file.exists():
            yield bars("database", f"there is none at {file}", database.UPGRADE)
            return
        yield database.room(file)
    yield from _of_the_database(settings)


def _given(environment: Mapping[str, str]) -> int:
    return sum(name.startswith("GATEHOUSE_") for name in environment)


def _of_the_database(settings: Settings) -> Iterator[Finding]:
    try:
        parts = wire(settings)
        try:
            with parts.reader.begin() as connection:
                yield from _asked(connection, parts, settings)
        finally:
            parts.engine.dispose()
    except (SQLAlchemyError, QueueTimeoutError, LookupError, OSError, ValueError) as error:
        cure = "see whether it runs, and what GATEHOUSE_DATABASE_URL says"
        yield bars("database", f"it does not answer ({_kinds(error)})", cure)


def _kinds(error: Exception) -> str:
    found = told(error)
    return ", ".join(str(found[each]) for each in ("error", "code") if each in found)


def _asked(connection: Connection, parts: Wiring, settings: Settings) -> Iterator[Finding]:
    schema = database.schema(connection)
    yield schema
    if schema.bars:
        return
    now = parts.clock()
    yield database.durability(connection)
    yield database.pages(connection)
    yield database.rights(connection, owner_named=bool(settings.owner_url))
    yield database.clocks(connection, parts.clock)
    policy = rules.policy(connection, parts.courts, now)
    yield policy
    if not policy.bars:
        yield rules.feed(connection, parts.courts, now)
    yield _key(connection, settings)
    yield tokens.key_in(connection, token_key_file(settings))
    yield ledger.backlog(connection, now)
    yield ledger.signed(connection, now)
    yield ledger.outside(connection, outside(settings))
    if settings.checkpoint_url:
        yield ledger.told(connection, settings.checkpoint_url, now)


def _key(connection: Connection, settings: Settings) -> Finding:
    try:
        file: Path = key_file(settings)
    except KeyFileError as error:
        return wrong("key", str(error))
    return ledger.key(connection, file)
