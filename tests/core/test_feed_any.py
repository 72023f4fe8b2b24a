"""Whatever comes as a feed: it is read back the same, or refused."""

import csv
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from service.feed.bad_rows import FeedError
from service.people.extract import CertificationSaid, Extract, PersonSaid, PropertySaid
from tests.core.feed_reading import (
    AS_OF,
    FILES,
    PEOPLE,
    POPULATIONS,
    person,
    read_folder,
)

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
