"""User Last Login Report: the assigned staff, their last access, who is locked and why else.

*Locked* and the reasons come from the rules of the login, so the report never disagrees with the
gate. What of somebody may be shown, the rules of see_details say.
"""

from collections.abc import Collection, Iterator
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from service.core.acting import Named, target_of
from service.core.management_facts import Target, TargetFacts
from service.core.measure import Person
from service.login.decide import measured
from service.recertification.consider import Considered
from service.recertification.decide import login_reasons, shares_property
from service.recertification.gather import evidence_of
from service.recertification.result import Page, Result
from service.recertification.staff import staff_behind

#: A page of the locked looks at so many of the staff (or at as many as it may hold), and no more.
_LOOKED_AT = 300


def last_login_report(connection: Connection, considered: Considered, page: Page) -> Result:
    """One page of the report; `next_cursor` is null when there is no more to look at.

    Of the locked alone a page may be short: what it costs does not grow with the staff.
    """
    looks = max(page.limit, _LOOKED_AT) if page.locked_only else page.limit
    found, more = staff_behind(connection, considered.call.coordinator, page, looks)
    rows: list[dict[str, Any]] = []
    cursor = page.cursor
    for person in _people(connection, found, considered):
        if len(rows) == page.limit:
            more = True
            break
        row, cursor = row_of(person, considered), person.standing.person_id
        if row["locked"] or not page.locked_only:
            rows.append(row)
    people = [row["user_id"] for row in rows]
    fields = {
        "people": people,
        "last_access": {r["user_id"]: r["last_access"] for r in rows if "note" not in r},
        "staff": rows,
        "next_cursor": cursor if more else None,
    }
    return Result(fields=fields, keeps={"people": people})


def row_of(person: Person, considered: Considered) -> dict[str, Any]:
    """What the report shows of *person*."""
    user_id, reasons = person.standing.person_id, considered.court.book.reasons
    codes = login_reasons(person, considered.court)
    shares = shares_property(considered.acting, person)
    named = Named(person, codes, assigned=True, shares_property=shares)
    denied = why_unseen(target_of(named, considered.call), considered)
    if denied:
        note = reasons.by_code[denied].meaning
        return {
            "user_id": user_id,
            "last_access": None,
            "locked": None,
            "reasons": [],
            "note": note,
        }
    seen = [reasons.by_code[c] for c in codes if not reasons.by_code[c].unseen]
    return {
        "user_id": user_id,
        "last_access": person.last_activity_on or None,
        "locked": any(reason.locked for reason in seen),
        "reasons": [{"code": r.code, "meaning": r.meaning} for r in seen if r.cures],
    }


def why_unseen(target: Target, considered: Considered) -> str:
    """The reason why the actor may see no more of *target* than the ID; '' when he may."""
    actor = considered.outcome.door.actor
    facts = TargetFacts(today=considered.today, actor=actor, target=target)
    decision = considered.court.judge("see_details", facts)
    return "" if decision.allowed else decision.reason


def _people(
    connection: Connection, ids: Collection[str], considered: Considered
) -> Iterator[Person]:
    """The people *ids*, measured, in the order of their IDs."""
    for _, evidence in sorted(evidence_of(connection, ids).items(), key=itemgetter(0)):
        person = measured(evidence, considered.court, considered.today)
        assert person is not None
        yield person
