"""What /readyz names: what keeps logins from being decided, and what else should be mended."""

from collections.abc import Iterator

from sqlalchemy import Connection

from service.checks import database, ledger, rules, tokens
from service.checks.finding import Finding, bars
from service.sealer.work import Sealer
from service.wiring import Wiring


def needed(connection: Connection) -> Iterator[Finding]:
    """What the database needs before anybody is served, the first thing first."""
    yield database.durability(connection)
    yield database.schema(connection)
    yield tokens.key(connection)


def barring(connection: Connection, parts: Wiring, sealer: Sealer | None) -> Iterator[Finding]:
    """What a login needs, the first thing first: where that is wrong the next cannot be asked."""
    yield from needed(connection)
    yield rules.policy(connection, parts.courts, parts.clock())
    if sealer is not None and sealer.wrong:
        yield bars("checkpoints", sealer.wrong)


def mending(connection: Connection, parts: Wiring, sealer: Sealer | None) -> Iterator[Finding]:
    """What should be mended although nobody waits for it."""
    now = parts.clock()
    yield database.clocks(connection, parts.clock)
    yield rules.feed(connection, parts.courts, now)
    if sealer is None:
        return
    yield ledger.backlog(connection, now)
    yield ledger.signed(connection, now)
    if sealer.url:
        yield ledger.told(connection, sealer.url, now)
