"""Counts of a process, and of all workers of a host together where they share a folder."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from sqlalchemy import Pool, QueuePool

#: How prometheus_client calls the folder; it looks there whenever something is counted.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_NAME = "gatehouse"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """What is counted while requests are answered."""

    def __init__(self) -> None:
        self._own = CollectorRegistry()
        self.requests = Counter(
            "requests", "Requests answered.", ("door", "status"), _NAME, registry=self._own
        )
        self.seconds = Histogram(
            "request_seconds",
            "Seconds from a request to its answer.",
            ("door",),
            _NAME,
            registry=self._own,
            buckets=_SECONDS,
        )
        self.decisions = Counter(
            "decisions",
            "Decisions recorded, by their first reason.",
            ("door", "outcome", "reason"),
            _NAME,
            registry=self._own,
        )
        self.no_decision = Counter(
            "no_decision",
            "Requests that got no decision, by what went wrong.",
            ("cause",),
            _NAME,
            registry=self._own,
        )
        self._in_use = self._level("pool_in_use", "Connections in use or kept for a thread.")
        self._most = self._level("pool_size", "The most connections there may be.")
        told = "1 while a process signs no checkpoints, because something is wrong."
        self._stopped = self._level("sealing_stopped", told, across="livemax")
        self._before: tuple[float, ...] = ()

    def look(self, pool: Pool, stopped: bool) -> None:
        """Note how *pool* stands, and whether sealing is *stopped*."""
        now = (*_standing(pool), float(stopped))
        if now != self._before:
            for level, value in zip((self._in_use, self._most, self._stopped), now, strict=True):
                level.set(value)
            self._before = now

    def read(self) -> Iterator[Metric]:
        """Everything counted so far, by every worker that shares the folder."""
        if values.ValueClass._multiprocess:
            yield from MultiProcessCollector(None).collect()
        else:
            yield from self._own.collect()

    def _level(self, name: str, meaning: str, *, across: str = "livesum") -> Gauge:
        return Gauge(
            name,
            meaning,
            (),
            _NAME,
            registry=self._own,
            multiprocess_mode=across,  # type: ignore[arg-type]
        )


def counted_as(slot: int) -> None:
    """Let this process count as the worker of *slot*: of those that live, no other has it.

    Who comes into its place counts on from there, so there are never more files than workers. The
    library decides how values are kept when it is first imported; here that is too early.
    """
    values.ValueClass = values.MultiProcessValue(lambda: slot)


def gone(slot: int, folder: str) -> None:
    """Forget in *folder* what only held while the worker of *slot* lived."""
    mark_process_dead(slot, folder)


def _standing(pool: Pool) -> tuple[float, float]:
    if not isinstance(pool, QueuePool):
        return 0.0, 1.0
    return float(pool.checkedout()), float(pool.size() + max(0, pool._max_overflow))
