"""User Last Login Report: the assigned staff, their last access, who is locked and why else.

*Locked* and the reasons come from the rules of the login, so the report never disagrees with the
gate. What of somebody may be shown, the rules of see_details say.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from models.access import Staff
from models.gate import Activity
from models.people import Standing as StandingRow
from service.core.acting import Named, management_facts
from service.core.measure import Person
from service.core.standing import from_plain
from service.login.decide import Evidence, measured
from service.recertification.consider import Considered
from service.recertification.decide import login_reasons, shares_property
from service.recertification.result import Page, Result

#: A page of the locked looks at so many pages of staff; then it ends, perhaps short.
_PAGES_LOOKED_AT = 10
_STAFF = (
    select(Staff.user_id, StandingRow.document, Activity.last_on)
    .join(StandingRow, StandingRow.person_id == Staff.user_id)
    .outerjoin(Activity, Activity.person_id == Staff.user_id)
    .order_by(Staff.user_id)
)


def last_login_report(connection: Connection, considered: Considered, page: Page) -> Result:
    """One page of the report; `next_cursor` is null when there is no more to look at."""
    rows: list[dict[str, Any]] = []
    cursor, more, looked = page.cursor, False, 0
    for person in _people(connection, considered, page):
        if len(rows) == page.limit or looked == page.limit * _PAGES_LOOKED_AT:
            more = True
            break
        row = row_of(person, considered)
        cursor, looked = person.standing.person_id, looked + 1
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
    denied = why_unseen(person, codes, considered)
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


def why_unseen(person: Person, codes: tuple[str, ...], considered: Considered) -> str:
    """The reason why the actor may see no more of *person* than the ID; '' when he may."""
    call = replace(considered.call, action="see_details")
    shares = shares_property(considered.acting, person)
    named = Named(person, codes, assigned=True, shares_property=shares)
    actor = considered.outcome.door.actor
    facts = management_facts(call, actor, named, person.calendar, person.today)
    decision = considered.court.judge("see_details", facts)
    return "" if decision.allowed else decision.reason


def _people(connection: Connection, considered: Considered, page: Page) -> Iterator[Person]:
    """The assigned staff behind the cursor that the search finds, read some at a time."""
    cursor, size = page.cursor, page.limit + 1
    query = _STAFF.where(
        Staff.coordinator_id == considered.call.coordinator,
        Staff.user_id.contains(page.search, autoescape=True),
    )
    while True:
        rows = list(connection.execute(query.where(Staff.user_id > cursor).limit(size)))
        for row in rows:
            evidence = Evidence(from_plain(row.document), row.last_on)
            person = measured(evidence, considered.court, considered.today)
            assert person is not None
            yield person
        if len(rows) < size:
            return
        cursor = rows[-1].user_id
