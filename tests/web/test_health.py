"""GET /healthz and /readyz: whether the process lives, and whether it can decide."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, insert, update

from models.engine import open_engine
from models.ledger import CheckpointRow
from models.policy import ActiveRevision, Revision
from models.schema import upgrade
from models.token_key import TokenKey, keyed
from service.app import create_app
from service.clients import add_client
from service.clock import system_clock
from service.ledger.receipts import Signer
from service.policy.folder import SHIPPED, read_texts
from service.sealer.work import Sealer, seal_all
from service.wiring import Wiring
from tests.conftest import Callers, Clock
from tests.database.feeds import Feed, whole
from tests.database.owner import unguard
from tests.web.asking import ANY_DATABASE


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Engine]:
    """A database nobody has prepared."""
    engine = open_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    yield engine
    engine.dispose()


def _fresh(engine: Engine, clock: Callable[[], datetime]) -> FlaskClient:
    """A process that has just begun and decided nothing yet."""
    return create_app(Wiring(engine, clock), Signer(Ed25519PrivateKey.generate())).test_client()


def test_a_prepared_service_is_alive_and_ready(engine: Engine) -> None:
    http = _fresh(engine, system_clock)  # the one the database's own is compared with

    alive, ready = http.get("/healthz"), http.get("/readyz")

    assert (alive.status_code, alive.json) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json) == (200, {"status": "ready", "wrong": []})


def test_a_database_without_its_schema_is_not_ready_and_says_what_to_run(
    bare: Engine, clock: Clock
) -> None:
    response = _fresh(bare, clock).get("/readyz")

    assert response.status_code == 503
    assert response.json["status"] == "not ready"
    assert "gatehouse db upgrade" in response.json["wrong"][0]


def test_a_process_that_is_not_ready_is_still_alive(bare: Engine, clock: Clock) -> None:
    assert _fresh(bare, clock).get("/healthz").status_code == 200


def test_a_database_without_a_policy_is_not_ready(bare: Engine, clock: Clock) -> None:
    with bare.begin() as connection:
        upgrade(connection)

    response = _fresh(bare, clock).get("/readyz")

    assert response.status_code == 503
    assert response.json["wrong"][0].startswith("policy:")


def test_a_service_whose_tokens_are_known_by_another_key_is_not_ready(
    engine: Engine, callers: Callers, clock: Clock
) -> None:
    assert callers.tokens
    other = TokenKey(b"that of another house")

    response = _fresh(keyed(engine, lambda: other), clock).get("/readyz")

    assert response.status_code == 503
    assert "GATEHOUSE_TOKEN_KEY" in response.json["wrong"][0]


def test_a_pointer_to_nothing_is_not_ready(engine: Engine, clock: Clock) -> None:
    with engine.begin() as connection:
        connection.execute(delete(ActiveRevision))

    assert _fresh(engine, clock).get("/readyz").status_code == 503


def test_policies_that_are_not_what_their_digest_names_are_not_ready(
    engine: Engine, clock: Clock
) -> None:
    texts = {path: raw.decode() for path, raw in read_texts(SHIPPED).items()}
    texts["rules/login.csv"] = texts["rules/login.csv"].replace("> 90", "> 9000")
    with engine.begin() as connection:
        unguard(connection, "revision")
        connection.execute(update(Revision).values(texts=texts))

    response = _fresh(engine, clock).get("/readyz")

    assert response.status_code == 503
    assert response.json["wrong"]


def test_a_file_that_is_no_database_is_not_ready(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "bare.db"
    file.write_bytes(b"this is no database, whatever its name says; " * 100)
    engine = open_engine(f"sqlite:///{file}")

    response = _fresh(engine, clock).get("/readyz")

    engine.dispose()
    assert response.status_code == 503
    assert response.json["wrong"]


@ANY_DATABASE
def test_a_feed_is_named_when_it_is_older_than_three_days_and_keeps_nobody_from_deciding(
    engine: Engine, parts: Wiring, clock: Clock, tmp_path: Path
) -> None:
    http = _fresh(engine, clock)
    never = http.get("/readyz").json
    Feed(parts, tmp_path / "feed").says(**whole())

    clock.at += timedelta(days=3)
    on_time = http.get("/readyz").json
    clock.at += timedelta(seconds=1)
    late = http.get("/readyz")

    assert never == on_time == {"status": "ready", "wrong": []}
    assert (late.status_code, late.json["status"]) == (200, "ready")
    (named,) = late.json["late"]
    assert named.startswith("feed: ")
    assert "3 days ago" in named


@ANY_DATABASE
def test_a_feed_of_an_earlier_day_is_as_old_as_that_day_is_over(
    engine: Engine, parts: Wiring, clock: Clock, tmp_path: Path
) -> None:
    Feed(parts, tmp_path / "feed").says(**whole(), day="2026-02-26")

    late = _fresh(engine, clock).get("/readyz").json["late"]

    assert [each.partition(":")[0] for each in late] == ["feed"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("off", "named"), [(3, ""), (-3, ""), (60, "ahead of"), (-60, "behind")])
def test_a_clock_that_is_not_the_databases_is_named(engine: Engine, off: int, named: str) -> None:
    ready = _fresh(engine, lambda: system_clock() + timedelta(seconds=off)).get("/readyz")

    assert ready.status_code == 200
    late = ready.json.get("late", [])
    assert len(late) == bool(named)
    assert all(each.startswith("clock: ") and named in each for each in late)


@ANY_DATABASE
def test_entries_that_nobody_seals_are_named_after_a_minute(
    parts: Wiring, signer: Signer, clock: Clock
) -> None:
    sealer = Sealer(parts.engine, signer, parts.clock, None, "")
    http = create_app(parts, signer, sealer).test_client()
    seal_all(parts.engine)
    with parts.engine.begin() as connection:
        add_client(connection, "somebody", ["gate"], clock())
    before = http.get("/readyz").json

    clock.at += timedelta(seconds=61)
    after = http.get("/readyz").json

    assert before == {"status": "ready", "wrong": []}
    assert [each.partition(":")[0] for each in after["late"]] == ["ledger"]


@ANY_DATABASE
def test_a_receiver_is_named_without_what_its_address_keeps_secret(
    parts: Wiring, signer: Signer, clock: Clock
) -> None:
    with parts.engine.begin() as connection:
        row = {"size": 0, "made_at": clock(), "note": "a note"}
        connection.execute(insert(CheckpointRow), row)
    url = "https://us:CANARY@receiver.invalid:8443/hook/CANARY?key=CANARY"
    sealer = Sealer(parts.engine, signer, parts.clock, None, url)
    clock.at += timedelta(minutes=2)

    late = create_app(parts, signer, sealer).test_client().get("/readyz").json["late"]

    assert [each for each in late if "receiver.invalid:8443 was told none" in each]
    assert "CANARY" not in str(late)
