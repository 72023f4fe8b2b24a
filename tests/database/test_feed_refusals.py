"""A feed that ends too much, or holds one bad row, is refused whole; an import is recorded."""

import pytest
from sqlalchemy import Engine

from models.people import Person, PersonRole
from service.feed.bad_rows import FeedError
from service.feed.importing import ShrinkError
from tests.database.feeds import Feed, pairs, person, roles, stored, users, versions, whole
from tests.database.wass import TODAY
from tests.web.asking import entries


def test_a_feed_that_would_end_more_than_a_tenth_is_refused_whole(
    feed: Feed, engine: Engine
) -> None:
    feed.says(people=users(10), roles=roles(("M10001", "TRACS")))
    before = versions(engine)
    ledger = len(entries(engine))

    with pytest.raises(ShrinkError, match="2 of 10 people"):
        feed.says(people=users(8), roles=roles(("M10001", "IMAX")), allow_shrink=False)

    assert versions(engine) == before
    assert stored(engine, PersonRole.role) == [("TRACS",)]
    assert len(entries(engine)) == ledger


def test_a_tenth_may_end_without_asking(feed: Feed, engine: Engine) -> None:
    feed.says(people=users(10))

    imported = feed.says(people=users(9), allow_shrink=False)

    assert feed.counts(imported, "people")[2] == 1


@pytest.mark.parametrize(
    ("table", "less"),
    [
        ("roles", roles(("M10001", "TRACS"), ("M90001", "TCC"))),
        ("properties", [{"property_id": "1", "name": "Oaks"}]),
        ("contracts", pairs("contract_number", "property_id", ("C9", 1))),
        ("property_assignments", pairs("person_id", "property_id", ("M90001", 1))),
        ("contract_assignments", pairs("person_id", "contract_number", ("M90001", "C1"))),
        ("business_partners", pairs("coordinator_id", "property_id", ("M90001", 1))),
    ],
)
def test_every_table_of_wass_is_watched_for_shrinking(
    feed: Feed, table: str, less: list[dict[str, str]]
) -> None:
    feed.says(**whole())

    with pytest.raises(ShrinkError, match=f"of [0-9]+ {table}"):
        feed.says(**{table: less}, allow_shrink=False)


def test_those_who_were_terminated_before_do_not_count_for_shrinking(
    feed: Feed, engine: Engine
) -> None:
    feed.says(people=users(20))
    feed.says(people=users(10))

    with pytest.raises(ShrinkError, match="2 of 10 people"):
        feed.says(people=users(8), allow_shrink=False)


def test_one_bad_row_stops_the_whole_import(feed: Feed, engine: Engine) -> None:
    bad = [*users(3), person("X10001"), person("M10009", created_on="yesterday")]

    with pytest.raises(FeedError) as refused:
        feed.says(people=bad)

    assert [str(each)[:17] for each in refused.value.bad_rows] == [
        "people.csv:5: id:",
        "people.csv:6: cre",
    ]
    assert stored(engine, Person.id) == []
    assert entries(engine, "feed_import") == []


def test_an_import_is_an_entry_of_the_ledger(feed: Feed, engine: Engine) -> None:
    feed.says(**whole(), day="2026-03-01")

    (entry,) = entries(engine, "feed_import")
    assert entry["day"] == "2026-03-01"
    assert entry["changes"]["people"] == {"added": 2, "changed": 0, "ended": 0}


def test_the_day_wass_speaks_of_is_today_unless_it_is_said(feed: Feed, engine: Engine) -> None:
    feed.says(people=users(1))
    today = stored(engine, Person.wass_spoke_on)

    feed.says(people=users(1), day="2026-02-27")

    assert (today, stored(engine, Person.wass_spoke_on)) == ([(TODAY,)], [("2026-02-27",)])
