"""What a database says of people and properties, so that two can be compared."""

from typing import Any

from sqlalchemy import Engine, select

from models.base import Base
from models.engine import reading

_NEVER_THE_SAME = {
    *("entry", "leaf", "signature", "tree_head", "public_key"),
    *("revision", "client", "alembic_version"),
}


def contents(engine: Engine) -> dict[str, list[Any]]:
    """The rows of every table that the same deeds fill with the same."""
    tables = [t for t in Base.metadata.sorted_tables if t.name not in _NEVER_THE_SAME]
    with reading(engine).begin() as connection:
        return {t.name: sorted(map(str, connection.execute(select(t)))) for t in tables}
