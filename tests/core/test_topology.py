"""The topology of Washington grown to a nation: the same shape, and the sizes of the nation."""

from collections import Counter

import pytest

from service.feed.numbered import mixed, person_id
from service.feed.topology import administrators, offices, sizes
from service.feed.world import read_ground

MILLION = 1_000_000


@pytest.fixture(scope="module")
def measured() -> list[int]:
    """The properties of each agent of Washington."""
    return [len(own) for _, own in read_ground().by_agent()]


def test_a_million_people_have_the_properties_and_agents_of_the_nation(
    measured: list[int],
) -> None:
    found = sizes(MILLION, measured)

    assert (len(found), sum(found)) == (4_556, 24_000)


def test_as_many_agents_have_one_property_two_or_more_as_in_washington(
    measured: list[int],
) -> None:
    found = sizes(MILLION, measured)

    ranks = [Counter(each).most_common() for each in (measured, found)]
    shares = [[times / total for _, times in ranks[at]] for at, total in ((0, 53), (1, 4_556))]
    assert shares[0][:2] == pytest.approx(shares[1][:2], abs=0.01)
    assert found == sorted(found, reverse=True)
    assert found[0] / found[len(found) // 2] > max(measured)


@pytest.mark.parametrize("people", [1_000, 2_000, 37_123, 250_000])
def test_fewer_people_have_fewer_in_proportion(measured: list[int], people: int) -> None:
    found = sizes(people, measured)

    assert len(found) == round(people * 4_556 / MILLION)
    assert sum(found) == round(people * 24_000 / MILLION)
    assert min(found) == 1


def test_offices_divide_all_properties_and_none_is_too_large(measured: list[int]) -> None:
    found = offices(sizes(MILLION, measured), 5)

    assert sum(each.properties for each in found) == 24_000
    assert max(each.properties for each in found) == 5
    ends = [each.first + each.properties for each in found]
    assert [each.first for each in found] == [0, *ends[:-1]]


def test_contract_administrators_have_thousands_of_properties_and_no_two_the_same() -> None:
    found = administrators(24_000)

    assert len(found[0]) == 5_000
    assert sum(len(own) >= 1_000 for own in found) >= 3
    assert [own.start for own in found] == [0, *(own.stop for own in found[:-1])]


def test_ids_are_distinct_for_a_million_people_and_in_order() -> None:
    some = [*range(0, MILLION, 997), MILLION - 1, 10 * MILLION]
    ids = [person_id("M", number) for number in some]

    assert ids == sorted(set(ids))
    assert all(len(each) == 6 and each.isalnum() and each.isascii() for each in ids)


def test_what_is_drawn_is_the_same_for_the_same_seed_and_spread_evenly() -> None:
    drawn = [mixed(1, number) % 10 for number in range(10_000)]

    assert drawn == [mixed(1, number) % 10 for number in range(10_000)]
    assert drawn != [mixed(2, number) % 10 for number in range(10_000)]
    assert all(900 < times < 1_100 for times in Counter(drawn).values())
