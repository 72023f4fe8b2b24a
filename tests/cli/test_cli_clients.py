"""gatehouse client: who may call."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.cli.command import NO, WRONGLY_ASKED, YES, Shell
from tests.web.asking import entries

ASK = {"user_id": "M77777", "entry": "rob"}


def test_a_client_is_added_listed_and_revoked(
    shell: Shell, http: FlaskClient, engine: Engine
) -> None:
    added = shell("client", "add", "iMAX", "--scope", "gate", "--scope", "auditor", "--json")
    token = added.json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    asked = http.post("/v1/logins", json=ASK, headers=headers)

    again = shell("client", "add", "iMAX", "--scope", "gate")
    listed = shell("client", "list", "--json")
    revoked = shell("client", "revoke", "iMAX")
    refused = http.post("/v1/logins", json=ASK, headers=headers)

    assert (added.code, asked.status_code) == (YES, 200)
    assert (again.code, again.out) == (NO, "")
    (client,) = listed.json
    assert (client["name"], sorted(client["scopes"])) == ("iMAX", ["auditor", "gate"])
    assert (revoked.code, refused.status_code) == (YES, 401)
    assert token not in str(entries(engine)) + listed.out


def test_a_token_alone_is_printed_so_that_a_script_can_keep_it(shell: Shell) -> None:
    added = shell("client", "add", "TRACS", "--scope", "gate")

    assert (added.code, added.out.count("\n")) == (YES, 1)
    assert added.out.startswith("gh_")


def test_a_token_expires_in_a_year_unless_another_day_is_said(shell: Shell) -> None:
    today = date.fromisoformat(
        shell("login", "M77777", "--entry", "rob", "--json").json["as_of"][:10]
    )
    given = {"year": [], "days": ["--expires", "90d"], "day": ["--expires", "2031-05-06"]}
    given["ever"] = ["--expires", "never"]

    added = {
        n: shell("client", "add", n, "--scope", "gate", *o, "--json") for n, o in given.items()
    }

    days = {name: each.json["expires_on"] for name, each in added.items()}
    assert days == {
        "year": (today + timedelta(365)).isoformat(),
        "days": (today + timedelta(90)).isoformat(),
        "day": "2031-05-06",
        "ever": None,
    }
    listed = {each["name"]: each["expires_on"] for each in shell("client", "list", "--json").json}
    assert listed == {name: day or "" for name, day in days.items()}
    assert "never" in shell("client", "list").out


@pytest.mark.parametrize("day", ["", "tomorrow", "2031-02-30", "-1d", "90", "99999d"])
def test_a_day_that_is_none_is_asked_wrongly(shell: Shell, day: str) -> None:
    assert shell("client", "add", "TRACS", "--scope", "gate", "--expires", day).code == 2


def test_a_client_is_renewed_and_its_use_is_listed(shell: Shell) -> None:
    old = shell("client", "add", "Ann", "--scope", "author", "--json").json["token"]
    renewed = shell("client", "renew", "Ann", "--json")
    new = renewed.json["token"]

    for token in (old, new):
        shell("policy", "rollback", GATEHOUSE_TOKEN=token)
    listed = shell("client", "list", "--json").json

    assert (renewed.code, new != old, len(listed)) == (YES, True, 2)
    assert listed[0]["expires_on"] == renewed.json["old_until"] < listed[1]["expires_on"]
    assert all(each["last_used_at"] for each in listed)
    assert shell("client", "revoke", "Ann").code == YES
    assert all(each["revoked_at"] for each in shell("client", "list", "--json").json)
    assert shell("client", "renew", "Ann").code == NO


def test_who_gives_a_command_by_an_expired_token_is_told_what_to_do(shell: Shell) -> None:
    added = shell("client", "add", "Ann", "--scope", "author", "--expires", "2020-01-01", "--json")

    said = shell("policy", "rollback", GATEHOUSE_TOKEN=added.json["token"])

    assert (said.code, said.out) == (NO, "")
    assert "expired" in said.err
    assert "gatehouse client renew" in said.err


def test_an_unknown_scope_is_asked_wrongly_and_an_unknown_client_is_a_no(shell: Shell) -> None:
    assert shell("client", "add", "TRACS", "--scope", "root").code == WRONGLY_ASKED
    assert shell("client", "revoke", "TRACS", "--json").code == NO
