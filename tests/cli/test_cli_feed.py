"""gatehouse feed import: all of a folder, or nothing of it and every bad row."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models.engine import reading
from models.people import Person
from tests.cli.command import NO, WRONGLY_ASKED, YES, Shell
from tests.database.feeds import person, roles, users, write_feed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A feed of twenty people and a role the catalogue does not know."""
    return write_feed(tmp_path / "feed", people=users(20), roles=roles(("M10001", "UPD")))


def _alive(engine: Engine) -> int:
    query = select(func.count()).select_from(Person).where(~Person.terminated)
    with reading(engine).begin() as connection:
        return connection.scalar(query) or 0


def test_a_feed_is_first_tried_and_then_imported(
    shell: Shell, folder: Path, engine: Engine
) -> None:
    tried = shell("feed", "import", folder, "--dry-run", "--json")
    after_trying = _alive(engine)

    imported = shell("feed", "import", folder, "--as-of", "2026-03-01", "--json")

    assert (tried.code, tried.json["dry_run"], after_trying) == (YES, True, 0)
    assert tried.json["changes"] == imported.json["changes"]
    assert (imported.code, imported.json["ok"], imported.json["day"]) == (YES, True, "2026-03-01")
    assert imported.json["changes"]["people"] == {"added": 20, "changed": 0, "ended": 0}
    assert imported.json["roles_not_in_the_catalogue"] == ["UPD"]
    assert _alive(engine) == 20


def test_a_feed_that_ends_too_much_is_refused_until_it_is_meant(
    shell: Shell, folder: Path, engine: Engine
) -> None:
    shell("feed", "import", folder)
    write_feed(folder, people=users(10))

    refused = shell("feed", "import", folder)
    after_refusal = _alive(engine)
    meant = shell("feed", "import", folder, "--allow-shrink")

    assert (refused.code, after_refusal) == (NO, 20)
    assert "--allow-shrink" in refused.err
    assert (meant.code, _alive(engine)) == (YES, 10)


def test_every_bad_row_is_named_with_file_line_and_field(
    shell: Shell, folder: Path, engine: Engine, tmp_path: Path
) -> None:
    bad = [*users(2), person("X1"), person("M10009", created_on="then")]
    write_feed(folder, people=bad, roles=roles(("M77777", "TRACS")))
    rejects = tmp_path / "rejects.txt"

    shown = shell("feed", "import", folder, "--rejects", rejects)
    as_json = shell("feed", "import", folder, "--json")

    lines = rejects.read_text(encoding="utf-8").splitlines()
    places = [":".join(line.split(":")[:3]) for line in lines]
    assert (shown.code, as_json.code) == (NO, NO)
    assert places == ["people.csv:4: id", "people.csv:5: created_on", "roles.csv:2: person_id"]
    assert [each["line"] for each in as_json.json["bad_rows"]] == [4, 5, 2]
    assert _alive(engine) == 0


def test_a_day_that_is_none_is_asked_wrongly(shell: Shell, folder: Path) -> None:
    assert shell("feed", "import", folder, "--as-of", "yesterday").code == WRONGLY_ASKED
