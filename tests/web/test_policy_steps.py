"""From a wish to what counts, over HTTP: two people, one pointer, and a way back."""

import sys
from collections.abc import Iterator
from datetime import UTC, timedelta
from threading import Barrier, Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from models.engine import reading
from models.ledger import Entry
from models.policy import ActiveRevision, Revision
from service.app import create_app
from service.ledger.receipts import Signer
from service.policy.active import Courts
from service.wiring import Wiring
from tests.conftest import Clock
from tests.database.wass import OAKS, Somebody, Wass
from tests.web.asking import ANY_DATABASE, Gate
from tests.web.policies import LOGIN, NINETY, SIXTY, THIRTY, Office, edited, shipped

STEPS = {"policy_publication", "policy_approval", "policy_activation"}


@pytest.fixture
def office(http: FlaskClient, parts: Wiring) -> Office:
    """Ann writes, Ben writes and approves, Cleo approves, Dora reads."""
    return Office(http, parts)


@pytest.fixture
def away(wass: Wass) -> Iterator[str]:
    """One person after the other who was away for seventy days; whoever comes in is not."""
    people = [
        Somebody(id=f"M7000{each}", coordinator=True, bpr=(OAKS,), last_activity_on="2025-12-22")
        for each in range(5)
    ]
    wass.knows(*people)
    return iter([each.id for each in people])


def test_a_change_counts_once_another_approved_it_and_until_it_is_taken_back(
    office: Office, gate: Gate, away: Iterator[str]
) -> None:
    said = [gate.login(next(away))]

    digest = office.publishes("Ann", edited(NINETY, SIXTY), "sixty days").json["digest"]
    said.append(gate.login(next(away)))
    office.approves("Cleo", digest)
    said.append(gate.login(next(away)))
    office.activates("Ann", digest)
    said.append(gate.login(next(away)))
    office.rolls_back("Ann")
    said.append(gate.login(next(away)))

    assert [each["reason"] for each in said] == ["OK", "OK", "OK", "INACTIVE", "OK"]
    assert [each["policy_digest"] == digest for each in said] == [False] * 3 + [True, False]


def test_what_may_change_a_decision_is_not_activated_without_an_approval(office: Office) -> None:
    before = office.active
    published = office.publishes("Ann", edited(NINETY, SIXTY)).json

    refused = office.activates("Ann", published["digest"])

    assert published["changes"] is True
    assert (refused.status_code, refused.json["outcome"]) == (409, "refused")
    assert "somebody else than its author has to approve it" in refused.json["why"][0]
    assert office.active == before


def test_nobody_approves_a_revision_of_his_own(office: Office) -> None:
    digest = office.wishes("Ben", edited(NINETY, SIXTY))

    refused = office.approves("Ben", digest)

    assert refused.status_code == 409
    assert refused.json["why"] == ["Ben published it; somebody else has to approve it"]
    assert office.activates("Ben", digest).status_code == 409


def test_nor_what_he_published_after_another_did(office: Office) -> None:
    digest = office.wishes("Ann", edited(NINETY, SIXTY))
    office.approves("Ben", digest)

    office.wishes("Ben", edited(NINETY, SIXTY))

    assert office.approves("Ben", digest).status_code == 409
    assert office.activates("Ann", digest).status_code == 409


def test_words_alone_may_be_activated_by_their_author(office: Office) -> None:
    texts = edited("# Ninety days without use", "# Three months without use")

    published = office.publishes("Ann", texts).json
    activated = office.activates("Ann", published["digest"])

    assert (published["changes"], activated.status_code) == (False, 200)
    assert office.active == published["digest"]


def test_without_a_solver_nothing_is_proven_and_so_it_may_change_decisions(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("changes", "proof"):
        monkeypatch.setitem(sys.modules, f"service.policy.analysis.{name}", None)

    published = office.publishes("Ann", edited(" && r.today >= '2017-10-22'", "")).json

    assert published["changes"] is True
    assert any("solver is not installed" in each for each in published["report"]["why"])


@ANY_DATABASE
def test_an_approval_is_for_the_place_of_what_was_active_then(office: Office) -> None:
    one, other = (office.wishes("Ann", edited(NINETY, days)) for days in (SIXTY, THIRTY))
    for digest in (one, other):
        assert office.approves("Cleo", digest).status_code == 200
    office.activates("Ann", one)

    refused = office.activates("Ann", other)

    assert refused.status_code == 409
    assert "published to replace another" in refused.json["why"][0]
    assert office.active == one


@ANY_DATABASE
def test_a_step_that_names_what_it_replaces_is_refused_when_that_is_not_active(
    office: Office,
) -> None:
    digest = office.wishes("Ann", edited(NINETY, SIXTY))

    refused = office.approves("Cleo", digest, replaces="0" * 64)

    assert refused.status_code == 409
    assert f"it was to replace {'0' * 64}" in refused.json["why"][0]


@ANY_DATABASE
def test_what_was_taken_back_needs_another_approval(office: Office) -> None:
    digest = office.brings(edited(NINETY, SIXTY))
    office.rolls_back("Ann")

    assert office.activates("Ann", digest).status_code == 409
    assert office.approves("Cleo", digest).status_code == 200
    assert office.activates("Ann", digest).status_code == 200


@ANY_DATABASE
def test_the_way_back_is_open_for_seven_days(office: Office, clock: Clock) -> None:
    digest = office.brings(edited(NINETY, SIXTY))
    activated_at = clock.at.astimezone(UTC)

    clock.at = activated_at + timedelta(days=7, seconds=1)
    late = office.rolls_back("Ann")
    clock.at = activated_at + timedelta(days=7)

    assert (late.status_code, office.active) == (409, digest)
    assert "more than 7 days" in late.json["why"][0]
    assert office.rolls_back("Ann").status_code == 200


@ANY_DATABASE
def test_a_way_back_is_not_taken_back_nor_is_the_first_revision(office: Office) -> None:
    first = office.rolls_back("Cleo")
    office.brings(edited(NINETY, SIXTY))
    office.rolls_back("Cleo")

    again = office.rolls_back("Cleo")

    assert (first.status_code, again.status_code) == (409, 409)
    assert "(installed)" in first.json["why"][0]
    assert "(rollback)" in again.json["why"][0]


@ANY_DATABASE
def test_what_was_never_published_is_neither_approved_nor_activated(office: Office) -> None:
    for step in (office.approves("Ben", "0" * 64), office.activates("Ben", "0" * 64)):
        assert (step.status_code, step.json["why"]) == (409, ["it was never published"])


@ANY_DATABASE
def test_what_is_active_already_is_no_step(office: Office) -> None:
    already = "it is the active revision already"

    for step in (
        office.publishes("Ann", shipped()),
        office.approves("Cleo", office.active),
        office.activates("Ann", office.active),
    ):
        assert (step.status_code, step.json["why"]) == (409, [already])


def test_of_two_approved_revisions_activated_at_once_one_counts(office: Office) -> None:
    start = Barrier(2)
    one, other = (office.wishes("Ann", edited(NINETY, days)) for days in (SIXTY, THIRTY))
    for digest in (one, other):
        office.approves("Cleo", digest)
    came: dict[str, int] = {}

    def activate(digest: str) -> None:
        start.wait()
        came[digest] = office.activates("Ann", digest).status_code

    racers = [Thread(target=activate, args=(digest,)) for digest in (one, other)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(came.values()) == [200, 409]
    assert came[office.active] == 200


@ANY_DATABASE
def test_what_cannot_be_read_is_refused_by_file_and_line_and_nothing_is_kept(
    office: Office, parts: Wiring
) -> None:
    texts = edited("r.user.days_idle > 90", "r.user.days_idel > 90")

    refused = office.publishes("Ann", texts)

    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"].startswith(f"{LOGIN}:")
    assert "unknown fact r.user.days_idel" in refused.json["errors"][0]["detail"]
    with reading(parts.engine).begin() as connection:
        assert len(connection.execute(select(Revision.digest)).all()) == 1


@ANY_DATABASE
def test_what_breaks_an_invariant_is_refused(office: Office) -> None:
    refused = office.publishes("Ann", edited(NINETY, "r.user.days_idle > 120 "))

    assert refused.status_code == 422
    assert "Nobody idle beyond the limit" in str(refused.json["errors"])


@ANY_DATABASE
def test_every_step_is_a_ledger_entry_with_a_receipt_a_refused_one_too(
    office: Office, parts: Wiring
) -> None:
    digest = office.wishes("Ann", edited(NINETY, SIXTY), "why")
    steps = [
        office.activates("Ann", digest),
        office.approves("Cleo", digest),
        office.activates("Ann", digest),
        office.rolls_back("Ann"),
    ]

    with reading(parts.engine).begin() as connection:
        query = select(Entry.id, Entry.kind, Entry.outcome).where(Entry.kind.in_(STEPS))
        kept = {row.id: (row.kind, row.outcome) for row in connection.execute(query)}
    assert [kept[step.json["decision_id"]] for step in steps] == [
        ("policy_activation", "refused"),
        ("policy_approval", "done"),
        ("policy_activation", "done"),
        ("policy_activation", "done"),
    ]
    assert all(step.json["receipt"]["signature"] for step in steps)


@ANY_DATABASE
def test_the_same_key_takes_a_step_once(office: Office) -> None:
    texts = edited(NINETY, SIXTY)
    body, key = {"texts": texts}, {"Idempotency-Key": "k1"}

    one, other = (
        office.asks("Ann", "POST", "/revisions", json=body, headers=key) for _ in range(2)
    )

    assert other.get_data() == one.get_data()
    assert other.headers["Idempotency-Replayed"] == "true"
    assert len(office.asks("Dora", "GET", "/revisions").json["revisions"]) == 1


@ANY_DATABASE
def test_a_step_needs_its_scope(office: Office) -> None:
    digest = office.wishes("Ann", edited(NINETY, SIXTY))

    for refused in (
        office.publishes("Cleo", shipped()),
        office.approves("Ann", digest),
        office.activates("Dora", digest),
        office.rolls_back("Dora"),
    ):
        assert refused.status_code == 403


@ANY_DATABASE
def test_the_record_shows_what_was_published_approved_and_active(office: Office) -> None:
    before = office.active
    digest = office.wishes("Ann", edited(NINETY, SIXTY), "sixty")
    office.approves("Cleo", digest)
    office.activates("Ann", digest)

    policy = office.asks("Dora", "GET", "").json
    listed = office.asks("Dora", "GET", "/revisions").json["revisions"]
    shown = office.asks("Dora", "GET", f"/revisions/{digest}").json

    assert (
        policy["activation"] | {"digest": digest, "replaces": before, "how": "approved"}
        == (policy["activation"])
    )
    assert [move["how"] for move in policy["history"]] == ["approved", "installed"]
    assert (listed[0]["author"], listed[0]["note"], listed[0]["active"]) == ("Ann", "sixty", True)
    assert [consent["approver"] for consent in listed[0]["approvals"]] == ["Cleo"]
    assert shown["texts"] == edited(NINETY, SIXTY)
    assert shown["publications"] == listed


@ANY_DATABASE
def test_publications_come_a_page_at_a_time(office: Office) -> None:
    days = range(30, 35)
    digests = [
        office.wishes("Ann", edited(NINETY, f"r.user.days_idle > {each} ")) for each in days
    ]

    found, cursor = [], ""
    while True:
        page = office.asks("Dora", "GET", f"/revisions?limit=2{cursor}").json
        found += [each["digest"] for each in page["revisions"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert found == digests[::-1]


@ANY_DATABASE
@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=x", "limit=1&limit=2", "a=b"])
def test_a_page_that_is_none_is_badly_asked(office: Office, query: str) -> None:
    assert office.asks("Dora", "GET", f"/revisions?{query}").status_code == 422


@ANY_DATABASE
def test_a_revision_that_is_not_stored_is_not_there(office: Office) -> None:
    assert office.asks("Dora", "GET", f"/revisions/{'0' * 64}").status_code == 404


def test_a_host_that_cannot_compile_what_is_active_answers_by_no_other_revision(
    parts: Wiring, http: FlaskClient, signer: Signer, gate: Gate, away: Iterator[str]
) -> None:
    assert gate.login(next(away))["decision"] == "allow"
    newer = {**shipped(), LOGIN: "# From a later version.\n"}
    with parts.engine.begin() as connection:
        row = {"digest": "f" * 64, "texts": newer, "author": "x", "note": ""}
        connection.execute(insert(Revision).values(**row, stored_at=parts.clock()))
        connection.execute(update(ActiveRevision).values(digest="f" * 64))

    for served in (
        http,
        create_app(Wiring(parts.engine, parts.clock, Courts()), signer).test_client(),
    ):
        asked = served.post(
            "/v1/logins", json={"user_id": next(away), "entry": "tracs_menu"}, headers=gate.headers
        )
        assert (asked.status_code, asked.json["decision"]) == (503, "lock")
        assert served.get("/readyz").status_code == 503
