"""From what a reviewer names, a day or an instant and so on, to what is searched for."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from service.core.moment import from_then, until_then
from service.ledger.searching import Search
from service.login.asked import BadlyAskedError
from service.recertification.replay import KINDS


def between(asked: Mapping[str, Any], zone: ZoneInfo, *, before: str = "") -> Search:
    """The search for decisions that were *asked* for; days are those of *zone*.

    Raises BadlyAskedError for a time that ends before it begins.
    """
    since, until = asked.get("since"), asked.get("until")
    search = Search(
        kinds=KINDS,
        person_id=asked.get("user_id", ""),
        outcome=asked.get("outcome", ""),
        reason=asked.get("reason", ""),
        since=None if since is None else from_then(since, zone),
        until=None if until is None else until_then(until, zone),
        before=before,
    )
    if search.since is not None and search.until is not None and search.since >= search.until:
        raise BadlyAskedError({"to": ["expected a time behind `from`"]})
    return search
