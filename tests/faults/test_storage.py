"""A database that keeps nothing: no room, or a lock of somebody else's. Nobody comes in, and all
goes on by itself afterwards."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.faults.gate import House, Serving, serving
from tests.faults.hosts import HANGS
from tests.faults.load import call, callers, half_done, kept, missing, under_load, unmoved

BETWEEN = 20  # answers before a fault, and after it
IN_VAIN = 12  # and calls without a decision meanwhile
_NO_ROOM = (
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$",
    "CREATE TRIGGER no_room BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION no_room()",
)
_ROOM = ("DROP TRIGGER no_room ON entry",)


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps *house*, which is *served*, from keeping anything."""

    house: House
    served: Serving

    @contextmanager
    def no_room(self) -> Iterator[None]:
        """Nothing more can be written: files may not grow, or the server says so."""
        if self.house.url.startswith("sqlite"):
            with self._small_files():
                yield
            return
        self._do(_NO_ROOM)
        yield
        self._do(_ROOM)

    @contextmanager
    def a_lock(self) -> Iterator[None]:
        """Somebody who knows nothing of any queue holds what every login writes."""
        if self.house.url.startswith("sqlite"):
            with closing(sqlite3.connect(str(make_url(self.house.url).database))) as other:
                other.execute("BEGIN IMMEDIATE")
                yield
            return
        engine = create_engine(self.house.url)
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE entry IN EXCLUSIVE MODE"))
            yield
        engine.dispose()

    @contextmanager
    def _small_files(self) -> Iterator[None]:
        """No file of the workers may be longer than a page."""
        before = {w: resource.prlimit(w, resource.RLIMIT_FSIZE) for w in self.served.workers()}
        for worker, (_, most) in before.items():
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (32768, most))
        yield
        for worker, limits in before.items():
            resource.prlimit(worker, resource.RLIMIT_FSIZE, limits)

    def _do(self, statements: tuple[str, ...]) -> None:
        engine = create_engine(self.house.url)
        with engine.begin() as connection:
            for each in statements:
                connection.execute(text(each))
        engine.dispose()


@pytest.mark.parametrize("fault", [Fault.no_room, Fault.a_lock], ids=["no room", "a lock"])
def test_while_nothing_can_be_kept_nobody_comes_in_and_reading_goes_on(
    fault: Callable[..., Iterator[None]],
    house: House,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    before, auditor = kept(house), callers(house, "auditor")["auditor"]

    with serving(house, tmp_path, workers=1) as served:
        workers = served.workers()
        with under_load(house, served.port) as load:
            load.await_more(BETWEEN)
            with fault(Fault(house, served)):  # type: ignore[attr-defined]
                load.await_more(IN_VAIN, status=503)
                first = next(each.body for each in load.answers if each.decided)
                path = f"/v1/decisions/{first['decision_id']}"
                read = call(served.port, "GET", path, {}, auditor)
            load.await_more(BETWEEN)
        assert served.workers() == workers

    after, slowest = kept(house), max(each.seconds for each in load.answers)
    lost, others = missing(load.answers, after), [e for e in load.answers if not e.decided]
    figures = (
        f"{load.count(200)} answers, {len(lost)} missing, {load.count(503)} without a decision,"
        f" the slowest after {slowest:.2f} s"
    )
    print(f"\n{house.url.partition(':')[0]}: {figures}")
    record_property("figures", figures)
    assert read.status == 200
    assert not lost, figures
    assert not [each for each in others if each.cut or not each.keeps_out], figures
    assert slowest < HANGS, figures
    assert not unmoved(load.answers, after), figures
    assert not half_done(before, after), figures
