"""Writing the evidence of a window: tables, rulebooks, entries with their proofs, a manifest."""

import csv
import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from service.cli.shown import worded
from service.core.moment import from_then
from service.ledger.checkpoints import newest_given
from service.ledger.exporting import export_some
from service.ledger.given import notes_of_days
from service.ledger.keys import public_keys
from service.ledger.proofs import prove_inclusion
from service.ledger.sealing import head
from service.policy.active import Court
from service.policy.revisions import stored_texts
from service.recertification.evidence.due import Certified, Due
from service.recertification.evidence.locked import Locked
from service.recertification.evidence.removed import Removed
from service.recertification.evidence.window import Of

MANIFEST = "MANIFEST.sha256"
_TABLES = {Due: "due", Certified: "certifications", Removed: "removed", Locked: "locked"}
Row = Due | Certified | Removed | Locked


class Writer:
    """Writes into one folder; the entries that rows name are written when all rows are."""

    def __init__(self, folder: Path, connection: Connection, court: Court) -> None:
        self._folder, self._connection, self._court = folder, connection, court
        self.rows: Counter[str] = Counter(dict.fromkeys(_TABLES.values(), 0))
        self._digests = {court.book.digest}
        self._ids: set[str] = set()

    def __enter__(self) -> "Writer":
        self._folder.mkdir(parents=True, exist_ok=True)
        self._files = {kind: self._open(f"{name}.csv") for kind, name in _TABLES.items()}
        self._tables = {k: csv.writer(f, lineterminator="\n") for k, f in self._files.items()}
        for kind, table in self._tables.items():
            table.writerow(each.name for each in fields(kind))
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._files.values():
            each.close()

    def add(self, row: Row) -> None:
        """Write one row into the table of its kind."""
        self._tables[type(row)].writerow(worded(each) for each in astuple(row))
        self.rows[_TABLES[type(row)]] += 1
        match row:
            case Certified() | Locked():
                self._ids |= {row.decision_id} - {""}
                self._digests |= {row.policy_digest} - {""}
            case Removed():
                self._ids.update(row.decision_ids.split())

    def keep(self, entry_ids: Iterable[str]) -> None:
        """Write these entries too, which no row names."""
        self._ids.update(entry_ids)

    def finish(self, of: Of, as_of: datetime) -> None:
        """Write what the rows rest on, and the manifest of all."""
        for each in self._files.values():
            each.close()
        self._write_rulebooks()
        self._write_entries()
        keys = [asdict(each) for each in public_keys(self._connection)]
        self._write("keys.json", orjson.dumps({"keys": keys}, option=orjson.OPT_INDENT_2))
        zone = self._court.book.calendar.zone
        opened = from_then(date.fromisoformat(of.window.opens), zone)
        notes = notes_of_days(self._connection, opened)
        self._write("checkpoints.txt", "\n".join(notes).encode())
        self._write("about.json", self._about(of, as_of.astimezone(zone)))
        self._write(MANIFEST, "".join(self._hashes()).encode())

    def _about(self, of: Of, as_of: datetime) -> bytes:
        told: dict[str, Any] = {
            "window": of.name,
            "population": of.population,
            **asdict(of.window),
            "made_at": as_of,
            "policy_digest": self._court.book.digest,
            "origin": head(self._connection).origin,
            "rows": dict(self.rows),
        }
        return orjson.dumps(told, option=orjson.OPT_INDENT_2)

    def _write_rulebooks(self) -> None:
        for digest in sorted(self._digests):
            texts = stored_texts(self._connection, digest)
            for path, raw in (texts or {}).items():
                self._write(f"rulebook/{digest}/{path}", raw)

    def _write_entries(self) -> None:
        """The entries the rows name, and the proof of each that the newest checkpoint covers."""
        given = newest_given(self._connection)
        size = given.size if given else 0
        with self._open("entries.txt") as entries, self._open("proofs.jsonl") as proofs:
            for each in export_some(self._connection, sorted(self._ids), entries):
                if each.index is not None and each.index < size:
                    path = prove_inclusion(self._connection, each.index, size)
                    told = {"entry_id": each.entry_id, "index": each.index, "size": size}
                    hashes = [b64encode(one).decode() for one in path]
                    proofs.write(orjson.dumps({**told, "path": hashes}).decode() + "\n")

    def _hashes(self) -> Iterator[str]:
        """A line for each file, as sha256sum writes it."""
        files = (each for each in self._folder.rglob("*") if each.is_file())
        for name in sorted(each.relative_to(self._folder).as_posix() for each in files):
            with (self._folder / name).open("rb") as file:
                yield f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n"

    def _open(self, name: str) -> Any:
        return (self._folder / name).open("x", encoding="utf-8", newline="")

    def _write(self, name: str, raw: bytes) -> None:
        file = self._folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
