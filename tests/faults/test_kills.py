"""A worker may die at any instant: what was answered is kept, and the service goes on."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.faults.gate import WORKERS, House, serving
from tests.faults.load import half_done, kept, missing, under_load, unmoved

KILLS = int(os.environ.get("GATEHOUSE_KILLS", "100"))
BETWEEN = 5  # answers from one kill to the next


def test_what_was_answered_outlives_every_killed_worker(
    house: House, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    before, chance = kept(house), Random(KILLS)

    with serving(house, tmp_path) as served:
        with under_load(house, served.port) as load:
            for _ in range(KILLS):
                load.await_more(BETWEEN)
                served.sees(lambda: bool(served.workers()), "a worker")
                served.kill(chance.choice(sorted(served.workers())))
            load.await_more(BETWEEN)
        served.sees(lambda: len(served.workers()) == WORKERS, "all workers again")
        served.sees(served.ready, "a 200 from /readyz")

    after = kept(house)
    lost = missing(load.answers, after)
    figures = f"{KILLS} kills, {load.count(200)} answers, {len(lost)} missing, {load.cut} cut off"
    print(f"\n{house.url.partition(':')[0]}: {figures}")
    record_property("figures", figures)
    assert not lost, figures
    assert not [each for each in load.answers if not (each.decided or each.keeps_out)], figures
    assert not unmoved(load.answers, after), figures
    assert not half_done(before, after), figures
    assert load.count(200) >= KILLS, figures
    assert load.cut, f"no call was under way at any kill: {figures}"
