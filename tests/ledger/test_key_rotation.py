"""A new key signs from its first use on; what the old one signed holds with the old one."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.engine import reading
from service.ledger.held_to import EvidenceError, gathered
from service.ledger.keys import Key, public_keys, use_key
from service.ledger.notes import NoteError, NoteKey, open_note
from service.ledger.reading import kept
from service.ledger.receipts import Signer, signing
from service.ledger.verify import Evidence, verify
from tests.ledger.conftest import Ledger


@pytest.fixture
def rotated(ledger: Ledger) -> Ledger:
    """A ledger with a checkpoint by the old key, one by the new key, and a tail by the new one."""
    ledger.grows(5)
    ledger.writes(2)
    _takes(ledger, Signer(Ed25519PrivateKey.generate()))
    ledger.grows(5)
    ledger.writes(2)
    return ledger


def _takes(ledger: Ledger, signer: Signer) -> None:
    """Sign with another key from now on."""
    ledger.signer = signer
    with signing(ledger.engine, lambda: signer).begin() as connection:
        use_key(connection, signer, ledger.at)


def _keys(ledger: Ledger) -> list[Key]:
    with reading(ledger.engine).begin() as connection:
        return public_keys(connection)


def _written(folder: Path, *keys: Key) -> Path:
    """A file with *keys*, as /v1/ledger/keys gives them."""
    file = folder / "keys.json"
    file.write_bytes(orjson.dumps({"keys": [{"public_key": key.public_key} for key in keys]}))
    return file


def _evidence(ledger: Ledger, *, keys: Path, receipts: Path | None = None) -> Evidence:
    """The checkpoints outside, by the keys of a file."""
    return gathered(None, ledger.tree().origin, ledger.folder, keys, receipts)


def _held(ledger: Ledger, folder: Path) -> Path:
    """A file with every receipt somebody holds."""
    answers: list[dict[str, Any]] = [
        {"decision_id": entry_id, "receipt": asdict(receipt)}
        for entry_id, receipt in ledger.receipts.items()
    ]
    file = folder / "receipts.jsonl"
    file.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in answers))
    return file


def test_a_ledger_of_two_keys_is_intact(rotated: Ledger) -> None:
    found = rotated.verified(held=True)

    assert found.damage is None
    assert (found.signed, found.checkpoints) == (2, 2)
    assert {each.key_id for each in rotated.receipts.values()} == {
        key.key_id for key in _keys(rotated)
    }


def test_the_history_has_both_keys_in_their_order_also_when_the_old_one_comes_back(
    rotated: Ledger, signer: Signer
) -> None:
    both = _keys(rotated)

    _takes(rotated, signer)
    rotated.grows(1)

    assert [key.key_id for key in both] == [signer.key_id, both[1].key_id]
    assert _keys(rotated) == both
    assert rotated.verified(held=True).intact


def test_each_checkpoint_is_signed_by_the_key_of_its_time(rotated: Ledger, signer: Signer) -> None:
    origin = rotated.tree().origin
    old, new = (NoteKey(origin, each.raw_public_key) for each in (signer, rotated.signer))
    before, after = rotated.folder.notes(origin)

    assert open_note(before, [old])
    assert open_note(after, [new])
    for note, key in ((before, new), (after, old)):
        with pytest.raises(NoteError, match="signed by no key that is known"):
            open_note(note, [key])


def test_who_has_a_file_of_both_keys_finds_it_intact(rotated: Ledger, tmp_path: Path) -> None:
    keys, receipts = _written(tmp_path, *_keys(rotated)), _held(rotated, tmp_path)

    with reading(rotated.engine).begin() as connection:
        found = verify(
            lambda: list(kept(connection)), _evidence(rotated, keys=keys, receipts=receipts)
        )

    assert found.damage is None
    assert found.receipts == len(rotated.receipts)


@pytest.mark.parametrize("which", [0, 1], ids=["the old key", "the new key"])
def test_who_has_one_key_only_is_told_so_and_told_nothing_of_damage(
    rotated: Ledger, tmp_path: Path, which: int
) -> None:
    keys = _written(tmp_path, _keys(rotated)[which])

    with pytest.raises(EvidenceError, match="signed by no key that is known"):
        _evidence(rotated, keys=keys)


def test_a_receipt_of_a_key_that_is_not_in_the_file_is_named_by_its_line(
    ledger: Ledger, tmp_path: Path
) -> None:
    ledger.writes(2)
    _takes(ledger, Signer(Ed25519PrivateKey.generate()))
    keys, receipts = _written(tmp_path, _keys(ledger)[1]), _held(ledger, tmp_path)

    with pytest.raises(EvidenceError, match=r"receipts\.jsonl:1: none of the keys signed"):
        _evidence(ledger, keys=keys, receipts=receipts)
