"""A ledger with entries of every kind, sealed and held to checkpoints outside."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from models.engine import reading
from models.ledger import Leaf
from service.ledger.entries import Entry, append
from service.ledger.held_to import gathered
from service.ledger.keys import use_key
from service.ledger.outside import Folder
from service.ledger.reading import kept, stray
from service.ledger.receipts import Receipt, Signer, make_key, read_signer, signing
from service.ledger.sealing import Head, head, seal
from service.ledger.searching import first_id
from service.ledger.verify import Verdict, verify
from service.sealer.giving import give_out
from tests.conftest import Clock


@dataclass
class Ledger:
    """A ledger of one's own: what is written to it, and what is found of it."""

    engine: Engine
    signer: Signer
    folder: Folder
    clock: Callable[[], datetime]
    at: datetime
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def writes(self, many: int) -> list[str]:
        """Write entries, as many transactions; their ids."""
        return [self.writes_one() for _ in range(many)]

    def writes_one(self) -> str:
        """Write an entry and keep its receipt; its id."""
        return self.writes_together(1)[0]

    def writes_together(self, many: int) -> list[str]:
        """Write entries in one transaction; their ids."""
        with signing(self.engine, lambda: self.signer).begin() as connection:
            return [self._writes(connection) for _ in range(many)]

    def _writes(self, connection: Connection) -> str:
        self.at += timedelta(milliseconds=10)
        entry = Entry(
            kind="login",
            as_of=self.at,
            outcome="lock",
            reason="INACTIVE",
            person_id=f"M{10000 + len(self.receipts) % 500}",
            said={"number": len(self.receipts)},
        )
        written = append(connection, entry)
        assert written.receipt is not None
        self.receipts[written.entry_id] = written.receipt
        return written.entry_id

    def seals(self) -> None:
        """Seal everything that waits."""
        sealed = 1
        while sealed:
            with self.engine.begin() as connection:
                sealed = seal(connection)

    def checkpoints(self) -> None:
        """Give out a checkpoint of what is sealed."""
        self.at += timedelta(seconds=6)
        assert give_out(self.engine, self.signer, lambda: self.at, self.folder) is not None

    def grows(self, many: int) -> list[str]:
        """Write, seal and give out a checkpoint."""
        ids = self.writes(many)
        self.seals()
        self.checkpoints()
        return ids

    def verified(self, *, held: bool = False, archived_before: datetime | None = None) -> Verdict:
        """What a verifier finds who has the checkpoints, with *held* the receipts too."""
        with reading(self.engine).begin() as connection:
            return self.verified_in(connection, held=held, archived_before=archived_before)

    def verified_in(
        self,
        connection: Connection,
        *,
        held: bool = False,
        archived_before: datetime | None = None,
    ) -> Verdict:
        """The same, as *connection* sees the ledger."""
        evidence = gathered(connection, head(connection).origin, self.folder, None, None)
        archived = first_id(archived_before) if archived_before else ""
        receipts = dict(self.receipts) if held else {}
        evidence = replace(evidence, receipts=receipts, archived=archived)
        lost = stray(connection)
        return verify(lambda: list(kept(connection)), evidence, stray=lost)

    def tree(self) -> Head:
        """The tree as it is."""
        with reading(self.engine).begin() as connection:
            return head(connection)

    def indexes(self) -> list[int | None]:
        """The places of all leaves, in their order."""
        with reading(self.engine).begin() as connection:
            return list(connection.scalars(select(Leaf.tree_index).order_by(Leaf.tree_index)))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A file with a key to sign with."""
    make_key(tmp_path / "signing.key")
    return tmp_path / "signing.key"


@pytest.fixture
def signer(key_file: Path) -> Signer:
    """Who signs, with a key that other processes can read too."""
    return read_signer(key_file)


@pytest.fixture
def ledger(engine: Engine, signer: Signer, clock: Clock, tmp_path: Path) -> Ledger:
    """A ledger whose first entries are those of a prepared database."""
    with engine.begin() as connection:
        use_key(connection, signer, clock())
    return Ledger(engine, signer, Folder(tmp_path / "outside"), clock, clock())
