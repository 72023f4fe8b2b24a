"""The calls of coordinators that belong to a window, as the ledger keeps them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from service.core.calendar import Calendar
from service.core.moment import from_then, until_then
from service.ledger.searching import Search, oldest_first
from service.recertification.evidence.window import Of

CERTIFY, FLAG, WITHDRAW, UNASSIGN = "certify", "flag", "withdraw_flag", "unassign_staff"
_Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Calls:
    """What was done: requests and flags by (person, by whom, day), and what was taken back."""

    certified: Mapping[tuple[str, str, str], list[_Entry]]
    flagged: Mapping[tuple[str, str, str], list[_Entry]]
    ended: list[_Entry]


def calls_of(connection: Connection, of: Of, calendar: Calendar) -> Calls:
    """The calls that were done within the window, and flags from before it that mature with it."""
    certified: defaultdict[tuple[str, str, str], list[_Entry]] = defaultdict(list)
    flagged: defaultdict[tuple[str, str, str], list[_Entry]] = defaultdict(list)
    ended: list[_Entry] = []
    for entry in _done(connection, of, calendar):
        day = calendar.day_of(datetime.fromisoformat(entry["as_of"]))
        (user_id,), actor_id = entry["call"]["user_ids"], entry["call"]["actor_id"]
        if entry["kind"] == FLAG:
            flagged[user_id, actor_id, day].append(entry)
        elif day < of.window.opens:
            continue
        elif entry["kind"] == CERTIFY:
            certified[user_id, actor_id, day].append(entry)
        else:
            ended.append(entry)
    return Calls(certified, flagged, ended)


def _done(connection: Connection, of: Of, calendar: Calendar) -> Iterator[_Entry]:
    before = [w.closes for w in calendar.windows[of.population] if w.closes < of.window.opens]
    search = Search(
        kinds=(CERTIFY, FLAG, WITHDRAW, UNASSIGN),
        outcome="done",
        since=from_then(date.fromisoformat(max(before)), calendar.zone) if before else None,
        until=until_then(date.fromisoformat(of.window.closes), calendar.zone),
    )
    return oldest_first(connection, search)
