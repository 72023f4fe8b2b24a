"""What opens each call, in the OpenAPI document, by the rules that count at present."""

from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from service.core.api_facts import SCOPES
from service.login.calling import scopes_that_open
from service.login.gather import active_court
from service.policy.active import Court
from service.web.documented import CALL
from service.web.wired import instant, wiring

_SCOPE = "x-scope"


def with_scopes(spec: dict[str, Any]) -> dict[str, Any]:
    """*spec*, in which each call names the scopes that open it; none while nobody can say."""
    try:
        court = _court()
    except (SQLAlchemyError, LookupError):
        return spec
    for path in spec["paths"].values():
        for operation in path.values():
            if CALL in operation:
                operation[_SCOPE] = _told(court, operation[CALL])
    return spec


def _court() -> Court:
    parts = wiring()
    with parts.reader.begin() as connection:
        return active_court(connection, parts.courts)


def _told(court: Court, call: str) -> str:
    today = court.book.calendar.day_of(instant())
    return "; ".join(f"{s}: {SCOPES[s]}" for s in scopes_that_open(court, call, today))
