"""Databases as earlier versions left them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

import models

_MIGRATIONS = Path(models.__file__).with_name("migrations")


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring the database to the schema of *revision*."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
