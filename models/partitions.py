"""The partitions of the ledger: on PostgreSQL the entries of each month have one of their own.

A month, because retention is counted in months: an old one is detached whole, and those a question
about one person looks through are few. Three are made ahead, so that somebody has a quarter of a
year to notice that none are made any more. Until then, and after it, the default partition takes
what no other does. SQLite has one table, and nothing is done there.
"""

from sqlalchemy import Connection

#: Makes what is missing of this month's partition and the next three; runs as the owner.
MAKES_AHEAD = "public.entry_partitions_ahead()"
_SORTS_IN = "public.entry_default_sorted_in()"
_OWNS = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'public.entry'::regclass"
_PARTITIONS = "SELECT relname FROM pg_catalog.pg_class WHERE relispartition AND relkind = 'r'"


def make_ahead(connection: Connection) -> int:
    """Make the partitions that are missing; how many. No writer waits meanwhile."""
    return int(connection.exec_driver_sql(f"SELECT {MAKES_AHEAD}").scalar_one())


def sort_in(connection: Connection) -> int:
    """Bring entries from the default partition to those of their months; how many.

    Only the owner may, and everybody else waits until the commit.
    """
    return int(connection.exec_driver_sql(f"SELECT {_SORTS_IN}").scalar_one())


def owned(connection: Connection) -> bool:
    """Whether there are partitions, and whoever is connected owns them."""
    is_postgresql = connection.dialect.name == "postgresql"
    return is_postgresql and bool(connection.exec_driver_sql(_OWNS).scalar())


def partitions(connection: Connection) -> set[str]:
    """The names of all partitions."""
    if connection.dialect.name != "postgresql":
        return set()
    return set(connection.exec_driver_sql(_PARTITIONS).scalars())
