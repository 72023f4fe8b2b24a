"""gatehouse client: who may call."""

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


def test_an_unknown_scope_is_asked_wrongly_and_an_unknown_client_is_a_no(shell: Shell) -> None:
    assert shell("client", "add", "TRACS", "--scope", "root").code == WRONGLY_ASKED
    assert shell("client", "revoke", "TRACS", "--json").code == NO
