"""GET /metrics: what an operator's monitoring reads: what was counted, what is measured now."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from flask import Response, current_app, request
from flask_smorest import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from models.queue import QueueTimeoutError
from service.core.findings import RulebookError
from service.feed.latest import fed_at
from service.ledger.checkpoints import newest_given
from service.ledger.delivery import waiting_since as untold_since
from service.ledger.sealing import head, waiting
from service.login.gather import active_court
from service.policy.revisions import active_since
from service.policy.steps import refusals
from service.web.callers import caller
from service.web.documented import reads
from service.web.wired import instant, look, meters, sealer, wiring

_ANSWER = {
    "200": {
        "description": "The metrics, as Prometheus reads them",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}
blueprint = Blueprint("metrics", __name__, description="How it goes.")


@blueprint.get("/metrics")
@reads(blueprint, "metrics")
@blueprint.doc(responses=_ANSWER, security=[{"token": []}, {}])
def show_metrics() -> Response:
    """What an operator asks: decisions, latency, what could not be decided, ages and backlogs.

    Counts are of all workers of this host. From elsewhere than loopback it needs `operator`.
    """
    if not _from_here():
        caller("metrics")
    look(current_app)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Measured([*meters().read(), *_measured()]))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Measured(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


def _from_here() -> bool:
    return bool(request.remote_addr) and ip_address(str(request.remote_addr)).is_loopback


def _measured() -> list[Metric]:
    """What the database tells; without it, that it does not answer."""
    parts = wiring()
    try:
        with parts.reader.begin() as connection:
            found = [*_of_the_ledger(connection, instant()), *_of_the_rules(connection)]
    except (SQLAlchemyError, QueueTimeoutError, LookupError, ValueError, RulebookError):
        found = []
    return [_gauge("database_answers", "1 if what follows could be read.", bool(found)), *found]


def _of_the_ledger(connection: Connection, now: datetime) -> Iterator[Metric]:
    yield _gauge("ledger_sealed_entries", "Entries of the tree.", head(connection).peaks.size)
    yield _gauge("ledger_waiting_entries", "Entries that wait to be sealed.", waiting(connection))
    if given := newest_given(connection):
        told = "Age of the newest checkpoint."
        yield _gauge("checkpoint_age_seconds", told, _since(given.made_at, now))
    sealing = sealer()
    if sealing and sealing.url:
        since = untold_since(connection, sealing.url)
        told = "For how long the receiver of checkpoints was not told one; 0 when it knows all."
        yield _gauge("checkpoint_undelivered_seconds", told, _since(since, now) if since else 0)


def _of_the_rules(connection: Connection) -> Iterator[Metric]:
    parts = wiring()
    now, book = instant(), active_court(connection, parts.courts).book
    told = "Age of the active policy: since it counts."
    yield _gauge("policy_age_seconds", told, _since(active_since(connection), now))
    if heard := fed_at(connection, book.calendar.zone):
        yield _gauge("feed_age_seconds", "Age of what the last feed says.", _since(heard, now))
    told = "Steps of policies that were refused, as the ledger keeps them."
    refused = CounterMetricFamily("gatehouse_publications_refused", told, labels=["step"])
    for step, count in refusals(connection).items():
        refused.add_metric([step], count)
    yield refused


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"gatehouse_{name}", meaning, value=value)


def _since(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
