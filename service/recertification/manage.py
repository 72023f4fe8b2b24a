"""The story of one management call: hold, gather, judge, do, record; all in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from service.core.call import Call
from service.core.decision import Decision
from service.ledger.entries import Written
from service.login.gather import hold_to_change
from service.people.caller import Caller
from service.policy.active import Courts
from service.recertification.certify import certify, view_history
from service.recertification.consider import Considered, consider
from service.recertification.flags import flag, withdraw_flag
from service.recertification.record import record
from service.recertification.report import last_login_report
from service.recertification.result import FIRST_PAGE, Page, Result
from service.recertification.roles import view_roles
from service.recertification.single import single_coordinator_report
from service.recertification.staff import assign_staff, unassign_staff, view_staff
from service.recertification.unlock import unlock

_Doing = Callable[[Connection, Considered, Page], Result]
_CHANGES: Mapping[str, _Doing] = {
    each.__name__: each
    for each in (unlock, assign_staff, unassign_staff, flag, withdraw_flag, certify)
}
_SHOWS: Mapping[str, _Doing] = {
    each.__name__: each
    for each in (
        last_login_report,
        view_staff,
        view_roles,
        view_history,
        single_coordinator_report,
    )
}
_DOING = {**_CHANGES, **_SHOWS}
_NOTHING = Result()


@dataclass(frozen=True, slots=True)
class Managed:
    """What was considered, what came of it, the reasons to give, and the entry that keeps it."""

    considered: Considered
    result: Result
    decision: Decision
    written: Written


def manage(
    connection: Connection,
    call: Call,
    page: Page = FIRST_PAGE,
    *,
    courts: Courts,
    as_of: datetime,
    caller: Caller,
) -> Managed:
    """Do what *call* asks, or refuse it, and write that down, in the transaction of *connection*.

    Everybody it may change, and who acts, stay as they are until the commit.
    """
    if call.action in _CHANGES:
        hold_to_change(connection, call.actor_id, call.coordinator, *call.user_ids)
    considered = consider(connection, call, courts=courts, as_of=as_of)
    allowed = considered.outcome.decision.allowed
    result = _DOING[call.action](connection, considered, page) if allowed else _NOTHING
    decision = result.decision or considered.outcome.decision
    written = record(
        connection, considered, result, page, decision=decision, as_of=as_of, caller=caller
    )
    return Managed(considered, result, decision, written)
