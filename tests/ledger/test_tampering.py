"""Whoever owns the database can change it; nobody can do so unseen."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, func, insert, select, text, update

from models.keys import PublicKey
from models.ledger import CheckpointRow, Entry, Leaf, Node, Signature, TreeHead
from models.types import canonical
from service.ledger.checkpoints import DivergedError, hold_to, newest_of
from service.ledger.entries import Entry as Said
from service.ledger.entries import append, uuid7
from service.ledger.receipts import Signer
from service.ledger.sealing import BATCH, head, seal
from service.ledger.tree import Peaks, leaf_hash
from service.ledger.verify import CHANGED, INSERTED, MISSING, MOVED, Damage
from service.sealer.giving import give_out
from tests.database.owner import unguard
from tests.ledger.conftest import Ledger

ROWS = 210
#: Rows of each column that are edited: on PostgreSQL each look takes longer and finds the same.
SAMPLE = {"sqlite": 200, "postgresql": 50}
#: For every column of entry and leaf, another value of its type.
EDITS = {
    **{("entry", name): "x" for name in ("kind", "person_id", "outcome", "reason")},
    ("entry", "id"): "00000000-0000-7000-8000-000000000000",
    ("entry", "as_of"): "2020-01-01 00:00:00+00:00",
    ("entry", "body"): b"",  # in its place: see _longer
    ("leaf", "entry_id"): "00000000-0000-7000-8000-000000000000",
    ("leaf", "leaf_hash"): leaf_hash(b"x"),
    ("leaf", "tree_index"): 1_000_000,
}


_SIGNED = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def grown(ledger: Ledger) -> Ledger:
    """A ledger of three checkpoints, with some entries behind the last, sealed and not."""
    for _ in range(3):
        ledger.grows(ROWS // 3)
    ledger.writes(3)
    ledger.seals()
    ledger.writes(3)
    return ledger


@pytest.fixture
def owner(grown: Ledger) -> Iterator[Connection]:
    """Who owns the database, in a transaction that is rolled back."""
    with grown.engine.connect() as connection:
        connection.begin()
        for table in ("entry", "leaf", "signature", "checkpoint"):
            unguard(connection, table)
        yield connection
        connection.rollback()


def _damage(ledger: Ledger, owner: Connection, *, held: bool = False) -> Damage:
    damage = ledger.verified_in(owner, held=held).damage
    assert damage is not None, "nothing was found"
    return damage


def _covered(ledger: Ledger) -> list[str]:
    """The entries under the last checkpoint, in the order of the tree."""
    return list(ledger.receipts)[:-6]


def test_a_ledger_nobody_touched_is_intact(grown: Ledger) -> None:
    found = grown.verified(held=True)

    assert found.damage is None
    assert found.entries == found.covered + found.signed + found.unsigned
    assert (found.signed, found.unsigned) == (6, 0)


@pytest.mark.parametrize(("table", "column"), EDITS)
def test_an_edit_of_any_column_of_any_row_is_found_and_named(
    grown: Ledger, owner: Connection, table: str, column: str
) -> None:
    key = "id" if table == "entry" else "entry_id"
    edit = text(f"UPDATE {table} SET {column} = :value WHERE {key} = :id")
    unseen, unnamed = [], []
    for entry_id in Random(column).sample(list(grown.receipts), SAMPLE[owner.dialect.name]):
        before = owner.begin_nested()
        value = _longer(owner, entry_id) if column == "body" else EDITS[table, column]
        owner.execute(edit, {"value": value, "id": entry_id})
        found = grown.verified_in(owner).damage
        unseen += [] if found else [entry_id]
        unnamed += [] if found is None or _names(found, entry_id, column) else [found]
        before.rollback()

    assert unseen == []
    assert unnamed == []


def _longer(owner: Connection, entry_id: str) -> bytes:
    """The bytes of an entry with another number, that say of id and columns what they said."""
    body = owner.execute(select(Entry.body).where(Entry.id == entry_id)).scalar_one()
    return bytes(body).replace(b'"number":', b'"number":1')


def _names(found: Damage, entry_id: str, column: str) -> bool:
    """Whether the entry is named; whose id was changed is named by the new one."""
    if column == "tree_index":
        return found.how == MISSING
    return found.entry_id == entry_id or found.entry_id == _SIGNED


def test_an_entry_rewritten_with_its_hash_is_found_and_named(
    grown: Ledger, owner: Connection
) -> None:
    entry_id = _covered(grown)[70]
    _rewrite(owner, entry_id)

    found = _damage(grown, owner)

    assert (found.how, found.entry_id) == (CHANGED, entry_id)


def test_a_whole_tree_made_anew_without_the_key_is_found(grown: Ledger, owner: Connection) -> None:
    _rewrite(owner, _covered(grown)[70])
    _make_anew(owner)

    assert _damage(grown, owner).how == CHANGED


def test_an_entry_that_is_gone_is_named(grown: Ledger, owner: Connection) -> None:
    entry_id = _covered(grown)[70]
    owner.execute(delete(Entry).where(Entry.id == entry_id))

    found = _damage(grown, owner)

    assert (found.how, found.entry_id) == (MISSING, entry_id)


def test_an_entry_that_is_gone_with_its_leaf_leaves_its_place_empty(
    grown: Ledger, owner: Connection
) -> None:
    entry_id = _covered(grown)[70]
    place = owner.scalar(select(Leaf.tree_index).where(Leaf.entry_id == entry_id))
    _take_out(owner, [entry_id])

    found = _damage(grown, owner)

    assert (found.how, found.index) == (MISSING, place)


def test_a_tail_cut_before_the_last_checkpoint_is_found(grown: Ledger, owner: Connection) -> None:
    _take_out(owner, list(grown.receipts)[-20:])

    found = _damage(grown, owner)

    assert found.how == MISSING
    assert "the ledger ends here" in found.message


def test_a_tail_cut_after_the_last_checkpoint_is_found_by_who_holds_a_receipt(
    grown: Ledger, owner: Connection
) -> None:
    gone = list(grown.receipts)[-2:]
    _take_out(owner, gone)

    assert grown.verified_in(owner).intact
    found = _damage(grown, owner, held=True)
    assert (found.how, found.entry_id) == (MISSING, gone[0])


def test_an_entry_put_in_among_the_covered_ones_is_found(grown: Ledger, owner: Connection) -> None:
    entry_id = _forge(grown, owner)
    later = update(Leaf).where(Leaf.tree_index >= 50)
    owner.execute(later.values(tree_index=-Leaf.tree_index - 1))
    owner.execute(update(Leaf).where(Leaf.entry_id == entry_id).values(tree_index=50))
    owner.execute(update(Leaf).where(Leaf.tree_index < 0).values(tree_index=-Leaf.tree_index))

    assert _damage(grown, owner).how in (INSERTED, MOVED)


def test_an_entry_put_in_behind_the_checkpoints_with_a_made_up_signature_is_found(
    grown: Ledger, owner: Connection
) -> None:
    entry_id = _forge(grown, owner)
    signature = {"entry_id": entry_id, "key_id": grown.signer.key_id, "signature": b"s" * 64}
    owner.execute(insert(Signature), signature)

    found = _damage(grown, owner)

    assert (found.how, found.entry_id) == (INSERTED, entry_id)


def test_an_entry_that_nobody_signed_is_found(grown: Ledger, owner: Connection) -> None:
    entry_id = _forge(grown, owner)

    found = _damage(grown, owner)

    assert (found.how, found.entry_id) == (INSERTED, entry_id)
    assert found.message == "nobody signed it"


def test_no_checkpoint_is_made_over_an_entry_that_somebody_put_in(grown: Ledger) -> None:
    with grown.engine.begin() as owner:
        entry_id = _forge(grown, owner)
    grown.seals()

    with pytest.raises(DivergedError, match=f"nobody who is known signed the entry {entry_id}"):
        grown.checkpoints()


def test_a_key_that_somebody_added_signs_nothing(grown: Ledger, owner: Connection) -> None:
    entry_id = _forge(grown, owner)
    stranger = Signer(Ed25519PrivateKey.generate())
    body = owner.execute(select(Entry.body).where(Entry.id == entry_id)).scalar_one()
    signature = b64decode(stranger.receipt(entry_id, leaf_hash(bytes(body))).signature)
    known = {"key_id": stranger.key_id, "public_key": stranger.public_key}
    owner.execute(insert(PublicKey), {**known, "first_used_at": grown.at})
    signed = {"entry_id": entry_id, "key_id": stranger.key_id, "signature": signature}
    owner.execute(insert(Signature), signed)

    found = _damage(grown, owner)

    assert (found.how, found.entry_id) == (INSERTED, entry_id)


def test_an_entry_without_a_leaf_is_found(grown: Ledger, owner: Connection) -> None:
    entry_id = _forge(grown, owner)
    owner.execute(delete(Leaf).where(Leaf.entry_id == entry_id))

    found = _damage(grown, owner)

    assert (found.how, found.entry_id) == (INSERTED, entry_id)


def test_two_entries_that_changed_places_are_found(grown: Ledger, owner: Connection) -> None:
    one, other = _covered(grown)[80:82]
    places = [
        owner.scalar(select(Leaf.tree_index).where(Leaf.entry_id == each)) for each in (one, other)
    ]
    for entry_id, place in ((one, -1), (other, places[0]), (one, places[1])):
        owner.execute(update(Leaf).where(Leaf.entry_id == entry_id).values(tree_index=place))

    assert _damage(grown, owner).how == MOVED


def test_an_old_copy_that_was_restored_is_found_and_nothing_is_signed_on_it(
    grown: Ledger, owner: Connection
) -> None:
    old = list(grown.receipts)[:100]
    _take_out(owner, [each for each in grown.receipts if each not in old])
    size = owner.scalar(select(func.count()).select_from(Leaf))
    owner.execute(delete(CheckpointRow).where(CheckpointRow.size > size))
    leaves = owner.scalars(select(Leaf.leaf_hash).order_by(Leaf.tree_index))
    peaks = Peaks().grown(map(bytes, leaves))
    owner.execute(update(TreeHead).values(size=size, peaks=b"".join(peaks.roots)))
    newest = newest_of(owner, head(owner).origin, grown.folder)

    assert _damage(grown, owner).how == MISSING
    with pytest.raises(DivergedError, match="an old copy was restored"):
        hold_to(owner, head(owner), newest)


def test_a_tree_made_anew_over_another_past_is_not_signed(
    grown: Ledger, owner: Connection
) -> None:
    _rewrite(owner, _covered(grown)[70])
    _make_anew(owner)
    newest = newest_of(owner, head(owner).origin, grown.folder)

    with pytest.raises(DivergedError, match="are not those of the database"):
        hold_to(owner, head(owner), newest)


def _make_anew(owner: Connection) -> None:
    """Seal everything again, from nothing."""
    owner.execute(update(Leaf).values(tree_index=None))
    owner.execute(delete(Node))
    owner.execute(update(TreeHead).values(size=0, peaks=b""))
    while seal(owner):
        pass


def _rewrite(owner: Connection, entry_id: str) -> None:
    """Change an entry, its copies and its hash, as somebody does who knows all but the key."""
    body = owner.execute(select(Entry.body).where(Entry.id == entry_id)).scalar_one()
    forged = bytes(body).replace(b"INACTIVE", b"NO_ROLE")
    owner.execute(update(Entry).where(Entry.id == entry_id).values(body=forged, reason="NO_ROLE"))
    hashed = {"leaf_hash": leaf_hash(forged)}
    owner.execute(update(Leaf).where(Leaf.entry_id == entry_id).values(**hashed))


def _take_out(owner: Connection, ids: list[str]) -> None:
    for table, key in ((Entry, Entry.id), (Leaf, Leaf.entry_id), (Signature, Signature.entry_id)):
        owner.execute(delete(table).where(key.in_(ids)))


def _forge(ledger: Ledger, owner: Connection) -> str:
    """An entry that never was, unsigned; its id."""
    columns = {"kind": "login", "person_id": "M10001", "outcome": "allow", "reason": ""}
    body = {"id": str(uuid7(ledger.at)), "as_of": ledger.at.astimezone(UTC).isoformat(), **columns}
    raw = canonical(body)
    owner.execute(insert(Entry), {**body, "as_of": ledger.at, "body": raw})
    owner.execute(insert(Leaf), {"entry_id": body["id"], "leaf_hash": leaf_hash(raw)})
    return body["id"]


def test_the_first_checkpoint_waits_until_all_that_was_there_before_is_sealed(
    ledger: Ledger,
) -> None:
    with ledger.engine.begin() as connection:
        for _ in range(BATCH + 1):
            append(connection, Said(kind="login", as_of=ledger.at, outcome="lock", said={}))
        assert seal(connection) == BATCH

    early = give_out(ledger.engine, ledger.signer, lambda: ledger.at, ledger.folder)
    ledger.seals()
    ledger.checkpoints()
    ledger.grows(1)

    assert early is None
    assert ledger.verified().intact
