"""What must be so before anybody is served: a key to sign with, a durable database, its schema."""

from flask import Flask

from models.engine import REQUEST
from service.app import create_app
from service.checks.finding import first_bar
from service.checks.readiness import needed
from service.ledger.keys import use_key
from service.ledger.receipts import Signer, read_signer, signing
from service.sealer.work import Sealer
from service.settings import Settings
from service.web.limits import Limits, Rates
from service.wiring import Wiring, outside, signing_key, wire


class NotReadyError(Exception):
    """Nobody can be served; the text says why and what to do."""


def served(settings: Settings) -> Flask:
    """The application *settings* ask for; it looks at no database before the first caller.

    So a worker that begins while the database does not answer says 503 until it does.
    """
    parts = wire(settings, patience=REQUEST)
    signer = read_signer(signing_key(settings))
    sealer = Sealer(
        parts.engine,
        signer,
        parts.clock,
        outside(settings),
        settings.checkpoint_url,
        parts.uses.write,
    )
    sealer.begin()
    rates = Rates(settings.rate_per_client, settings.rate_per_actor, settings.rate_of_unknown)
    return create_app(parts, signer, sealer, Limits(rates))


def check(settings: Settings) -> None:
    """Raise NotReadyError or KeyFileError when nobody can be served; make the key known."""
    signer = read_signer(signing_key(settings))
    parts = wire(settings)
    try:
        start(parts, signer)
    finally:
        parts.engine.dispose()


def start(parts: Wiring, signer: Signer) -> None:
    """Check the database, and make the key of *signer* known; raises NotReadyError."""
    with parts.reader.begin() as connection:
        if bar := first_bar(needed(connection)):
            raise NotReadyError(str(bar))
    with signing(parts.engine, lambda: signer).begin() as connection:
        use_key(connection, signer, parts.clock())
