"""GET /metrics: what an operator's monitoring reads, measured when it is asked for."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from flask import Response, request
from flask_smorest import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from service.ledger.checkpoints import newest_given
from service.ledger.delivery import waiting_since
from service.ledger.sealing import head, waiting
from service.web.callers import caller
from service.web.documented import reads
from service.web.wired import sealer, wiring

_ANSWER = {
    "200": {
        "description": "The metrics, as Prometheus reads them",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}
blueprint = Blueprint("metrics", __name__, description="How it goes.")


@blueprint.get("/metrics")
@reads(blueprint, "operator")
@blueprint.doc(responses=_ANSWER, security=[{"token": []}, {}])
def show_metrics() -> Response:
    """The ledger's tree and checkpoints, as gauges. From elsewhere than loopback: operator."""
    if not _from_here():
        caller("operator")
    with wiring().reader.begin() as connection:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Measured(list(_of_the_ledger(connection, wiring().clock()))))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Measured(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


def _from_here() -> bool:
    return bool(request.remote_addr) and ip_address(str(request.remote_addr)).is_loopback


def _of_the_ledger(connection: Connection, now: datetime) -> Iterator[Metric]:
    yield _gauge("ledger_sealed_entries", "Entries of the tree.", head(connection).peaks.size)
    yield _gauge("ledger_waiting_entries", "Entries that wait to be sealed.", waiting(connection))
    given, sealing = newest_given(connection), sealer()
    if given:
        yield _gauge(
            "checkpoint_age_seconds", "Age of the newest checkpoint.", _since(given.made_at, now)
        )
    if sealing and sealing.url:
        since = waiting_since(connection, sealing.url)
        told = "For how long the receiver of checkpoints was not told one; 0 when it knows all."
        yield _gauge("checkpoint_undelivered_seconds", told, _since(since, now) if since else 0)
    told = "1 while this process signs no checkpoints, because something is wrong."
    yield _gauge("sealing_stopped", told, int(bool(sealing and sealing.wrong)))


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"gatehouse_{name}", meaning, value=value)


def _since(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
