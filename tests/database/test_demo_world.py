"""The demo world: real properties, invented people, the same for the same day."""

import pytest
from sqlalchemy import Engine

from models.engine import reading
from service.feed.demo import Loaded, NotEmptyError, load_demo
from service.login.gather import active_court
from service.policy.active import Courts
from service.policy.revisions import active_digest
from tests.conftest import Callers, Clock
from tests.database.contents import contents
from tests.web.asking import Gate, entries

IN_A_WINDOW = "2026-10-15"
OUTSIDE_EVERY_WINDOW = "2028-06-15"


def _load(engine: Engine, clock: Clock, courts: Courts) -> Loaded:
    with engine.begin() as connection:
        return load_demo(connection, courts=courts, as_of=clock(), progress=lambda _: None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_day_gives_the_same_world_and_an_announced_window_is_enough(
    engine: Engine, another: Engine, clock: Clock, warm_courts: Courts
) -> None:
    clock.put(IN_A_WINDOW)

    loaded = _load(engine, clock, warm_courts)
    _load(another, clock, warm_courts)

    assert not loaded.invented_window
    assert contents(engine) == contents(another)


def test_the_world_has_the_real_properties_and_is_for_an_empty_database(
    engine: Engine, clock: Clock, warm_courts: Courts
) -> None:
    loaded = _load(engine, clock, warm_courts)
    added = {name: change.added for name, change in loaded.spoken.changes.items()}
    before = contents(engine)

    with pytest.raises(NotEmptyError):
        _load(engine, clock, warm_courts)

    assert (added["people"], added["properties"], added["contracts"]) == (277, 101, 108)
    assert contents(engine) == before


@pytest.mark.parametrize("day", [OUTSIDE_EVERY_WINDOW, "2026-08-25", "2027-01-05", "2028-12-31"])
def test_outside_every_window_an_invented_one_is_published_and_open(
    engine: Engine, clock: Clock, warm_courts: Courts, day: str
) -> None:
    clock.put(day)
    with reading(engine).begin() as connection:
        shipped = active_digest(connection)

    loaded = _load(engine, clock, warm_courts)

    with reading(engine).begin() as connection:
        book = active_court(connection, warm_courts).book
    opened = book.calendar.opened("external", day)
    assert loaded.invented_window
    assert book.digest != shipped
    assert opened[-1].opens <= day <= opened[-1].closes
    assert len(entries(engine, "policy_activation")) == 2


@pytest.mark.parametrize("day", [IN_A_WINDOW, OUTSIDE_EVERY_WINDOW])
def test_the_world_shows_people_who_come_in_and_every_kind_of_lock(
    engine: Engine, clock: Clock, warm_courts: Courts, gate: Gate, callers: Callers, day: str
) -> None:
    clock.put(day)
    _load(engine, clock, warm_courts)

    answers = [gate.login(f"M1{number:04}") for number in range(1, 40)]

    found = {each["reason"] for each in answers}
    assert found >= {
        *("OK", "INACTIVE", "NOT_CERTIFIED", "ROB_EXPIRED", "WASS_TERMINATED"),
        *("NEW_USER_NOT_CERTIFIED", "WASS_INACTIVE", "WASS_PASSWORD_EXPIRED"),
    }
