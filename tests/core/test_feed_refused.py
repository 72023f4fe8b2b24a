"""The feed as a whole: every bad row is listed, and a folder that is none is refused."""

import pickle

import pytest

from service.feed.bad_rows import BadRow, FeedError
from tests.core.feed_reading import (
    FILES,
    PEOPLE,
    read_folder,
)


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
