"""What the service's own role may do on PostgreSQL: nothing to what is only ever added to."""

from sqlalchemy import Connection

from models.base import Base
from models.partitions import MAKES_AHEAD, partitions

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
_MAY = """
SELECT may || ' ' || relname FROM pg_class, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS may
  WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%(tables)s)
    AND has_table_privilege(pg_class.oid, may)
UNION ALL SELECT 'do all, as a superuser'
  FROM pg_roles WHERE rolname = current_user AND rolsuper
"""
_ADD = "SELECT, INSERT"
_ALL = "SELECT, INSERT, UPDATE, DELETE"


def grant(connection: Connection, role: str) -> None:
    """Let *role* use the tables of this schema, and no more than it needs of each.

    To a partition it has no right at all: it writes and reads through the table.
    """
    name = quoted(connection, role)
    for table in sorted(Base.metadata.tables):
        allowed = _ADD if table in ADDED_TO_ONLY else _ALL
        run(
            connection,
            f"REVOKE ALL ON {table} FROM {name}",
            f"GRANT {allowed} ON {table} TO {name}",
        )
    for partition in sorted(partitions(connection)):
        run(connection, f"REVOKE ALL ON {partition} FROM {name}")
    run(
        connection,
        f"GRANT SELECT ON alembic_version TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"GRANT EXECUTE ON FUNCTION {MAKES_AHEAD} TO {name}",
        f"GRANT TEMPORARY ON DATABASE {database(connection)} TO {name}",
    )
    close(connection)


def close(connection: Connection) -> None:
    """Let nobody make tables by the rights that everybody has, as far as the owner may say so."""
    run(
        connection,
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE TEMPORARY ON DATABASE {database(connection)} FROM PUBLIC",
    )


def beyond(connection: Connection) -> list[str]:
    """What whoever is connected may do to what is only ever added to, beside adding."""
    found = connection.exec_driver_sql(_MAY, {"tables": sorted(ADDED_TO_ONLY)})
    return sorted(found.scalars())


def run(connection: Connection, *statements: str) -> None:
    """Run *statements*, which answer nothing."""
    for statement in statements:
        connection.exec_driver_sql(statement)


def quoted(connection: Connection, name: str) -> str:
    """*name* as statements spell it."""
    return connection.dialect.identifier_preparer.quote(name)


def database(connection: Connection) -> str:
    """The database, likewise."""
    name = connection.exec_driver_sql("SELECT current_database()").scalar()
    return quoted(connection, str(name))
