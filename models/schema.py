"""Bringing a database to the schema of this code, and knowing whether it is there."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models.base import Base
from models.partitions import make_ahead, owned, partitions, sort_in

_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, inside the transaction of *connection*.

    By the owner, the ledger's partitions are looked after too.
    """
    command.upgrade(_config(connection), "head")
    if owned(connection):
        sort_in(connection)
        make_ahead(connection)


def at_head(connection: Connection) -> bool:
    """Whether the database has exactly the migrations this code has."""
    current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config(connection)).get_current_head()


def differences(connection: Connection) -> list[object]:
    """What the database has otherwise than the models say; empty when they agree."""
    made = partitions(connection)  # as many as there are months, and all like their table
    options = {"compare_type": True, "include_name": lambda name, *_: name not in made}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, Base.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
