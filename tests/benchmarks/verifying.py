"""Seconds and peak memory of `gatehouse ledger verify` over 1,000,000 entries.

Run by `make bench`, or with `--entries N ...` for other numbers. The entries are copies of a real
login, each with an id, an instant, a person and a request of its own, sealed as the service does
it; all but the last are under a checkpoint. Needs some 5 kB of disk for each entry.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection, Engine, event, func, insert, literal, select

from models.engine import open_engine, reading
from models.ledger import Entry, Leaf, Signature
from models.types import canonical
from service.app import create_app
from service.clients import add_client
from service.ledger.entries import Entry as Said
from service.ledger.entries import append, uuid7
from service.ledger.keys import use_key
from service.ledger.receipts import Signer, read_signer, signing
from service.ledger.tree import leaf_hash
from service.sealer.giving import give_out
from service.sealer.work import seal_all
from service.settings import settings_from
from service.wiring import Wiring, outside, prepare, signing_key
from tests.benchmarks.targets import Target
from tests.database.wass import TODAY, Wass
from tests.tokens import knowing
from tests.web.asking import Gate

ENTRIES = [1_000_000]
BEHIND = 1000  # entries behind the last checkpoint
TARGET = 60
NOON = datetime.fromisoformat(f"{TODAY}T17:00:00+00:00").astimezone(UTC)
_AT_ONCE = 10_000
_LOOK_AGAIN = 0.02
_COPIES = ("kind", "outcome", "reason")


def main(arguments: list[str] | None = None) -> list[Target]:
    """Write the entries, run the command on the database and on an export, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, nargs="+", default=ENTRIES)
    print("| ledger verify, SQLite | entries | MB read | seconds | CPU s | a second | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for many in parser.parse_args(arguments).entries:
        with tempfile.TemporaryDirectory() as folder:
            seconds = _measure(many, Path(folder))
    print(f"\nAim: {ENTRIES[-1]:,} entries within {TARGET} s, in a memory that does not grow.")
    return [Target(f"verify {many:,} entries", TARGET * many / ENTRIES[-1], seconds, "s")]


def _measure(many: int, folder: Path) -> float:
    database, export = folder / "ledger.db", folder / "export"
    names = {**os.environ, "GATEHOUSE_DATABASE_URL": f"sqlite:///{database}"}
    write(names, many)
    _run(names, "verify", "--json")  # so that neither is the first to read
    ran = _run(names, "verify", "--json")
    _print("the database", many, database, ran)
    _print("to an export", many, database, _run(names, "export", export, "--json"))
    _print("an export", many, export, _run(names, "verify", "--export", export, "--json"))
    return ran.seconds


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took, its memory in MB, and what it said."""

    seconds: float
    cpu_seconds: float
    peak: float
    told: dict[str, Any]


def _run(names: dict[str, str], *words: object) -> Ran:
    """Run `gatehouse ledger` with *words*."""
    command = [Path(sys.executable).with_name("gatehouse"), "ledger", *words]
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen(
        list(map(str, command)), env=names, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _peak(process.pid))
        time.sleep(_LOOK_AGAIN)
    seconds, after = time.perf_counter() - start, os.times()
    cpu = sum(after[2:4]) - sum(before[2:4])  # of children
    assert process.stdout is not None
    told = process.stdout.read()
    assert process.returncode == 0, told
    return Ran(seconds, cpu, peak, orjson.loads(told))


def _peak(process: int) -> float:
    """Its peak so far. What the system tells at its end would count ours, from before it began."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _print(name: str, many: int, file: Path, ran: Ran) -> None:
    entries = ran.told["entries"]
    assert entries >= many, ran.told
    assert ran.told.get("intact", True), ran.told
    print(
        f"| {name} | {entries:,} | {file.stat().st_size / 1e6:,.0f} | {ran.seconds:.1f} |"
        f" {ran.cpu_seconds:.1f} | {entries / ran.seconds:,.0f} | {ran.peak:.0f} |",
        flush=True,
    )


def write(names: dict[str, str], many: int) -> None:
    """Write *many* entries into the database that *names* name, sealed and under a checkpoint."""
    settings = settings_from({k: v for k, v in names.items() if k.startswith("GATEHOUSE_")})
    engine, signer = open_engine(settings.database_url), read_signer(signing_key(settings))
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    model = _a_login(engine, signer)
    for first in range(0, many - BEHIND, _AT_ONCE):
        with engine.begin() as connection:
            _copy(connection, model, range(first, min(first + _AT_ONCE, many - BEHIND)))
        seal_all(engine)
    assert give_out(engine, signer, lambda: NOON, outside(settings)) is not None
    with signing(engine, lambda: signer).begin() as connection:
        _fill_up_signatures(connection, signer)
        said = {name: model[name] for name in ("evidence", "facts", "inquiry", "options")}
        later = NOON + timedelta(days=1)
        for _ in range(BEHIND):
            append(connection, Said(kind="login", as_of=later, outcome="allow", said=said))
    seal_all(engine)
    engine.dispose()


def _a_login(engine: Engine, signer: Signer) -> dict[str, Any]:
    """What is said of a real login."""
    engine = knowing(engine)
    parts = Wiring(engine, lambda: NOON)
    prepare(parts)
    user = Wass(parts).knows_a_user()
    with engine.begin() as connection:
        use_key(connection, signer, NOON)
        token = add_client(connection, "bench", ["gate"], NOON)
    http = create_app(parts, signer).test_client()
    Gate(http, {"Authorization": f"Bearer {token}"}).login(user)
    with reading(engine).begin() as connection:
        body = connection.scalars(select(Entry.body).where(Entry.kind == "login")).one()
    return dict(orjson.loads(body))


def _copy(connection: Connection, model: dict[str, Any], numbers: range) -> None:
    entries, leaves = zip(*(_another(model, number) for number in numbers), strict=True)
    connection.execute(insert(Entry), list(entries))
    connection.execute(insert(Leaf), list(leaves))


def _another(model: dict[str, Any], number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of entry and leaf for a login like *model*."""
    as_of = NOON + timedelta(milliseconds=number)
    entry_id, person = str(uuid7(as_of)), f"M{10000 + number % 80000}"
    body = canonical(
        {
            **model,
            "id": entry_id,
            "as_of": as_of.isoformat(),
            "person_id": person,
            "inquiry": {**model["inquiry"], "user_id": person},
            "request_id": str(uuid4()),
        }
    )
    columns = {**{name: model[name] for name in _COPIES}, "id": entry_id, "person_id": person}
    leaf = {"entry_id": entry_id, "leaf_hash": leaf_hash(body)}
    return {**columns, "as_of": as_of, "body": body}, leaf


def _fill_up_signatures(connection: Connection, signer: Signer) -> None:
    """Under a checkpoint nobody looks at signatures: any bytes take as long to read."""
    fake = select(Leaf.entry_id, literal(signer.key_id), func.randomblob(64))
    unsigned = fake.where(Leaf.entry_id.not_in(select(Signature.entry_id)))
    connection.execute(insert(Signature).from_select(list(Signature.__table__.c.keys()), unsigned))


if __name__ == "__main__":
    main()
