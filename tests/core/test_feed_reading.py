"""The feed is read strictly: all of it, or every bad row of it with its file and line."""

import csv
import io
import pickle
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert

from models.access import ContractProperty, Property
from models.base import Base
from models.people import Person
from service.feed.bad_rows import BadRow, FeedError
from service.feed.reading import read_feed
from service.people.extract import CertificationSaid, Extract, PersonSaid, PropertySaid
from tests.database.staged import extract_of


@dataclass(frozen=True)
class Known:
    """Whom and what the database holds already."""

    people: frozenset[str] = frozenset()
    properties: frozenset[int] = frozenset()
    contracts: frozenset[str] = frozenset()


POPULATIONS = frozenset({"north", "south"})
AS_OF = "2025-03-01"
NOTHING = Known()
TOPOLOGY = Path(__file__).parents[2] / "demo" / "dc_tracs_topology.csv"
ENGINE = create_engine("sqlite://")
Base.metadata.create_all(ENGINE)
PEOPLE = "id,population,created_on\nMAAAAA,north,2020-01-02\nHBBBBB,south,2021-02-03\n"
FILES = (
    "people.csv",
    "roles.csv",
    "properties.csv",
    "contracts.csv",
    "property_assignments.csv",
    "contract_assignments.csv",
    "business_partners.csv",
    "staff.csv",
    "certifications.csv",
)


@pytest.fixture
def feed(tmp_path):
    """Writes files (`people="..."`) and reads them as a feed."""

    def read(*, known=NOTHING, progress=lambda file, size: None, **files):
        for name, text in files.items():
            raw = text if isinstance(text, bytes) else text.encode()
            (tmp_path / f"{name}.csv").write_bytes(raw)
        return read_folder(tmp_path, known=known, progress=progress)

    return read


@pytest.fixture
def refusals(feed):
    """Everything that is wrong in these files, as text."""

    def read(**files):
        with pytest.raises(FeedError) as caught:
            feed(**files)
        return [str(each) for each in caught.value.bad_rows]

    return read


def read_folder(folder, *, known=NOTHING, progress=lambda file, size: None):
    """What the folder says, as it is staged in a database that holds what is *known*."""
    with ENGINE.connect() as connection:
        hold(connection, known)
        given = read_feed(
            connection, folder, populations=POPULATIONS, as_of=AS_OF, progress=progress
        )
        return extract_of(connection, given)


def hold(connection, known):
    for person_id in known.people:
        row = {"id": person_id, "population": "north", "wass_spoke_on": AS_OF}
        row |= {"marked_coordinator": False, "terminated": False, "organisation": ""}
        connection.execute(insert(Person).values(row))
    for number in known.properties:
        rest = dict.fromkeys(("name", "city", "state", "organisation"), "")
        connection.execute(insert(Property).values(property_id=number, **rest))
    for number in known.contracts:
        row = {"contract_number": number, "property_id": 1}
        connection.execute(insert(ContractProperty).values(row))


def person(**columns):
    """people.csv with one good person, these columns changed or added."""
    row = {"id": "MAAAAA", "population": "north", "created_on": "2020-01-02", **columns}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([row.keys(), row.values()])
    return out.getvalue()


# What is read


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


# HUD's own files


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


# Headers and shapes


@pytest.mark.parametrize(
    ("file", "header", "missing"),
    [
        ("people", "id,organisation", ["created_on", "population"]),
        ("roles", "person_id", ["role"]),
        ("properties", "name,city", ["property_id"]),
        ("contracts", "property_id", ["contract_number"]),
        ("property_assignments", "person_id", ["property_id"]),
        ("contract_assignments", "person_id", ["contract_number"]),
        ("business_partners", "property_id", ["coordinator_id"]),
        ("staff", "user_id", ["coordinator_id"]),
        ("certifications", "person_id,coordinator_id", ["requested_on"]),
    ],
)
def test_a_missing_column_is_named_once_and_its_rows_are_not_read(refusals, file, header, missing):
    assert refusals(**{file: f"{header}\nx\n"}) == [
        f"{file}.csv:1: {name}: expected this column in the header" for name in missing
    ]


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", "\n\nid,population,created_on\n"])
def test_a_file_without_a_header_misses_its_columns(refusals, text):
    assert len(refusals(people=text)) == 3


def test_an_unknown_column_is_named_and_the_rows_are_read_all_the_same(refusals):
    bad = refusals(people="id,population,created_on,emial\nMAAAAA,north,x,y\n")

    assert [each.partition(": expected")[0] for each in bad] == [
        "people.csv:1: emial",
        "people.csv:2: created_on",
    ]


def test_a_column_that_stands_twice_is_refused(refusals):
    [bad] = refusals(people="id,population,created_on, id\nMAAAAA,north,2020-01-02,MAAAAA\n")

    assert bad == "people.csv:1: id: expected each column once, found 2"


def test_our_column_names_have_one_letter_case_outside_huds_files(refusals):
    assert len(refusals(people="ID,population,created_on\n")) == 2


@pytest.mark.parametrize(("row", "found"), [("MAAAAA,north", 2), ("MAAAAA,north,2020-01-02,", 4)])
def test_a_row_has_as_many_cells_as_the_header(refusals, row, found):
    assert refusals(people=f"id,population,created_on\n{row}\n") == [
        f"people.csv:2: expected 3 cells as in the header, found {found}"
    ]


def test_lines_are_counted_as_an_editor_counts_them(refusals):
    text = (
        "contract_number,property_id,tracs_status_name\r\n"
        '\r\nA,1,"two\nlines\r\nor three"\r\n'
        "B,x,\r\n"
        'C,y,"two\nlines"\n'
        "D,z,\n"
    )

    assert [each.partition(": ")[0] for each in refusals(contracts=text)] == [
        "contracts.csv:6",
        "contracts.csv:7",
        "contracts.csv:9",
    ]


# Bytes


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"MAAAA\xe9,north,2020-01-02", "expected UTF-8 text, found `byte 0xE9`"),
        (b"MAA\0AAA,north,2020-01-02", "expected text, found a NUL byte"),
        (b'"MAAAAA"x,north,2020-01-02', "expected a row of well-formed CSV"),
        (b"MAAAAA,north\r,2020-01-02", "expected a row of well-formed CSV"),
        (b"MAAAAA,north," + b"x" * 140_000, "expected a row of well-formed CSV"),
    ],
)
def test_a_line_that_is_no_text_is_refused_and_the_next_are_read(refusals, row, said):
    text = b"id,population,created_on\nMBBBBB,north,2020-01-02\n" + row + b"\nMCCCCC,east,\n"

    first, *others = refusals(people=text)

    assert first.startswith(f"people.csv:3: {said}")
    assert [each.partition(": expected")[0] for each in others] == [
        "people.csv:4: created_on",
        "people.csv:4: population",
    ]


def test_a_quote_left_open_is_refused_where_it_was_opened(refusals):
    [bad] = refusals(people=PEOPLE + 'MCCCCC,"north,2020-01-02\nMDDDDD,north,2020-01-02\n')

    assert bad.startswith("people.csv:4: expected a row of well-formed CSV")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_is_refused_once_on_the_first_line(refusals, encoding):
    [bad] = refusals(people=PEOPLE.encode(encoding))

    assert bad.startswith("people.csv:1: expected ")


def test_a_byte_order_mark_belongs_at_the_start_only(refusals):
    [bad] = refusals(people="id,population,created_on\n\ufeffMAAAAA,north,2020-01-02\n")

    assert bad.endswith("found `\\ufeffMAAAAA`")


def test_a_line_without_end_does_not_fill_the_memory(refusals):
    [bad] = refusals(people=PEOPLE.encode() + b"x" * 3_000_000)

    assert bad == "people.csv:4: expected lines under 1,048,576 bytes; the rest was not read"


def test_lines_ended_as_on_old_macs_are_refused_once(refusals):
    assert len(refusals(people=PEOPLE.replace("\n", "\r"))) == 1


# Cells


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


# Rows that repeat each other


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


# Rows that name each other


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


# The feed as a whole


def test_every_bad_row_of_every_file_is_listed_in_order(refusals):
    bad = refusals(
        people="id,population,created_on\nMAAAAA,x,y\nx,north,2020-01-02\n",
        roles="person_id,role\nMZZZZZ,1\n",
        properties="property_id\nx\n",
    )

    assert [each.partition(": expected")[0] for each in bad] == [
        "people.csv:2: created_on",
        "people.csv:2: population",
        "people.csv:3: id",
        "properties.csv:2: property_id",
        "roles.csv:2: person_id",
        "roles.csv:2: role",
    ]


def test_the_error_says_all_its_bad_rows_and_survives_pickling():
    error = FeedError([BadRow("a.csv", 1, "x", "y"), BadRow("a.csv", 2, "", "z")])

    assert str(error) == "a.csv:1: x: expected y\na.csv:2: expected z"
    assert pickle.loads(pickle.dumps(error)).bad_rows == error.bad_rows


def test_ten_thousand_bad_rows_are_listed_and_then_that_there_are_more(refusals):
    row = "MAAAAA,north,x\n"

    exactly = refusals(people="id,population,created_on\n" + row * 5_000 + "x\n")
    more = refusals(people="id,population,created_on\n" + "x,north,2020-01-02\n" * 10_001)

    assert len(exactly) == 10_000
    assert len(more) == 10_001
    assert more[-1] == (
        "the feed: expected at most 10,000 bad rows: reading stopped, there are more"
    )


def test_a_row_said_again_a_million_times_is_listed_ten_thousand_times(refusals):
    bad = refusals(people="id,population,created_on\n" + "MAAAAA,north,2020-01-02\n" * 50_000)

    assert len(bad) == 10_001


def test_a_folder_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(FeedError) as caught:
        read_folder(tmp_path / "nowhere")

    assert str(caught.value) == (
        f"the feed: expected a folder that can be read, found `{tmp_path / 'nowhere'}`"
    )
    assert len(caught.value.bad_rows) == 1


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)

    with pytest.raises(FeedError, match="expected a folder that can be read"):
        read_folder(tmp_path / "people.csv")


def test_a_folder_without_any_of_the_files_is_refused(refusals, tmp_path):
    (tmp_path / "README.md").write_text("x")

    [bad] = refusals()

    assert bad == f"the feed: expected one of the files {', '.join(FILES)} in `{tmp_path}`"


@pytest.mark.parametrize("name", ["person", "People", "staff.old"])
def test_a_csv_file_that_nobody_knows_is_refused(refusals, name):
    assert refusals(people=PEOPLE, **{name: ""}) == [
        f"{name}.csv:1: expected only files named {', '.join(FILES)}"
    ]


def test_a_csv_file_in_capitals_is_not_overlooked(refusals, tmp_path):
    (tmp_path / "ROLES.CSV").write_text("")

    assert len(refusals(people=PEOPLE)) == 1


def test_other_files_in_the_folder_are_no_matter(feed, tmp_path):
    (tmp_path / "README.txt").write_text("x")
    (tmp_path / "archive").mkdir()

    assert feed(people=PEOPLE)


def test_a_folder_named_like_a_file_is_refused(refusals, tmp_path):
    (tmp_path / "roles.csv").mkdir()
    (tmp_path / "staff.csv").symlink_to(tmp_path / "nowhere")

    assert refusals(people=PEOPLE) == [
        "roles.csv:1: expected a file that can be read, found `something that is no file`",
        "staff.csv:1: expected a file that can be read, found `something that is no file`",
    ]


# Whatever comes

ids = st.from_regex(r"[MIHC][A-Z0-9]{5}", fullmatch=True)
numbers = st.integers(1, 2**31 - 1)
contracts = st.from_regex(r"[A-Z0-9-]{1,20}", fullmatch=True)
roles = st.from_regex(r"[A-Z][A-Z0-9_]{0,39}", fullmatch=True)
past_days = st.dates(date(1900, 1, 1), date.fromisoformat(AS_OF)).map(date.isoformat)
maybe_days = st.just("") | past_days
words = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=40
).map(lambda text: text.strip(" "))


@st.composite
def extracts(draw):
    people = st.builds(
        PersonSaid,
        id=ids,
        population=st.sampled_from(sorted(POPULATIONS)),
        created_on=past_days,
        coordinator=st.booleans(),
        terminated=st.booleans(),
        wass_last_access_on=maybe_days,
        password_changed_on=maybe_days,
        last_activity_on=maybe_days,
        rob_accepted_on=maybe_days,
        organisation=words,
    )
    places = st.builds(
        PropertySaid, property_id=numbers, name=words, city=words, state=words, organisation=words
    )
    said = {each.id: each for each in draw(st.lists(people, min_size=2, unique_by=lambda p: p.id))}
    where = draw(st.lists(places, min_size=1, unique_by=lambda p: p.property_id))
    who, homes = st.sampled_from(sorted(said)), st.sampled_from([p.property_id for p in where])
    held = draw(st.frozensets(st.tuples(contracts, homes), min_size=1))
    named = st.sampled_from(sorted({number for number, _ in held}))
    return Extract(
        people=said,
        roles=draw(st.dictionaries(st.tuples(who, roles), maybe_days)),
        properties={each.property_id: each for each in where},
        contracts=held,
        property_assignments=draw(st.frozensets(st.tuples(who, homes))),
        contract_assignments=draw(st.frozensets(st.tuples(who, named))),
        business_partners=draw(st.frozensets(st.tuples(who, homes))),
        staff=draw(st.frozensets(st.tuples(who, who).filter(lambda pair: pair[0] != pair[1]))),
        certifications=draw(
            st.frozensets(st.builds(CertificationSaid, who, who, past_days), max_size=5)
        ),
    )


def write(folder, extract):
    """The extract as the nine files."""
    people = [
        (p.id, p.population, "Yes" if p.coordinator else "", p.created_on,
         "terminated" if p.terminated else "active", p.wass_last_access_on,
         p.password_changed_on, p.last_activity_on, p.rob_accepted_on, p.organisation)
        for p in extract.people.values()
    ]  # fmt: skip
    places = [
        (p.property_id, p.name, p.city, p.state, p.organisation)
        for p in extract.properties.values()
    ]
    certifications = [
        (c.person_id, c.coordinator_id, c.requested_on) for c in extract.certifications
    ]
    tables = {
        "people": ("id,population,coordinator,created_on,wass_status,wass_last_access_on,"
                   "password_changed_on,last_activity_on,rob_accepted_on,organisation", people),
        "roles": ("person_id,role,assigned_on", [(*k, day) for k, day in extract.roles.items()]),
        "properties": ("property_id,name,city,state,organisation", places),
        "contracts": ("contract_number,property_id", extract.contracts),
        "property_assignments": ("person_id,property_id", extract.property_assignments),
        "contract_assignments": ("person_id,contract_number", extract.contract_assignments),
        "business_partners": ("coordinator_id,property_id", extract.business_partners),
        "staff": ("coordinator_id,user_id", extract.staff),
        "certifications": ("person_id,coordinator_id,requested_on", certifications),
    }  # fmt: skip
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header.split(","), *rows])


@settings(deadline=None)
@given(extracts())
def test_any_extract_written_as_csv_is_read_back_the_same(extract):
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), extract)

        assert read_folder(Path(folder)) == extract


def attempt(files):
    """Read the files; whatever is refused is refused with a FeedError that can be printed."""
    with tempfile.TemporaryDirectory() as folder:
        for name, raw in files.items():
            (Path(folder) / name).write_bytes(raw)
        try:
            read_folder(Path(folder))
        except FeedError as error:
            bad_rows = error.bad_rows
        else:
            return
    assert bad_rows == sorted(bad_rows)
    assert all(str(each).isprintable() for each in bad_rows)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FILES), st.binary(), max_size=4))
def test_no_bytes_raise_anything_but_a_feed_error(files):
    attempt(files)


signs = st.sampled_from([*"\",\r\n\0 \t;'", "\ufeff", "\u0661", "M", "MAAAAA", "1", "2020-01-02"])


@settings(deadline=None)
@given(st.lists(signs | st.characters(codec="utf-8"), max_size=60).map("".join))
def test_no_rows_under_a_good_header_raise_anything_but_a_feed_error(text):
    attempt(
        {
            "people.csv": PEOPLE.encode() + text.encode(),
            "properties.csv": b"PROPERTY_ID,PROPERTY_NAME_TEXT,Z\n" + text.encode(),
            "certifications.csv": b"person_id,coordinator_id,requested_on\n" + text.encode(),
        }
    )


@settings(deadline=None)
@given(st.data())
def test_no_slip_in_a_good_feed_raises_anything_but_a_feed_error(data):
    raw = bytearray(PEOPLE.encode() * 2)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))

    attempt({"people.csv": bytes(raw)})


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=8))
def test_an_id_that_is_accepted_has_ascii_letters_and_digits_only(text):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "people.csv").write_text(person(id=text), encoding="utf-8", newline="")
        try:
            [found] = read_folder(Path(folder)).people
        except FeedError:
            return
    assert found == text.strip(" ").upper()
    assert found.isascii()
    assert found.isalnum()
