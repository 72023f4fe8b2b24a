"""gatehouse window close: what ended, shown and recorded; the clock is the machine's own."""

import os
import pty
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine, delete

from models.policy import ActiveRevision
from service.clock import system_clock
from service.recertification.ended import WHOLE
from service.wiring import Wiring
from tests.cli.command import NO_ANSWER, WRONGLY_ASKED, YES, Shell
from tests.database.closer import Closer
from tests.database.wass import OAKS, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, entries

USERS = [f"M1{number:04}" for number in range(25)]


@pytest.fixture
def closer(engine: Engine) -> Closer:
    """Twenty-five people: the first was certified and a role of hers is flagged."""
    parts = Wiring(engine, system_clock)
    closer = Closer(parts)
    opened = closer.found().window.opens
    users = [Somebody(id=each, properties=(OAKS,)) for each in USERS]
    Wass(parts).knows(*users, coordinator(), certified=[(USERS[0], "M90001", opened)])
    closer.flags(USERS[0], "TRACS", (OAKS,), on=opened)
    return closer


def test_the_whole_is_first_tried_and_then_recorded(shell: Shell, closer: Closer) -> None:
    window = closer.found().window

    tried = shell("window", "close", "--dry-run", "--json")
    after_trying = entries(closer.parts.engine, "window_close", "window_closed")
    closed = shell("window", "close", "--json")
    again = shell("window", "close", "--json")

    assert (tried.code, closed.code, again.code) == (YES, YES, YES)
    assert (tried.json["dry_run"], after_trying) == (True, [])
    (external,) = [w for w in closed.json["windows"] if w["population"] == "external"]
    (would_be,) = [w for w in tried.json["windows"] if w["population"] == "external"]
    assert (external["opens"], external["closes"]) == (window.opens, window.closes)
    assert external["people"] == 26
    assert external["removed"] == [[USERS[0], "TRACS", WHOLE]]
    assert external["closed_out"] == [[USERS[0], "M90001", window.opens]]
    assert external["uncertified"] == USERS[1:]
    assert external["entries"] == list(closer.found().entries)
    assert (external["finished_at"] is None, external["already"]) == (False, False)
    unrecorded = {"finished_at": None, "entries": [], "already": False}
    assert would_be == {**external, **unrecorded}
    assert again.json["windows"] == [{**w, "already": True} for w in closed.json["windows"]]


@ANY_DATABASE
def test_people_are_told_of_the_first_twenty_and_where_the_rest_is(
    shell: Shell, closer: Closer
) -> None:
    tried = shell("window", "close", "--dry-run")

    closed = shell("window", "close")

    shown = ", ".join(USERS[1:21]) + " and 4 more"
    last = closer.found().entries[-1]
    assert f"Left uncertified: {shown}\n" in closed.out
    assert f"Roles removed: {USERS[0]}\n" in closed.out
    assert f"Recorded in 2 entries of the ledger, the last of them {last}\n" in closed.out
    assert "--json shows everybody." in closed.out
    assert f"Left uncertified: {shown}\n" in tried.out
    assert "Nothing was recorded (dry run)." in tried.out
    assert (closed.err, tried.err) == ("", "")


@ANY_DATABASE
def test_when_all_is_recorded_one_sentence_says_so(shell: Shell, closer: Closer) -> None:
    shell("window", "close")

    again = shell("window", "close")

    assert again.code == YES
    assert again.out.startswith("Nothing to close: what ended is recorded already")
    assert again.out.count("\n") == 1


def test_two_hosts_at_once_both_end_well_and_record_it_once(shell: Shell, closer: Closer) -> None:
    with ThreadPoolExecutor(2) as hosts:
        ended = list(hosts.map(lambda _: shell("window", "close", "--json"), range(2)))

    assert [each.code for each in ended] == [YES, YES]
    windows = [
        [{k: v for k, v in window.items() if k != "already"} for window in each.json["windows"]]
        for each in ended
    ]
    assert windows[0] == windows[1]
    kept = entries(closer.parts.engine, "window_close", "window_closed")
    assert {each["id"] for each in kept} == {e for w in windows[0] for e in w["entries"]}


@ANY_DATABASE
def test_a_terminal_that_watches_sees_how_far_it_is_beside_the_answer(
    closer: Closer, database_url: str
) -> None:
    names = {**os.environ, "GATEHOUSE_DATABASE_URL": database_url, "TERM": "xterm"}
    command = [Path(sys.executable).with_name("gatehouse"), "window", "close", "--json"]
    watching, terminal = pty.openpty()

    ran = subprocess.run(command, env=names, stdout=subprocess.PIPE, stderr=terminal, check=True)

    os.close(terminal)
    seen = os.read(watching, 100_000).decode()
    os.close(watching)
    assert closer.found().name in seen
    assert "100%" in seen
    assert {window["people"] for window in orjson.loads(ran.stdout)["windows"]} == {0, 26}


@ANY_DATABASE
def test_an_option_that_is_none_is_asked_wrongly(shell: Shell) -> None:
    assert shell("window", "close", "--all").code == WRONGLY_ASKED


@ANY_DATABASE
def test_without_policies_or_schema_there_is_no_answer(
    shell: Shell, engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        connection.execute(delete(ActiveRevision))

    bare = Shell(f"sqlite:///{tmp_path}/bare.db")

    assert shell("window", "close").code == NO_ANSWER
    assert bare("window", "close", "--json").code == NO_ANSWER
