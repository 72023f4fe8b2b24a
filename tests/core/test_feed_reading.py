"""The feed is read whole: what each file says, and HUD's own files."""

import csv
import io

import pytest

from service.people.extract import CertificationSaid, Extract, PersonSaid, PropertySaid
from tests.core.feed_reading import (
    PEOPLE,
    TOPOLOGY,
    person,
)


def test_a_feed_of_every_file_is_read_whole(feed):
    extract = feed(
        people="id,population,coordinator,created_on,wass_status,wass_last_access_on,"
        "password_changed_on,last_activity_on,rob_accepted_on,organisation\n"
        "MAAAAA,north,yes,2020-01-02,active,2025-01-01,2025-01-02,2025-01-03,2025-01-04,Acme\n"
        "HBBBBB,south,,2021-02-03,terminated,,,,,\n",
        roles="person_id,role,assigned_on\nMAAAAA,TCC,2024-05-06\nMAAAAA,new_one,\n",
        properties='property_id,name,city,state,organisation\n7,"Elm, North",Reno,NV,Acme\n',
        contracts="contract_number,property_id\nnv-1,7\n",
        property_assignments="person_id,property_id\nHBBBBB,7\n",
        contract_assignments="person_id,contract_number\nHBBBBB,NV-1\n",
        business_partners="coordinator_id,property_id\nMAAAAA,7\n",
        staff="coordinator_id,user_id\nMAAAAA,HBBBBB\n",
        certifications="person_id,coordinator_id,requested_on\nHBBBBB,MAAAAA,2025-03-01\n",
    )

    assert extract == Extract(
        people={
            "MAAAAA": PersonSaid(
                id="MAAAAA",
                population="north",
                created_on="2020-01-02",
                coordinator=True,
                wass_last_access_on="2025-01-01",
                password_changed_on="2025-01-02",
                last_activity_on="2025-01-03",
                rob_accepted_on="2025-01-04",
                organisation="Acme",
            ),
            "HBBBBB": PersonSaid(
                id="HBBBBB", population="south", created_on="2021-02-03", terminated=True
            ),
        },
        roles={("MAAAAA", "TCC"): "2024-05-06", ("MAAAAA", "NEW_ONE"): ""},
        properties={
            7: PropertySaid(
                property_id=7, name="Elm, North", city="Reno", state="NV", organisation="Acme"
            )
        },
        contracts=frozenset({("NV-1", 7)}),
        property_assignments=frozenset({("HBBBBB", 7)}),
        contract_assignments=frozenset({("HBBBBB", "NV-1")}),
        business_partners=frozenset({("MAAAAA", 7)}),
        staff=frozenset({("MAAAAA", "HBBBBB")}),
        certifications=frozenset({CertificationSaid("HBBBBB", "MAAAAA", "2025-03-01")}),
    )


def test_of_a_file_that_is_absent_nothing_is_said(feed):
    assert feed(people=PEOPLE) == Extract(people=feed(people=PEOPLE).people)
    assert feed(people=PEOPLE).roles is None
    assert feed(people=PEOPLE).contracts is None


def test_a_file_with_a_header_only_says_that_there_is_none(feed):
    extract = feed(
        people=PEOPLE, roles="person_id,role\n", contracts="contract_number,property_id"
    )

    assert extract.roles == {}
    assert extract.contracts == frozenset()


def test_an_absent_column_and_an_empty_cell_both_mean_not_known(feed):
    assert feed(people=person()) == feed(people=person(rob_accepted_on="", organisation=" "))


def test_columns_stand_in_any_order_and_spaces_around_cells_are_dropped(feed):
    text = 'created_on , id,  population\n 2020-01-02 ,  maaaaa,  "north"\n'

    assert feed(people=text) == feed(people=person())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n",
        lambda text: '\ufeff"id"' + text[2:],
    ],
    ids=["a byte order mark", "CRLF", "no last line end", "blank lines", "a quoted header"],
)
def test_what_spreadsheets_do_to_a_file_is_tolerated(feed, change):
    assert feed(people=change(PEOPLE)) == feed(people=PEOPLE)


@pytest.mark.parametrize("text", ["true", "YES", "y", "1", "True"])
def test_yes_is_said_in_several_ways(feed, text):
    assert feed(people=person(coordinator=text)).people["MAAAAA"].coordinator


@pytest.mark.parametrize("text", ["false", "NO", "n", "0", ""])
def test_no_is_said_in_several_ways_and_by_nothing(feed, text):
    assert not feed(people=person(coordinator=text)).people["MAAAAA"].coordinator


@pytest.mark.parametrize(
    ("text", "terminated"), [("", False), ("Active", False), ("TERMINATED", True)]
)
def test_a_person_is_active_unless_said_to_be_terminated(feed, text, terminated):
    assert feed(people=person(wass_status=text)).people["MAAAAA"].terminated is terminated


def test_a_person_may_be_created_after_the_day_of_the_feed(feed):
    assert feed(people=person(created_on="2025-03-02")).people["MAAAAA"]


def test_the_number_of_a_property_has_one_spelling(feed):
    assert set(feed(properties="property_id\n0012\n2147483647\n").properties) == {12, 2**31 - 1}


def test_progress_hears_every_byte_of_every_file(feed, tmp_path):
    heard = []
    many = "".join(f"{number},{'x' * 150}\n" for number in range(1, 20_000))

    feed(
        people=PEOPLE,
        properties="property_id,name\n" + many,
        progress=lambda file, size: heard.append((file, size)),
    )

    for file in ("people.csv", "properties.csv"):
        assert sum(n for name, n in heard if name == file) == (tmp_path / file).stat().st_size
    assert len(heard) > 3
    assert all(size > 0 for _, size in heard)


def test_huds_properties_are_understood_and_its_further_columns_passed_over(feed):
    extract = feed(
        properties="X,OBJECTID,PROPERTY_ID,PROPERTY_NAME_TEXT,PLACED_BASE_CITY_NAME_TEXT,"
        "STATE2KX,STD_CITY,STD_ST,MGMT_AGENT_ORG_NAME\n"
        "-77.1,1,800000023,Casa Iris,WASHINGTON DC,11,Washington,DC,NHCOA\n"
        "-77.2,2,800000032,Elm,Arlington,51,,,\n"
    )

    assert extract.properties == {
        800000023: PropertySaid(
            property_id=800000023,
            name="Casa Iris",
            city="Washington",
            state="DC",
            organisation="NHCOA",
        ),
        800000032: PropertySaid(property_id=800000032, name="Elm", city="Arlington", state="51"),
    }


def test_huds_column_names_are_understood_in_any_letter_case(feed):
    text = "Property_Id,property_name,City,STATE,zip\n5,Elm,Reno,NV,1\n"

    assert feed(properties=text).properties == {
        5: PropertySaid(property_id=5, name="Elm", city="Reno", state="NV")
    }


def test_huds_contracts_are_understood_and_their_further_columns_passed_over(feed):
    text = "property_id,CONTRACT_NUMBER,tracs_effective_date,units\n5,DC39S931002,3/1/2017,4\n"

    assert feed(contracts=text).contracts == {("DC39S931002", 5)}


def test_without_a_name_of_huds_a_further_column_is_refused(refusals):
    assert refusals(properties="PROPERTY_ID,zip\n5,1\n") == [
        "properties.csv:1: zip: expected one of the columns property_id, name, city, state, "
        "organisation, found `zip`"
    ]


def test_huds_names_are_not_understood_in_the_other_files(refusals):
    [bad] = refusals(people="id,population,created_on,STD_CITY\nMAAAAA,north,2020-01-02,x\n")

    assert bad.startswith("people.csv:1: STD_CITY: expected one of the columns id, ")


def test_huds_real_rows_are_read_where_they_name_a_contract(feed):
    with TOPOLOGY.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    out = io.StringIO()
    csv.writer(out).writerows([header, *(row for row in rows if row[1])])

    contracts = feed(contracts=out.getvalue()).contracts

    assert len(contracts) == sum(bool(row[1]) for row in rows)
