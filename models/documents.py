"""Keeping the documents of many people at once, each with a version that tells its changes."""

from collections.abc import Mapping

from sqlalchemy import Connection

from models.prepared import execute

_KEEP = (
    "INSERT INTO standing (person_id, version, document) {rows}"
    " ON CONFLICT (person_id) DO UPDATE"
    " SET version = standing.version + 1, document = excluded.document"
)
_ONE_BY_ONE = _KEEP.format(rows="VALUES (?, 1, ?)")
_TOGETHER = _KEEP.format(rows="SELECT p, 1, d FROM unnest(%b::varchar[], %b::bytea[]) AS t (p, d)")


def keep_documents(connection: Connection, documents: Mapping[str, bytes]) -> None:
    """Make these the documents of their people, by ID; each is another than before."""
    if not documents:
        return
    ids = sorted(documents)
    if connection.dialect.name == "sqlite":
        rows = [(each, documents[each]) for each in ids]
        connection.exec_driver_sql(_ONE_BY_ONE, rows)
        return
    execute(connection, _TOGETHER, (ids, [documents[each] for each in ids])).close()
