"""Who owns the database can take its guards away; tests of tampering begin with that."""

from sqlalchemy import Connection, text


def unguard(connection: Connection, table: str) -> None:
    """Take from *table* the triggers that keep its rows from being changed."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    named = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    for name in list(connection.scalars(named, {"table": table})):
        connection.execute(text(f"DROP TRIGGER {name}"))
