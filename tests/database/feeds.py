"""A WASS feed for tests: a folder of CSV files, and its import."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models.engine import reading
from models.people import Standing
from service.feed.importing import Imported, Progress, import_feed
from service.wiring import Wiring

Rows = Sequence[dict[str, str]]
COORDINATOR = "M90001"


def person(person_id: str, **more: str) -> dict[str, str]:
    """A row of people.csv about somebody whom nothing keeps out."""
    return {
        "id": person_id,
        "population": "external",
        "created_on": "2015-01-05",
        "coordinator": "no",
        "wass_status": "active",
        "last_activity_on": "2026-02-20",
        "rob_accepted_on": "2025-12-01",
        **more,
    }


def users(number: int) -> list[dict[str, str]]:
    """So many ordinary people, M10001 first."""
    return [person(f"M{10001 + each}") for each in range(number)]


def pairs(one: str, other: str, *rows: tuple[str, object]) -> list[dict[str, str]]:
    """Rows of two columns."""
    return [{one: first, other: str(second)} for first, second in rows]


def roles(*rows: tuple[str, str]) -> list[dict[str, str]]:
    """Rows of roles.csv."""
    return pairs("person_id", "role", *rows)


def write_feed(folder: Path, **files: Rows) -> Path:
    """A folder with these files, and no others; a file is named without its ending."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


class Feed:
    """The feed of one database; it may shrink, unless a test says otherwise."""

    def __init__(self, parts: Wiring, folder: Path) -> None:
        self._parts = parts
        self._folder = folder

    def says(self, *, day: str = "", allow_shrink: bool = True, **files: Rows) -> Imported:
        """Import these files as the truth of *day* (default: the clock's)."""
        folder = write_feed(self._folder, **files)
        parts = self._parts
        with parts.engine.begin() as connection:
            return import_feed(
                connection,
                folder,
                courts=parts.courts,
                as_of=parts.clock(),
                day=day,
                allow_shrink=allow_shrink,
                progress=Progress(),
            )

    def counts(self, imported: Imported, table: str) -> tuple[int, int, int]:
        """How many rows of *table* were added, changed and ended."""
        change: Any = imported.spoken.changes[table]
        return change.added, change.changed, change.ended


def certified(day: str) -> dict[str, str]:
    """A row of certifications.csv: the coordinator certified M10001 on *day*."""
    return {"person_id": "M10001", "coordinator_id": COORDINATOR, "requested_on": day}


def whole() -> dict[str, Any]:
    """A file of every kind, about M10001 and the coordinator M90001."""
    return {
        "people": [*users(1), person(COORDINATOR, coordinator="yes")],
        "roles": roles(("M10001", "TRACS"), ("M10001", "IMAX"), ("M90001", "TCC")),
        "properties": [{"property_id": "1", "name": "Oaks"}, {"property_id": "2", "name": "Elms"}],
        "contracts": pairs("contract_number", "property_id", ("C1", 2)),
        "property_assignments": pairs("person_id", "property_id", ("M10001", 1)),
        "contract_assignments": pairs("person_id", "contract_number", ("M10001", "C1")),
        "business_partners": pairs("coordinator_id", "property_id", ("M90001", 1), ("M90001", 2)),
        "staff": pairs("coordinator_id", "user_id", ("M90001", "M10001")),
        "certifications": [certified("2025-10-01")],
    }


def stored(engine: Engine, *columns: Any) -> list[tuple[Any, ...]]:
    """What the database holds in these *columns*, sorted."""
    with reading(engine).begin() as connection:
        return sorted(tuple(row) for row in connection.execute(select(*columns)))


def versions(engine: Engine) -> list[tuple[Any, ...]]:
    """Everybody with the version of their standing."""
    return stored(engine, Standing.person_id, Standing.version)
