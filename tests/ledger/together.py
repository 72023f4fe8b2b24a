"""Writers and sealers in processes of their own, who work at once."""

import itertools
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, Select, select

from models.engine import open_engine
from models.ledger import Leaf
from service.ledger.entries import Entry, append
from service.ledger.receipts import Receipt, read_signer, signing
from service.ledger.sealing import seal
from tests.faults.gate import PATIENCE

_LOOK_AGAIN = 0.002
Receipts = dict[str, Receipt]


def write(url: str, key: Path, begins_at: datetime, rounds: int) -> Receipts:
    """Write entries, one of each round committed only when a later one is sealed; the receipts."""
    signer, instants = (
        read_signer(key),
        (begins_at + timedelta(seconds=n) for n in itertools.count()),
    )
    engine = signing(open_engine(url), lambda: signer)
    receipts: Receipts = {}
    for _ in range(rounds):
        with engine.begin() as held:
            receipts |= _written(held, next(instants))
            with engine.begin() as quick:
                later = _written(quick, next(instants))
            _await_sealed(engine, *later)
            receipts |= later
    return receipts


def _written(connection: Connection, as_of: datetime) -> Receipts:
    entry = Entry(kind="login", as_of=as_of, outcome="lock", reason="INACTIVE", said={})
    written = append(connection, entry)
    assert written.receipt is not None
    return {written.entry_id: written.receipt}


def _await_sealed(engine: Engine, entry_id: str) -> None:
    place = select(Leaf.tree_index).where(Leaf.entry_id == entry_id)
    deadline = time.monotonic() + PATIENCE
    while _scalar(engine, place) is None:
        assert time.monotonic() < deadline, f"the entry {entry_id} was never sealed"
        time.sleep(_LOOK_AGAIN)


def _scalar(engine: Engine, query: Select[int | None]) -> int | None:
    with engine.begin() as connection:
        return connection.execute(query).scalar()


def seal_until(url: str, over: Path) -> int:
    """Seal until nothing waits after the file *over* is there; how many were sealed."""
    engine = open_engine(url)
    total, sealed, last = 0, 0, False
    while sealed or not last:
        last = over.exists()
        with engine.begin() as connection:
            sealed = seal(connection)
        total += sealed
    return total
