"""A fact measured alone is the one that rules see, at whatever entry."""

from operator import attrgetter

from service.core.actions import declared
from service.core.measure import AT_AN_ENTRY, Person, fact_of
from service.policy.folder import SHIPPED, read_folder
from tests.database.crowd import crowd

TODAY = "2026-03-02"


def test_a_fact_measured_alone_is_the_one_that_is_measured_at_every_entry() -> None:
    book = read_folder(SHIPPED)
    paths = declared("login").keys() - AT_AN_ENTRY
    people = [
        Person(each.standing, each.last_activity_on, book.calendar, book.catalogue, TODAY)
        for each in crowd(300, TODAY)
    ]

    alone = [[fact_of(path)(person) for path in paths] for person in people]

    for entry in book.catalogue.entries:
        facts = [person.at(entry) for person in people]
        assert [[attrgetter(path)(each) for path in paths] for each in facts] == alone
