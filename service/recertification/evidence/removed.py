"""What was removed with a window or within it: roles, flags, relations; and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.core.measure import Person
from service.core.standing import Flag
from service.recertification.ended import WHOLE, removed
from service.recertification.evidence.calls import UNASSIGN, Calls
from service.recertification.evidence.window import Of

_WASS = "WASS"


@dataclass(frozen=True, slots=True)
class Removed:
    """A *role*, a *flag* or a *relation* that was removed of somebody."""

    what: str
    user_id: str
    item: str
    properties: str
    on: str
    by: str
    why: str
    decision_ids: str


def taken(person: Person, of: Of, calls: Calls, today: str) -> Iterator[Removed]:
    """The roles that the flags of the window took, and those WASS dropped within it."""
    if of.window.matures_on <= today:
        for user_id, code, properties in removed(person, of.window):
            flags = [f for f in person.standing.flags if _of_window(f, code, person, of)]
            whole = properties if properties == WHOLE else " ".join(map(str, properties))
            days = ", ".join(f"{f.by} on {f.on}" for f in flags)
            by = " ".join(sorted({f.by for f in flags}))
            why = f"flagged for removal by {days}"
            ids = " ".join(_flagged(user_id, flags, calls))
            yield Removed("role", user_id, code, whole, of.window.matures_on, by, why, ids)
    for role in person.standing.roles:
        if of.window.opens <= role.ended_on <= of.window.closes:
            user_id, day = person.standing.person_id, role.ended_on
            yield Removed(
                "role", user_id, role.code, WHOLE, day, _WASS, "WASS lists it no more", ""
            )


def ended(calls: Calls) -> Iterator[Removed]:
    """The relations that were ended and the flags that were taken back within the window."""
    return (row for entry in calls.ended for row in _ended(entry))


def _ended(entry: Mapping[str, Any]) -> Iterator[Removed]:
    call, at = entry["call"], datetime.fromisoformat(entry["as_of"]).isoformat()
    (user_id,), by = call["user_ids"], call["actor_id"]
    if entry["kind"] == UNASSIGN:
        item, why = entry["result"]["coordinator_id"], f"relationship ended by {by}"
        yield Removed("relation", user_id, item, "", at, by, why, entry["id"])
        return
    for item in call["items"]:
        why = f"flag taken back by {by}"
        yield Removed("flag", user_id, item, "", at, by, why, entry["id"])


def _of_window(flag: Flag, code: str, person: Person, of: Of) -> bool:
    """Whether it is *flag* that takes *code* with the window."""
    return flag.item == code and person.calendar.open_or_next(of.population, flag.on) == of.window


def _flagged(user_id: str, flags: list[Flag], calls: Calls) -> Iterator[str]:
    for flag in flags:
        for entry in calls.flagged.get((user_id, flag.by, flag.on), []):
            if flag.item in entry["call"]["items"]:
                yield entry["id"]
