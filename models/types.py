"""Column types: a day as ISO text, an instant that always has a zone, JSON as exact bytes."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import Date, DateTime, Dialect, LargeBinary, Row, Select
from sqlalchemy.types import TypeDecorator

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
#: The largest number a column of integers holds on PostgreSQL.
LARGEST_NUMBER = 2**31 - 1


class Day(TypeDecorator[str]):
    """A calendar day, ISO text in Python; '' is stored as null."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> date | None:
        """ISO text to a date; raises ValueError for anything else."""
        return date.fromisoformat(value) if value else None

    def process_result_value(self, value: date | None, dialect: Dialect) -> str:
        """A date to ISO text."""
        return value.isoformat() if value else ""


class Instant(TypeDecorator[datetime]):
    """An instant, stored in UTC; refuses one without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; raises ValueError when *value* has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite gives no zone back: it is UTC."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A JSON document as bytes with sorted keys, so that equal documents are equal bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """To canonical bytes."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """From bytes."""
        return None if value is None else orjson.loads(value)


def canonical(document: Any) -> bytes:
    """The bytes of *document*: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
