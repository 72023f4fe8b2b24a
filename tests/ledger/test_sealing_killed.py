"""A sealer may die before any of its steps: another goes on, and nothing is lost or done twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.engine import reading
from service.ledger.checkpoints import hold_to, newest_of
from service.ledger.notes import Checkpoint
from service.ledger.sealing import BATCH, head
from service.ledger.tree import EMPTY
from service.sealer.giving import EVERY
from tests.ledger.conftest import Ledger
from tests.ledger.sealers import KILLED, Sealers, Work, sealers
from tests.web.asking import ANY_DATABASE

#: Entries each time, whether a checkpoint is made of them, and kills: 50 on each database.
#: The second makes a node of the tree full each time.
ROUNDS = [(3, True, 35), (BATCH, False, 15)]


@pytest.fixture
def work(ledger: Ledger, database_url: str, key_file: Path) -> Work:
    """What the sealers do."""
    return Work(database_url, key_file, ledger.folder.path, ledger.at)


@pytest.fixture(scope="module")
def others() -> Iterator[Sealers]:
    """Sealers in processes of their own."""
    with sealers() as made:
        yield made


@pytest.mark.parametrize(("entries", "signs", "kills"), ROUNDS)
def test_a_sealer_killed_before_any_step_leaves_what_another_completes(
    ledger: Ledger, others: Sealers, work: Work, entries: int, signs: bool, kills: int
) -> None:
    killed, before, ended = 0, 1, False
    while killed < kills or not ended:  # each step has its turn, once at least
        ledger.writes_together(entries)
        dies = _killed(ledger, others, replace(work, signs=signs, dies_before=before))
        _check_it_goes_on_from_outside(ledger)

        assert not _killed(ledger, others, work)

        _check_whole(ledger)
        killed, before = (killed + 1, before + 1) if dies else (killed, 1)
        ended = ended or not dies
    print(f"\n{ledger.engine.dialect.name}, {entries} entries a time: {killed} kills")


def _killed(ledger: Ledger, others: Sealers, work: Work) -> bool:
    """Let another work, when a checkpoint is due; whether it was killed."""
    ledger.at += 2 * EVERY
    told = others.run(replace(work, as_of=ledger.at))
    assert told in (KILLED, ""), told
    return told == KILLED


def _check_it_goes_on_from_outside(ledger: Ledger) -> None:
    with reading(ledger.engine).begin() as connection:
        tree = head(connection)
        hold_to(connection, tree, newest_of(connection, tree.origin, ledger.folder))


def _check_whole(ledger: Ledger) -> None:
    found = ledger.verified(held=True)
    assert found.damage is None
    assert found.covered == found.entries
    assert ledger.indexes() == list(range(found.entries))


@ANY_DATABASE
def test_a_note_that_a_crash_cut_anywhere_spoils_no_later_one(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.grows(1)
    origin = ledger.tree().origin
    (file,) = ledger.folder.path.glob("*.checkpoints")
    first, second, third = ledger.folder.notes(origin)
    checkpoint = Checkpoint(origin, 0, EMPTY, ledger.at)
    spoiled = []
    for cut in range(len(f"{second}\n".encode())):
        file.write_bytes(f"{first}\n".encode() + second.encode()[:cut])
        ledger.folder.add(checkpoint, third)

        left = set(ledger.folder.notes(origin))
        if ledger.folder.newest(origin) != third or not left <= {first, second, third}:
            spoiled.append(cut)

    assert spoiled == []
