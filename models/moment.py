"""The moment it is by the database's own clock."""

from datetime import UTC, datetime

from sqlalchemy import Connection


def moment(connection: Connection) -> datetime | None:
    """Now, by the clock of the database's host; None for SQLite, which has no other than ours."""
    if connection.dialect.name != "postgresql":
        return None
    found: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return found.astimezone(UTC)
