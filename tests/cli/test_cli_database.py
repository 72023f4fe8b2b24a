"""gatehouse db and demo, and what every command says when it cannot work at all."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from models.policy import Revision
from tests.cli.command import NO, NO_ANSWER, WRONGLY_ASKED, YES, Shell
from tests.database.owner import unguard

ASK = ("login", "M10001", "--entry", "rob")


def test_from_nothing_to_a_demo_world_in_two_commands(tmp_path: Path) -> None:
    shell = Shell(f"sqlite:///{tmp_path / 'new' / 'gatehouse.db'}")

    upgraded = shell.installed("db", "upgrade", "--json")
    loaded = shell.installed("demo", "load", "--json")
    again = shell("demo", "load")
    if_empty = shell("demo", "load", "--if-empty")

    assert (upgraded.code, loaded.code) == (YES, YES)
    assert len(upgraded.json["policy_digest"]) == 64
    counts = loaded.json["people"], loaded.json["properties"], loaded.json["contracts"]
    assert counts == (277, 101, 108)
    assert (again.code, again.out) == (NO, "")
    assert if_empty.code == YES


def test_an_unknown_setting_is_asked_wrongly(shell: Shell) -> None:
    said = shell.installed(*ASK, GATEHOUSE_DATABSE_URL="sqlite://")

    assert (said.code, said.out) == (WRONGLY_ASKED, "")
    assert "GATEHOUSE_DATABSE_URL" in said.err
    assert "GATEHOUSE_DATABASE_URL" in said.err


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql+psycopg://gatehouse@127.0.0.1:1/gatehouse", id="nobody listens"),
        pytest.param("sqlite:////tmp", id="a folder"),
        pytest.param(
            "sqlite:////dev/null/gatehouse.db",
            id="below a file",
        ),
    ],
)
def test_a_database_that_cannot_be_reached_gives_no_answer(url: str) -> None:
    said = Shell(url)(*ASK)

    assert (said.code, said.out) == (NO_ANSWER, "")
    assert said.err.startswith("gatehouse: ")


def test_a_database_that_is_not_prepared_gives_no_answer(tmp_path: Path) -> None:
    said = Shell(f"sqlite:///{tmp_path / 'bare.db'}")(*ASK)

    assert (said.code, said.out) == (NO_ANSWER, "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_policies_that_are_not_what_their_digest_names_give_no_answer(
    shell: Shell, engine: Engine
) -> None:
    with engine.begin() as connection:
        unguard(connection, "revision")
        connection.execute(update(Revision).values(texts={"rules/login.csv": ""}))

    said = shell(*ASK)

    assert (said.code, said.out) == (NO_ANSWER, "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it has one writer
def test_while_another_writes_without_end_a_command_gives_no_answer(
    shell: Shell, engine: Engine
) -> None:
    with engine.begin():
        said = shell("client", "add", "TRACS", "--scope", "gate")

    assert (said.code, said.out) == (NO_ANSWER, "")
