"""A role for reviewers on PostgreSQL: it reads what they need, and can do nothing else."""

from sqlalchemy import Connection, text

from models.base import Base
from models.grants import close, quoted, run
from models.partitions import owned

#: Answers that were given are the callers' own; what a token is known by helps to guess it.
_NOT_READ = {"idempotency"}
_NOT_READ_OF = {"client": {"token_digest"}}
_THERE = text("SELECT count(*) FROM pg_roles WHERE rolname = :role")
#: Whatever a role may do beyond that, however it came by it, or may come to do.
_BEYOND = text("""
SELECT may || ' on ' || relname FROM pg_class,
    unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS may
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND CASE WHEN may IN ('INSERT', 'UPDATE', 'REFERENCES')
      THEN has_any_column_privilege(:role, pg_class.oid, may)
      ELSE has_table_privilege(:role, pg_class.oid, may) END
UNION ALL SELECT 'SELECT on idempotency'
  WHERE has_any_column_privilege(:role, 'public.idempotency', 'SELECT')
UNION ALL SELECT 'SELECT on client.token_digest'
  WHERE has_column_privilege(:role, 'public.client', 'token_digest', 'SELECT')
UNION ALL SELECT 'CREATE on schema public'
  WHERE has_schema_privilege(:role, 'public', 'CREATE')
UNION ALL SELECT 'CREATE on the database'
  WHERE has_database_privilege(:role, current_database(), 'CREATE')
UNION ALL SELECT 'EXECUTE on entry_partitions_ahead'
  WHERE has_function_privilege(:role, 'public.entry_partitions_ahead()', 'EXECUTE')
UNION ALL SELECT 'ALL of ' || pg_get_userbyid(roleid) FROM pg_auth_members, pg_roles
  WHERE member = pg_roles.oid AND rolname = :role
UNION ALL SELECT 'CREATEROLE' FROM pg_roles WHERE rolname = :role AND rolcreaterole
UNION ALL SELECT 'REPLICATION' FROM pg_roles WHERE rolname = :role AND rolreplication
""")


class ReaderError(Exception):
    """The role cannot be a reader; the text says why, and what to do."""


def grant_reading(connection: Connection, role: str) -> list[str]:
    """Let *role* read; the names of the tables it may read. Raises ReaderError."""
    _check(connection, role)
    close(connection)
    name = quoted(connection, role)
    read = sorted(Base.metadata.tables.keys() - _NOT_READ)
    for table in read:
        run(connection, f"GRANT SELECT{_columns(table)} ON {table} TO {name}")
    run(connection, f"GRANT SELECT ON alembic_version TO {name}")
    if beyond := sorted(connection.scalars(_BEYOND, {"role": role})):
        raise ReaderError(
            f"{role} has other rights already: {', '.join(beyond[:3])}"
            f"{' and more' if beyond[3:] else ''}; choose a role that is a member of none, or take"
            " these from it"
        )
    return read


def _columns(table: str) -> str:
    """The columns a reader is shown, in parentheses; '' for all of them."""
    if table not in _NOT_READ_OF:
        return ""
    shown = (c.name for c in Base.metadata.tables[table].c if c.name not in _NOT_READ_OF[table])
    return f" ({', '.join(shown)})"


def _check(connection: Connection, role: str) -> None:
    if connection.dialect.name != "postgresql":
        raise ReaderError("only PostgreSQL has roles; an embedded database is a file to read")
    if not owned(connection):
        raise ReaderError("only the owner of the tables can grant: GATEHOUSE_OWNER_URL")
    if not connection.execute(_THERE, {"role": role}).scalar():
        cure = f"CREATE ROLE {quoted(connection, role)} LOGIN"
        raise ReaderError(f"there is no role {role}; an administrator makes it: {cure}")
