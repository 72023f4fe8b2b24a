"""Playing scenarios: each on its own empty database, through the functions the endpoints call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from models.engine import open_engine
from models.schema import upgrade
from service.clients import Client
from service.core.api_facts import CALLS, SCOPES
from service.core.call import Call
from service.core.inquiry import Inquiry
from service.login.asked import BadlyAskedError
from service.login.calling import judge_call
from service.login.gate import accept_rob, log_in
from service.login.gather import active_court
from service.people.caller import Caller
from service.policy.active import Court
from service.policy.revisions import Hand, install
from service.recertification.answer import management_answer
from service.recertification.manage import manage
from service.recertification.result import FIRST_PAGE, Page
from service.scenarios.person import GivenError
from service.scenarios.reading import Scenario, Step
from service.scenarios.world import IN_MEMORY, World

_CALLER = Caller("policy test")
_IN_ORDER = {"reasons", "certifications"}


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not come out, or could not be played at all (*broken*)."""

    place: str
    name: str
    message: str
    broken: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.name}: {self.message}"


class Runner:
    """Plays scenarios against one rulebook; *world* is what the last one left behind."""

    world: World

    def __init__(self, texts: Mapping[str, bytes], court: Court, first: Scenario) -> None:
        """Prepare the empty database every scenario begins with."""
        self._engine = open_engine(IN_MEMORY)
        with self._engine.begin() as connection:
            upgrade(connection)
            as_of = first.steps[0].as_of
            install(connection, texts, Hand(by="policy test", as_of=as_of))
        with self._engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.rollback()
            self._template: bytes = raw.serialize()
        self._court = court

    def play(self, scenario: Scenario, court: Court | None = None) -> Failure | None:
        """The first thing that did not come out as expected, if any; *court*: instead of ours."""
        try:
            world = World(self._template, court or self._court, scenario.given, self._engine)
            self.world = world
        except (GivenError, KeyError, TypeError) as error:
            return Failure(scenario.place, scenario.name, f"given: {error}", broken=True)
        return next(filter(None, (_played(world, s, scenario) for s in scenario.steps)), None)


def _played(world: World, step: Step, scenario: Scenario) -> Failure | None:
    try:
        with world.engine.begin() as connection:
            world.wass_speaks(connection, step.as_of)
            answer = _VERBS[step.verb](world, connection, step)
    except (GivenError, BadlyAskedError) as error:
        return Failure(step.place, scenario.name, str(error), broken=True)
    for key, expected in step.expect.items():
        if not _same(key, expected, answer.get(key)):
            message = f"{key}: expected `{expected}`, found `{answer.get(key)}`"
            return Failure(step.place, scenario.name, message)
    return None


def _same(key: str, expected: Any, found: Any) -> bool:
    """Whether *found* is what was *expected*; of a mapping only what is named is compared."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(_same(key, each, found.get(name)) for name, each in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        if key not in _IN_ORDER:
            return sorted(map(str, expected)) == sorted(map(str, found))
        pairs = zip(expected, found, strict=False)
        return len(expected) == len(found) and all(_same(key, *pair) for pair in pairs)
    return bool(expected == found)


def _login(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    inquiry = Inquiry(
        user_id=step.people[0],
        entry=step.fields.get("entry", ""),
        system=step.fields.get("system", ""),
        property_id=step.fields.get("property"),
        contract_number=str(step.fields.get("contract", "")),
    )
    logged = log_in(
        connection, inquiry, courts=world.courts, as_of=step.as_of, caller=lambda *_: _CALLER
    )
    answer = logged.answer
    refused = [each["property_id"] for each in answer["refused_properties"]]
    return {**_plain(answer), "outcome": answer["decision"], "refused_properties": refused}


def _accept_rob(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    accepted = accept_rob(
        connection, step.people[0], courts=world.courts, as_of=step.as_of, caller=_CALLER
    )
    return _plain(accepted.answer)


def _assign(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    return _managed(world, connection, step, "assign_staff", coordinator_id=step.fields["to"])


def _unassign(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    return _managed(world, connection, step, "unassign_staff", coordinator_id=step.fields["from"])


def _staff(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    (coordinator,) = step.people
    call = Call(action="view_staff", actor_id=step.fields["as"], coordinator_id=coordinator)
    return _all_pages(world, connection, step, call, FIRST_PAGE)


def _report(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    (name,) = step.people
    if name not in _REPORTS:
        raise GivenError(f"unknown report `{name}`; known: {', '.join(_REPORTS)}")
    page = Page(
        locked_only=step.fields.get("locked_only", False),
        search=step.fields.get("search", "").upper(),
    )
    call = Call(action=_REPORTS[name], actor_id=step.fields["as"])
    return _all_pages(world, connection, step, call, page)


def _flag(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    more = {"items": tuple(step.fields["items"]), "confirm": step.fields.get("confirm", False)}
    return _managed(world, connection, step, "flag", **more)


def _withdraw(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    items = tuple(step.fields["items"])
    return _managed(world, connection, step, "withdraw_flag", items=items)


def _plainly(action: str) -> Callable[[World, Connection, Step], dict[str, Any]]:
    """A verb that brings nothing but who acts and on whom."""
    return lambda world, connection, step: _managed(world, connection, step, action)


def _managed(
    world: World, connection: Connection, step: Step, action: str, **more: Any
) -> dict[str, Any]:
    call = Call(action=action, actor_id=step.fields["as"], user_ids=step.people, **more)
    return _one_page(world, connection, step, call, FIRST_PAGE)


def _all_pages(
    world: World, connection: Connection, step: Step, call: Call, page: Page
) -> dict[str, Any]:
    """The answer with the people of every page."""
    answer = _one_page(world, connection, step, call, page)
    cursor = answer.get("next_cursor")
    if cursor:
        rest = _all_pages(world, connection, step, call, replace(page, cursor=cursor))
        answer["people"] += rest["people"]
        answer.get("last_access", {}).update(rest.get("last_access", {}))
    return answer


def _one_page(
    world: World, connection: Connection, step: Step, call: Call, page: Page
) -> dict[str, Any]:
    managed = manage(connection, call, page, courts=world.courts, as_of=step.as_of, caller=_CALLER)
    return _plain(management_answer(connection, managed, step.as_of))


def _wass(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    fields = step.fields.get("set", {})
    world.wass_says(connection, step.people[0], fields, as_of=step.as_of, caller=_CALLER)
    return {}


def _call(world: World, connection: Connection, step: Step) -> dict[str, Any]:
    """Whether a client may make a call; nothing is done."""
    (call,) = step.people
    given = step.fields.get("client")
    if unknown := {call} - set(CALLS) | set((given or {}).get("scopes", ())) - set(SCOPES):
        raise GivenError(f"unknown call or scope `{min(unknown)}`")
    court = active_court(connection, world.courts)
    today = court.book.calendar.day_of(step.as_of)
    decision = judge_call(court, None if given is None else _client(given), call, today)
    reasons = court.book.reasons
    return {
        "outcome": "allow" if decision.allowed else "refused",
        "reasons": list(decision.codes),
        "reason": decision.reason,
        "contact": reasons.cure(decision.reason, reasons.audience_of(None)).contact,
    }


def _client(given: Mapping[str, Any]) -> Client:
    scopes = tuple(given.get("scopes", ()))
    return Client("", "", scopes, str(given.get("expires", "")), given.get("revoked", False))


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with its reasons as codes, and the contact of the first."""
    codes = [each["code"] for each in answer["reasons"]]
    return {**answer, "reasons": codes, "contact": answer["reasons"][0]["contact"]}


_REPORTS = {
    "last_logins": "last_login_report",
    "single_coordinator_properties": "single_coordinator_report",
}
_VERBS: Mapping[str, Callable[[World, Connection, Step], dict[str, Any]]] = {
    "login": _login,
    "accept_rob": _accept_rob,
    "assign": _assign,
    "unassign": _unassign,
    "staff": _staff,
    "report": _report,
    "unlock": _plainly("unlock"),
    "roles": _plainly("view_roles"),
    "flag": _flag,
    "withdraw": _withdraw,
    "certify": _plainly("certify"),
    "history": _plainly("view_history"),
    "wass": _wass,
    "call": _call,
}
