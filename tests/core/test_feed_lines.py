"""Headers, rows and bytes of a feed: whatever is wrong is named by file and line."""

import pytest

from tests.core.feed_reading import (
    PEOPLE,
)


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
