"""Is the ledger what it was? It is held to its own hashes, to the checkpoints and the receipts.

Nothing is believed but the public keys. What a checkpoint covers is proven by its root; what none
covers yet, by the signature of each entry.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from service.ledger.notes import Checkpoint
from service.ledger.reading import Kept
from service.ledger.receipts import Receipt
from service.ledger.signatures import Keys, Signed
from service.ledger.tree import EMPTY, Peaks, leaf_hash

CHANGED, MISSING, INSERTED, MOVED = "changed", "missing", "inserted", "out of order"


@dataclass(frozen=True, slots=True)
class Damage:
    """The first entry that is not what it was: how, which, and what shows it."""

    how: str
    index: int | None
    entry_id: str
    message: str


@dataclass(slots=True)
class Verdict:
    """What was found: *damage* is None when the ledger is intact.

    *covered*: entries under the newest checkpoint; *signed* and *unsigned*: those behind it.
    *archived*: covered entries of which the leaf alone is there, as it may be.
    """

    damage: Damage | None = None
    entries: int = 0
    covered: int = 0
    signed: int = 0
    unsigned: int = 0
    checkpoints: int = 0
    receipts: int = 0
    archived: int = 0

    @property
    def intact(self) -> bool:
        """Whether nothing is damaged."""
        return self.damage is None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the ledger is held to: keys by their id, checkpoints, receipts by their entry.

    Entries with ids below *archived* may have been taken out: their leaves stand for them.
    """

    keys: Keys
    checkpoints: Iterable[Checkpoint] = ()
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    archived: str = ""


def verify(
    ledger: Callable[[], Iterable[Kept]], evidence: Evidence, *, stray: str = ""
) -> Verdict:
    """Hold *ledger* to *evidence*; it is read once, and a part again when that is damaged.

    *stray*: an entry the tree knows nothing of.
    """
    found = Verdict(receipts=len(evidence.receipts))
    found.damage = _first_damage(ledger, evidence, found)
    if found.damage is None and stray:
        found.damage = Damage(INSERTED, None, stray, "the tree knows nothing of it")
    return found


def _first_damage(
    ledger: Callable[[], Iterable[Kept]], evidence: Evidence, found: Verdict
) -> Damage | None:
    wanted = sorted(evidence.checkpoints, key=lambda each: each.size)
    covered = wanted[-1].size if wanted else 0
    found.checkpoints, found.covered = len(wanted), covered
    held, owed = _Held(wanted), dict(evidence.receipts)
    for each in ledger():
        archived = _is_archived(each, covered, evidence.archived)
        damage = _entry(each, owed, archived=archived) or held.takes(each)
        damage = damage or _uncovered(each, covered, evidence.keys, found)
        if damage is None and held.broken is not None:
            damage = _within(ledger, held, evidence.keys)
        if damage is not None:
            return damage
        found.entries += 1
        found.archived += archived
    return held.lacks() or _owed(owed)


class _Held:
    """The tree as it grows while the ledger is read, held to each checkpoint as it is reached."""

    def __init__(self, checkpoints: list[Checkpoint]) -> None:
        self._ahead = list(reversed(checkpoints))
        self._peaks = Peaks()
        self.good = 0
        self.broken: Checkpoint | None = None
        self._reach()

    def takes(self, each: Kept) -> Damage | None:
        """Let the tree grow by a sealed entry; the damage when it is not the next one."""
        if each.index is None:
            return None
        expected = self._peaks.size
        if each.index > expected:
            told = f"the place {expected} is empty; the next entry has {each.index}"
            return Damage(MISSING, expected, each.entry_id, told)
        if each.index < expected:
            told = f"the place {each.index} is taken twice or comes too late"
            return Damage(MOVED, each.index, each.entry_id, told)
        self._peaks = self._peaks.grown([each.leaf_hash])
        self._reach()
        return None

    def lacks(self) -> Damage | None:
        """The damage when the ledger ends before a checkpoint is reached."""
        if not self._ahead:
            return None
        size, due = self._peaks.size, self._ahead[0]
        told = f"the ledger ends here; the checkpoint of {due.made_at.isoformat()} has {due.size}"
        return Damage(MISSING, size, "", told)

    def _reach(self) -> None:
        size = self._peaks.size
        while self._ahead and self._ahead[-1].size == size and self.broken is None:
            due = self._ahead.pop()
            if due.root != (self._peaks.root if size else EMPTY):
                self.broken = due
            else:
                self.good = size


def _is_archived(each: Kept, covered: int, before: str) -> bool:
    """Whether it is gone and may be; what no checkpoint covers is proven by its bytes alone."""
    old = each.index is not None and each.index < covered and each.entry_id < before
    return old and each.body is None


def _entry(each: Kept, owed: dict[str, Receipt], *, archived: bool) -> Damage | None:
    """What shows by the entry alone, and by the receipt somebody holds of it."""
    if each.body is None and not archived:
        return Damage(MISSING, each.index, each.entry_id, "its leaf is there, the entry is not")
    receipt = owed.pop(each.entry_id, None)
    wrong = _contradiction(each, each.body) if each.body is not None else ""
    if receipt is not None and receipt.leaf_hash != each.leaf_hash.hex():
        wrong = wrong or "somebody holds a receipt of another entry with this id"
    return Damage(CHANGED, each.index, each.entry_id, wrong) if wrong else None


def _contradiction(each: Kept, body: bytes) -> str:
    if leaf_hash(body) != each.leaf_hash:
        return "its bytes have another hash than its leaf"
    try:
        said = orjson.loads(body)
        if said["id"] != each.entry_id:
            return f"its bytes are those of {said['id']}"
        for name, copy in (each.copies or {}).items():
            if said[name] != copy:
                return f"the column {name} says `{copy}`, its bytes `{said[name]}`"
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "its bytes are no entry"
    return ""


def _uncovered(each: Kept, covered: int, keys: Keys, found: Verdict) -> Damage | None:
    """Hold what no checkpoint covers to its signature."""
    if each.index is not None and each.index < covered:
        return None
    if not each.signature and not found.checkpoints:
        found.unsigned += 1
        return None
    found.signed += 1
    if _signed(each).by(keys):
        return None
    told = "its signature does not hold" if each.signature else "nobody signed it"
    return Damage(INSERTED, each.index, each.entry_id, told)


def _signed(each: Kept) -> Signed:
    return Signed(each.entry_id, each.leaf_hash, each.key_id, each.signature)


def _within(ledger: Callable[[], Iterable[Kept]], held: _Held, keys: Keys) -> Damage:
    """The first entry, from the last good checkpoint to the broken one, that nobody signed so."""
    broken = held.broken
    assert broken is not None
    first = None
    for each in ledger():
        if each.index is None or not held.good <= each.index < broken.size:
            continue
        first = first or each
        if each.signature and not _signed(each).by(keys):
            told = "its signature does not hold, and the checkpoint behind it has another root"
            return Damage(CHANGED, each.index, each.entry_id, told)
    told = (
        f"the {broken.size} entries of the checkpoint of {broken.made_at.isoformat()}"
        f" are not these, or not in this order, from here on"
    )
    return Damage(MOVED, held.good, first.entry_id if first else "", told)


def _owed(owed: Mapping[str, Receipt]) -> Damage | None:
    if not owed:
        return None
    return Damage(MISSING, None, min(owed), "somebody holds a receipt of it")
