"""Many write while others seal: entries that are committed late get their place too."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import select

from models.engine import reading
from models.ledger import Leaf
from service.ledger.reading import kept
from tests.ledger.conftest import Ledger
from tests.ledger.together import seal_until, write

WRITERS, SEALERS, ROUNDS = 4, 2, 25


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_four_write_while_two_seal_and_what_is_committed_late_is_sealed_too(
    ledger: Ledger,
    database_url: str,
    key_file: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    over, before = tmp_path / "over", len(ledger.indexes())

    with ProcessPoolExecutor(WRITERS + SEALERS, get_context("forkserver")) as processes:
        seal = [processes.submit(seal_until, database_url, over) for _ in range(SEALERS)]
        at = ledger.at
        writes = [
            processes.submit(write, database_url, key_file, at, ROUNDS) for _ in range(WRITERS)
        ]
        try:
            for each in writes:
                ledger.receipts |= each.result()
        finally:
            over.touch()
        sealed = [each.result() for each in seal]
    ledger.at += timedelta(hours=1)
    ledger.checkpoints()

    late = _late(ledger)
    figures = f"{sum(sealed)} sealed by {sealed}, {late} of them committed late"
    print(f"\n{figures}")
    record_property("figures", figures)
    found = ledger.verified(held=True)
    assert found.damage is None
    assert found.covered == found.entries == before + 2 * WRITERS * ROUNDS, figures
    assert ledger.indexes() == list(range(found.entries))
    assert late >= WRITERS * ROUNDS, figures


def test_what_is_sealed_while_the_ledger_is_read_is_read_once(ledger: Ledger) -> None:
    before = len(ledger.indexes())
    ids = ledger.grows(3) + ledger.writes(2)

    with reading(ledger.engine).begin() as connection:
        entries = kept(connection)
        first = next(entries)
        ledger.seals()
        found = [first, *entries]

    assert [each.entry_id for each in found][before:] == ids


def _late(ledger: Ledger) -> int:
    """How many entries have their place behind one with a later id."""
    with reading(ledger.engine).begin() as connection:
        ids = list(connection.scalars(select(Leaf.entry_id).order_by(Leaf.tree_index)))
    newest = [max(ids[: n + 1]) for n in range(len(ids))]
    return sum(1 for entry_id, highest in zip(ids, newest, strict=True) if entry_id < highest)
