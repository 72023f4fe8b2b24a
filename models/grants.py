"""What the service's own role may do on PostgreSQL: nothing to what is only ever added to."""

from sqlalchemy import Connection

from models.base import Base

#: Tables whose rows are never changed or removed, by anybody.
ADDED_TO_ONLY = {
    "entry",
    "revision",
    "publication",
    "approval",
    "activation",
    "checkpoint",
    "signature",
    "public_key",
}
_ADD = "SELECT, INSERT"
_ALL = "SELECT, INSERT, UPDATE, DELETE"


def grant(connection: Connection, role: str) -> None:
    """Let *role* use the tables of this schema, and no more than it needs of each."""
    name = connection.dialect.identifier_preparer.quote(role)
    for table in sorted(Base.metadata.tables):
        connection.exec_driver_sql(f"REVOKE ALL ON {table} FROM {name}")
        allowed = _ADD if table in ADDED_TO_ONLY else _ALL
        connection.exec_driver_sql(f"GRANT {allowed} ON {table} TO {name}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {name}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
