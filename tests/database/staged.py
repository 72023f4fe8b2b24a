"""What is staged, read back as the extract it says."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select

from models.staging import TABLES
from service.people.extract import CertificationSaid, Extract, PersonSaid, PropertySaid


def extract_of(connection: Connection, given: frozenset[str]) -> Extract:
    """Everything that is staged of the tables *given*."""
    read: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
        "people": lambda rows: {row["id"]: _person(row) for row in rows},
        "roles": lambda rows: {(r["person_id"], r["role"]): r["assigned_on"] for r in rows},
        "properties": lambda rows: {row["property_id"]: PropertySaid(**row) for row in rows},
        "certifications": lambda rows: frozenset(CertificationSaid(**row) for row in rows),
    }
    said: dict[str, Any] = {}
    for name in given:
        columns = [column for column in TABLES[name].c if column.name != "line"]
        rows = [dict(row._mapping) for row in connection.execute(select(*columns))]
        said[name] = read.get(name, _pairs)(rows)
    return Extract(**said)


def _person(row: dict[str, Any]) -> PersonSaid:
    return PersonSaid(coordinator=row.pop("marked_coordinator"), **row)


def _pairs(rows: list[dict[str, Any]]) -> frozenset[Any]:
    return frozenset(tuple(row.values()) for row in rows)
