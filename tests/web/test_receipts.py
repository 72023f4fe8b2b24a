"""Every answer carries a receipt that anybody can verify with the public keys."""

import hashlib
from base64 import b64decode
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models.engine import reading
from models.ledger import Entry
from service.ledger.keys import use_key
from service.ledger.receipts import Signer
from service.serving import start
from service.wiring import Wiring
from tests.database.wass import Wass
from tests.web.asking import Gate


def verify(answer: dict[str, Any], body: bytes, keys: dict[str, bytes]) -> None:
    """Check the receipt as somebody would who has nothing of ours but the public keys."""
    receipt = answer["receipt"]
    leaf_hash = hashlib.sha256(b"\x00" + body).hexdigest()
    assert receipt["leaf_hash"] == leaf_hash
    text = f"gatehouse receipt v1\n{answer['decision_id']}\n{leaf_hash}\n"
    key = Ed25519PublicKey.from_public_bytes(keys[receipt["key_id"]])
    key.verify(b64decode(receipt["signature"]), text.encode())


def published(http: FlaskClient) -> dict[str, bytes]:
    """The public keys, as anybody may read them."""
    keys = http.get("/v1/ledger/keys").json["keys"]
    return {each["key_id"]: b64decode(each["public_key"]) for each in keys}


def body_of(engine: Engine, entry_id: str) -> bytes:
    """The exact bytes of an entry."""
    with reading(engine).begin() as connection:
        return bytes(
            connection.execute(select(Entry.body).where(Entry.id == entry_id)).scalar_one()
        )


@pytest.fixture
def _started(parts: Wiring, signer: Signer) -> None:
    with parts.engine.begin() as connection:
        use_key(connection, signer, parts.clock())


@pytest.mark.usefixtures("_started")
def test_the_receipt_of_an_allow_and_of_a_lock_can_be_verified_by_anybody(
    gate: Gate, wass: Wass, http: FlaskClient, engine: Engine
) -> None:
    user = wass.knows_a_user()

    answers = [gate.login(user), gate.login("M77777"), gate.accepts(user).json]

    for answer in answers:
        verify(answer, body_of(engine, answer["decision_id"]), published(http))


@pytest.mark.usefixtures("_started")
def test_a_receipt_is_of_its_own_entry_and_of_no_other(
    gate: Gate, http: FlaskClient, engine: Engine
) -> None:
    one, other = gate.login("M77777"), gate.login("M77778")
    body = body_of(engine, one["decision_id"])

    with pytest.raises(InvalidSignature):
        verify({**one, "decision_id": other["decision_id"]}, body, published(http))


@pytest.mark.usefixtures("_started")
def test_a_new_key_leaves_the_old_one_published(
    parts: Wiring, http: FlaskClient, signer: Signer
) -> None:
    new = Signer(Ed25519PrivateKey.generate())
    with parts.engine.begin() as connection:
        use_key(connection, new, parts.clock())
        use_key(connection, new, parts.clock())

    assert set(published(http)) == {signer.key_id, new.key_id}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_start_makes_the_key_known(parts: Wiring, http: FlaskClient, signer: Signer) -> None:
    start(parts, signer)

    assert set(published(http)) == {signer.key_id}
