"""Rows of a feed that say the same again, or name what is nowhere."""

import pytest

from tests.core.feed_reading import (
    PEOPLE,
    Known,
    person,
)


@pytest.mark.parametrize(
    ("file", "header", "row", "again", "field"),
    [
        ("people", "id,population,created_on", "MAAAAA,north,2020-01-02",
         "maaaaa,south,2021-01-02", "id"),
        ("roles", "person_id,role,assigned_on", "MAAAAA,TCC,2020-01-02", "MAAAAA,tcc,",
         "person_id, role"),
        ("properties", "property_id,name", "12,x", "012,y", "property_id"),
        ("contracts", "contract_number,property_id", "A,1", "a,01",
         "contract_number, property_id"),
        ("property_assignments", "person_id,property_id", "MAAAAA,1", "MAAAAA,1",
         "person_id, property_id"),
        ("contract_assignments", "person_id,contract_number", "MAAAAA,A", "MAAAAA,a",
         "person_id, contract_number"),
        ("business_partners", "coordinator_id,property_id", "MAAAAA,1", "MAAAAA,1",
         "coordinator_id, property_id"),
        ("staff", "coordinator_id,user_id", "MAAAAA,HBBBBB", "maaaaa,hbbbbb",
         "coordinator_id, user_id"),
        ("certifications", "person_id,coordinator_id,requested_on", "HBBBBB,MAAAAA,2025-01-02",
         "HBBBBB,MAAAAA,2025-01-02", "person_id, coordinator_id, requested_on"),
    ],
)  # fmt: skip
def test_a_row_said_again_names_the_first(refusals, file, header, row, again, field):
    files = {"people": PEOPLE, file: f"{header}\n\n{row}\n{again}\n{row}\n"}

    assert refusals(**files) == [
        f"{file}.csv:{line}: {field}: expected each only once, found that of line 3 again"
        for line in (4, 5)
    ]


def test_a_row_said_again_is_found_though_the_first_has_another_mistake(refusals):
    bad = refusals(
        people="id,population,created_on\nMAAAAA,x,2020-01-02\nMAAAAA,north,2020-01-02\n"
    )

    assert [each.partition(": expected")[0] for each in bad] == [
        "people.csv:2: population",
        "people.csv:3: id",
    ]


NAMING_PEOPLE = {
    "roles": ("person_id,role", "{},TCC", "person_id"),
    "property_assignments": ("person_id,property_id", "{},1", "person_id"),
    "contract_assignments": ("person_id,contract_number", "{},A", "person_id"),
    "business_partners": ("coordinator_id,property_id", "{},1", "coordinator_id"),
    "staff": ("coordinator_id,user_id", "MAAAAA,{}", "user_id"),
    "certifications": (
        "person_id,coordinator_id,requested_on",
        "MAAAAA,{},2020-01-02",
        "coordinator_id",
    ),
}


@pytest.mark.parametrize("file", NAMING_PEOPLE)
def test_a_person_named_anywhere_is_said_here_or_known_before(feed, refusals, file):
    header, row, field = NAMING_PEOPLE[file]
    text = f"{header}\n{row.format('izzzzz')}\n"

    assert feed(people=PEOPLE, **{file: text}, known=Known(frozenset({"IZZZZZ"})))
    assert refusals(people=PEOPLE, **{file: text}) == [
        f"{file}.csv:2: {field}: expected a person of people.csv or known before, found `IZZZZZ`"
    ]


def test_a_person_is_a_stranger_even_where_nobody_is_known(refusals):
    assert len(refusals(roles="person_id,role\nMAAAAA,TCC\n")) == 1


def test_where_no_property_or_contract_is_known_any_may_be_named(feed):
    assert feed(
        people=PEOPLE,
        properties="property_id\n",
        contracts="contract_number,property_id\n",
        property_assignments="person_id,property_id\nMAAAAA,1\n",
        contract_assignments="person_id,contract_number\nMAAAAA,A\n",
    )


@pytest.mark.parametrize(
    ("file", "header", "row"),
    [
        ("contracts", "contract_number,property_id", "A,{}"),
        ("property_assignments", "person_id,property_id", "MAAAAA,{}"),
        ("business_partners", "coordinator_id,property_id", "MAAAAA,{}"),
    ],
)
def test_where_a_property_is_known_no_other_may_be_named(feed, refusals, file, header, row):
    here = {"people": PEOPLE, "properties": "property_id\n5\n"}
    before = Known(properties=frozenset({6}))
    refused = f"{file}.csv:2: property_id: expected a property of properties.csv or known before"

    assert feed(**here, **{file: f"{header}\n{row.format(5)}\n"})
    assert feed(**here, **{file: f"{header}\n{row.format(6)}\n"}, known=before)
    assert refusals(**here, **{file: f"{header}\n{row.format(7)}\n"}) == [f"{refused}, found `7`"]


def test_properties_known_before_are_enough_to_refuse_another(refusals):
    known = Known(frozenset({"MAAAAA"}), frozenset({5}))

    bad = refusals(property_assignments="person_id,property_id\nMAAAAA,5\nMAAAAA,6\n", known=known)

    assert len(bad) == 1


def test_where_a_contract_is_known_no_other_may_be_named(feed, refusals):
    here = {"people": PEOPLE, "contracts": "contract_number,property_id\nA,1\n"}
    header = "person_id,contract_number\n"
    known = Known(contracts=frozenset({"B"}))

    assert feed(**here, contract_assignments=f"{header}MAAAAA,a\nMAAAAA,B\n", known=known)
    assert refusals(**here, contract_assignments=f"{header}MAAAAA,C\n") == [
        "contract_assignments.csv:2: contract_number: expected a contract of contracts.csv or "
        "known before, found `C`"
    ]


def test_nobody_is_staff_of_themselves(refusals):
    assert refusals(people=PEOPLE, staff="coordinator_id,user_id\nMAAAAA,maaaaa\n") == [
        "staff.csv:2: user_id: expected somebody else than the coordinator, found `MAAAAA`"
    ]


def test_a_person_with_a_bad_cell_is_no_stranger_to_other_files(refusals):
    assert refusals(people=person(created_on="x"), roles="person_id,role\nMAAAAA,TCC\n") == [
        "people.csv:2: created_on: expected a day as YYYY-MM-DD, found `x`"
    ]


def test_a_file_that_cannot_be_read_makes_nobody_a_stranger(refusals):
    assert refusals(people="id,population\n", roles="person_id,role\nMAAAAA,TCC\n") == [
        "people.csv:1: created_on: expected this column in the header"
    ]
