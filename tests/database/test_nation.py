"""A nation for the demo: the same for the same day and seed, with every kind of lock in it."""

from collections import Counter

import pytest
from sqlalchemy import Engine, select

from models.engine import reading
from models.people import Person, Standing
from service.core.inquiry import Inquiry
from service.feed.demo import Loaded, NotEmptyError, load_nation
from service.feed.importing import Progress
from service.login.consider import consider
from service.people.standing import rewrite
from service.policy.active import Courts
from tests.conftest import Clock
from tests.database.contents import contents

PEOPLE = 1_500
#: Nobody is unknown to himself, and flags are the service's own.
EVERY_LOCK = {
    *("WASS_TERMINATED", "WASS_INACTIVE", "WASS_PASSWORD_EXPIRED", "NO_ROLE", "INACTIVE"),
    *("NEW_USER_NOT_CERTIFIED", "NOT_CERTIFIED", "ROB_NOT_ACCEPTED", "ROB_EXPIRED"),
}


def _load(engine: Engine, clock: Clock, courts: Courts, seed: int = 1) -> Loaded:
    with engine.begin() as connection:
        return load_nation(
            connection, PEOPLE, seed=seed, courts=courts, as_of=clock(), progress=Progress()
        )


def test_the_same_day_and_seed_give_the_same_nation_on_every_database(
    engine: Engine, another: Engine, clock: Clock, warm_courts: Courts
) -> None:
    clock.put("2026-10-15")

    loaded = _load(engine, clock, warm_courts)
    _load(another, clock, warm_courts)

    assert loaded.spoken.changes["people"].added == PEOPLE
    assert contents(engine) == contents(another)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_seed_gives_another_nation(
    engine: Engine, another: Engine, clock: Clock, warm_courts: Courts
) -> None:
    _load(engine, clock, warm_courts)
    _load(another, clock, warm_courts, seed=2)

    assert contents(engine)["person"] != contents(another)["person"]


@pytest.mark.parametrize("day", ["2026-10-15", "2026-03-02", "2028-06-15"])
def test_most_come_in_and_every_kind_of_lock_occurs(
    engine: Engine, clock: Clock, warm_courts: Courts, day: str
) -> None:
    clock.put(day)
    _load(engine, clock, warm_courts)

    found: Counter[str] = Counter()
    with reading(engine).begin() as connection:
        for user_id in connection.scalars(select(Person.id)).all():
            inquiry = Inquiry(user_id=user_id, entry="tracs_menu")
            asked = consider(connection, inquiry, courts=warm_courts, as_of=clock())
            found[asked.outcome.decision.reason] += 1

    assert found.keys() == EVERY_LOCK | {"OK"}
    assert found["OK"] > PEOPLE / 2


def test_standings_equal_their_tables_and_a_full_database_is_refused(
    engine: Engine, clock: Clock, warm_courts: Courts
) -> None:
    _load(engine, clock, warm_courts)

    with engine.begin() as connection:
        ids = connection.scalars(select(Standing.person_id)).all()
        assert len(ids) == PEOPLE
        assert rewrite(connection, ids) == 0
    with pytest.raises(NotEmptyError):
        _load(engine, clock, warm_courts)
