"""Each cell of a feed is what it should be, or refused with what was expected."""

import pytest

from tests.core.feed_reading import (
    PEOPLE,
    person,
)


@pytest.mark.parametrize(
    "text",
    ["", "MAAAA", "MAAAAAA", "XAAAAA", "M AAAA", "M-AAAA", "M1234\u0665", "MAAAß", "MAAAAß",
     "\u0131AAAAA", "MAAAA\ufb01", "\uff2dAAAAA", "MAAAAA\u00a0", "MAAAAA\x1f", "MAAAAA\n"],
)  # fmt: skip
def test_what_is_no_id_is_refused(refusals, text):
    [bad] = refusals(people=person(id=text))

    assert bad.startswith("people.csv:2: id: expected an ID of M, I, H or C and five letters")


@pytest.mark.parametrize(
    "text",
    ["", "1/2/2020", "2020-1-2", "20200102", "2020-02-30", "2021-02-29", "0000-00-00",
     "2020-01-02T00:00", "\u0662\u0660\u0662\u0660-01-02", "2020-W01-1", "1899-12-31",
     "2101-01-01", "x"],
)  # fmt: skip
def test_what_is_no_day_of_our_time_is_refused(refusals, text):
    [bad] = refusals(people=person(created_on=text))

    assert bad.startswith("people.csv:2: created_on: expected a day ")
    assert bad.endswith(f", found `{text}`")


def test_a_bad_row_says_where_it_stands_and_what_was_expected(refusals):
    assert refusals(people=person(created_on="x")) == [
        "people.csv:2: created_on: expected a day as YYYY-MM-DD, found `x`"
    ]


@pytest.mark.parametrize(
    "column",
    ["wass_last_access_on", "password_changed_on", "last_activity_on", "rob_accepted_on"],
)
def test_what_has_happened_is_not_later_than_the_day_of_the_feed(feed, refusals, column):
    assert feed(people=person(**{column: "2025-03-01"}))
    assert refusals(people=person(**{column: "2025-03-02"})) == [
        f"people.csv:2: {column}: expected a day not after 2025-03-01, found `2025-03-02`"
    ]


def test_roles_and_requests_of_tomorrow_are_refused(refusals):
    bad = refusals(
        people=PEOPLE,
        roles="person_id,role,assigned_on\nMAAAAA,TCC,2025-03-02\n",
        certifications="person_id,coordinator_id,requested_on\nHBBBBB,MAAAAA,2025-03-02\n",
    )

    assert [each.partition(": expected")[0] for each in bad] == [
        "certifications.csv:2: requested_on",
        "roles.csv:2: assigned_on",
    ]


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("population", "west", "one of north, south, found `west`"),
        ("population", "North", "one of north, south, found `North`"),
        ("population", "", "one of north, south, found ``"),
        ("coordinator", "maybe", "one of 0, 1, false, n, no, true, y, yes, found `maybe`"),
        ("wass_status", "locked", "one of active, terminated, found `locked`"),
        ("organisation", "x" * 201, f"at most 200 characters, found `{'x' * 60}...`"),
        ("organisation", "a\x1b[2Jb", "no control characters, found `a\\x1b[2Jb`"),
        ("organisation", "a\u202eb", "no control characters, found `a\\u202eb`"),
        ("organisation", "a\nb", "no control characters, found `a\\nb`"),
        ("organisation", "a\tb", "no control characters, found `a\\tb`"),
    ],
)
def test_a_cell_of_people_that_is_not_as_it_should_be_is_refused(refusals, column, text, expected):
    assert refusals(people=person(**{column: text})) == [
        f"people.csv:2: {column}: expected {expected}"
    ]


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "+1", "1.0", "1e3", "1_0", "2147483648", "\u0661\u0662", "\u00b2",
             "9" * 5000, "0x1", "1 2"],
)  # fmt: skip
def test_what_is_no_number_of_a_property_is_refused(refusals, text):
    [bad] = refusals(properties=f"property_id,name\n{text},x\n")

    assert bad.startswith("properties.csv:2: property_id: expected a number from 1 to 2147483647")


@pytest.mark.parametrize("text", ["", "A B", "A_B", "A" * 21, "\u0661", "A/B"])
def test_what_is_no_number_of_a_contract_is_refused(refusals, text):
    [bad] = refusals(contracts=f"contract_number,property_id\n{text},1\n")

    assert bad.startswith("contracts.csv:2: contract_number: expected 1 to 20 letters, digits")


@pytest.mark.parametrize("text", ["", "1A", "_A", "A-B", "A" * 41, "\u0410\u0411"])
def test_what_is_no_role_is_refused(refusals, text):
    [bad] = refusals(people=PEOPLE, roles=f"person_id,role\nMAAAAA,{text}\n")

    assert bad.startswith("roles.csv:2: role: expected a letter and up to 39 letters")


@pytest.mark.parametrize(("column", "most"), [("name", 200), ("city", 100), ("state", 40)])
def test_what_a_property_says_has_a_longest(feed, refusals, column, most):
    header = f"property_id,{column}\n1,"

    assert feed(properties=header + "ü" * most)
    [bad] = refusals(properties=header + "ü" * (most + 1))
    assert bad.startswith(f"properties.csv:2: {column}: expected at most {most} characters, found")
