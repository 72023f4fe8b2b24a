"""Probes: questions chosen so that every constant of the policies changes an answer to one.

Of a login they are histories that are decided; of the Recertification subsystem facts that are
judged, of every kind of actor about every kind of person.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import Any

from service.core.acting import Named, actor_of, management_facts, target_of
from service.core.actions import ACTIONS, MANAGEMENT, Facts
from service.core.calendar import WeeklyLimit
from service.core.call import Call
from service.core.inquiry import Inquiry
from service.core.judge import Judge
from service.core.login_facts import Window
from service.core.management_facts import ActorFacts, CountFacts, Covered, DoorFacts, TargetFacts
from service.core.measure import Person
from service.core.nobody import nobody_at
from service.core.rulebook import Rulebook
from service.core.standing import Flag, Request, RoleHeld
from service.login.decide import Evidence, decide
from service.policy.active import Court
from tests.core.standings import standing

OLD, LATER = "2000-01-01", "2018-02-01"
ROLES = (RoleHeld("TRACS", "", ""), RoleHeld("IMAX", "", ""))
DAY = "2019-03-01"
Probe = tuple[Evidence, Inquiry, str]
Question = tuple[str, Facts]
ACTOR_ID, TARGET_ID = "M90001", "M10001"
LACKING = ("OK", "INACTIVE", "NOT_CERTIFIED", "NEW_USER_NOT_CERTIFIED", "PROPERTY_NOT_CERTIFIED")


def probes(book: Rulebook) -> list[Probe]:
    """Every probe, made from the shipped *book*: (evidence, inquiry, day or instant)."""
    return [*_people(), *_properties(), *_windows(book), *_instants()]


def answers(court: Court, asked: list[Probe]) -> list[Any]:
    """What *court* answers to each: allowed, all reasons, refused properties."""
    return [_answer(court, *probe) for probe in asked]


def _answer(court: Court, evidence: Evidence, inquiry: Inquiry, when: str) -> Any:
    as_of = datetime.fromisoformat(when if "T" in when else f"{when}T12:00:00-05:00")
    try:
        outcome = decide(inquiry, evidence, court, as_of)
    except LookupError:
        return "no decision"
    return outcome.decision.allowed, outcome.decision.codes, outcome.refused


def _before(day: str, days: int) -> str:
    return (datetime.fromisoformat(day) - timedelta(days=days)).date().isoformat()


def _evidence(day: str = DAY, active: int = 1, **changes: Any) -> Evidence:
    plain = {
        "created_on": OLD,
        "roles": ROLES,
        "rob_accepted_on": _before(day, 30),
        "requests": (_request(_before(day, 100)),),
    }
    return Evidence(standing(**{**plain, **changes}), _before(day, active))


def _request(on: str, *covers: int, everywhere: bool = False) -> Request:
    return Request("M90001", on, True, everywhere, frozenset(covers or (1, 2)))


def _at(entry: str, **more: Any) -> Inquiry:
    return Inquiry(user_id="M10001", entry=entry, **more)


def _people() -> Iterator[Probe]:
    menu = _at("tracs_menu")
    for days in (75, 90, 91):
        yield _evidence(active=days), menu, DAY
        aged = {"wass_spoke_on": DAY}
        yield _evidence(wass_last_access_on=_before(DAY, days), **aged), menu, DAY
        yield _evidence(password_changed_on=_before(DAY, days), **aged), menu, DAY
    for day in ("2017-10-21", "2017-10-22"):
        yield _evidence(day, active=143), menu, day
    for day in ("2017-10-26", "2017-10-27"):
        yield Evidence(_evidence(day).standing), menu, day
    for entry in ("rob", "tracs_menu", "imax", "imax_admin", "imax_ws"):
        yield _evidence(), _at(entry), DAY
        yield _evidence(rob_accepted_on=""), _at(entry), DAY
        yield _evidence(rob_accepted_on=_before(DAY, 400)), _at(entry), DAY
        for role in ROLES:
            yield _evidence(roles=(role,)), _at(entry), DAY
    yield from _coordinators(menu)


def _coordinators(menu: Inquiry) -> Iterator[Probe]:
    marked = {"marked_coordinator": True, "properties": frozenset()}
    for created, requests in ((OLD, ()), (LATER, ()), ("2017-09-01", (_request("2017-09-02"),))):
        for bpr in (frozenset({1}), frozenset[int]()):
            changes = {**marked, "created_on": created, "requests": requests, "bpr": bpr}
            yield _evidence(**changes), menu, DAY


def _properties() -> Iterator[Probe]:
    contract = {"contract_number": "DC1"}
    for property_id in (1, 2, 3):
        asked = _at("tracs_menu", property_id=property_id)
        yield _evidence(requests=(_request(_before(DAY, 100), 1),)), asked, DAY
        yield _evidence(created_on=LATER, requests=(_request("2018-10-01", 1),)), asked, DAY
        yield _evidence(population="contractor", requests=()), asked, "2018-03-01"
        flags = (Flag("TRACS", "M90001", "2018-09-02", frozenset({1})),)
        yield _evidence(flags=flags), asked, DAY
    yield _evidence(), _at("tracs_menu", **contract), DAY
    everywhere = (_request("2024-11-01", everywhere=True),)
    inside = {"population": "contractor", "requests": everywhere}
    yield _evidence("2025-01-05", **inside), _at("tracs_menu", **contract), "2025-01-05"


def _windows(book: Rulebook) -> Iterator[Probe]:
    """Certified on the first day or the day before, asked on the last day or the day after."""
    for code in book.catalogue.populations:
        windows = book.calendar.windows[book.catalogue.populations[code].windows]
        for window in windows:
            for on in (window.opens, _before(window.opens, 1)):
                for day in (window.closes, window.matures_on):
                    requests = (_request(on, everywhere=code != "external"),)
                    yield _evidence(day, population=code, requests=requests), _at("imax"), day


def _instants() -> Iterator[Probe]:
    """The ninetieth day ends at midnight in the calendar's zone, not elsewhere."""
    for when in ("2019-03-01T04:59:00+00:00", "2019-03-01T05:01:00+00:00"):
        yield _evidence(active=91), _at("imax"), when


def questions(book: Rulebook) -> list[Question]:
    """Every question about the subsystem and its doors, made from the shipped *book*."""
    return [*_acceptances(book), *_doors(book), *_calls(book), *_limited(book), *_counts(book)]


def said(judge: Judge, asked: list[Question]) -> list[tuple[bool, tuple[str, ...]]]:
    """What *judge* says to each: allowed, and all reasons."""
    decisions = [judge(*question) for question in asked]
    return [(each.allowed, each.codes) for each in decisions]


def _acceptances(book: Rulebook) -> Iterator[Question]:
    person = _person(book, TARGET_ID, ("TRACS",))
    for entry in book.catalogue.entries:
        yield "accept_rob", nobody_at(entry, DAY)
        yield "accept_rob", person.at(entry)


def _person(book: Rulebook, person_id: str, roles: tuple[str, ...], **changes: Any) -> Person:
    held = tuple(RoleHeld(code, "", "") for code in roles)
    plain = {"person_id": person_id, "created_on": OLD, "roles": held}
    measured = standing(**{**plain, **changes})
    return Person(measured, _before(DAY, 1), book.calendar, book.catalogue, DAY)


def _coordinator(book: Rulebook, person_id: str, *roles: str, **changes: Any) -> Person:
    marked = {"marked_coordinator": True, "bpr": frozenset({1})}
    return _person(book, person_id, roles, **{**marked, **changes})


def _actors(book: Rulebook) -> Iterator[Person]:
    """Whoever may act: with every set of the roles that open no entry, and each other role alone;
    coordinators and others; of HUD and not."""
    silent = [code for code, role in book.catalogue.roles.items() if not role.opens]
    sets = [each for n in range(len(silent) + 1) for each in combinations(silent, n)]
    alone = [(code,) for code in book.catalogue.roles if code not in silent]
    for roles, population in product([*sets, *alone], ("external", "contractor")):
        yield _person(book, ACTOR_ID, roles, population=population)
        yield _coordinator(book, ACTOR_ID, *roles, population=population)


def _doors(book: Rulebook) -> Iterator[Question]:
    for person, terminated in product(_actors(book), (True, False)):
        known = replace(person, standing=replace(person.standing, terminated=terminated))
        for action, reason in product(MANAGEMENT, ("OK", "INACTIVE")):
            actor = actor_of(known, (reason,), Call(action=action, actor_id=ACTOR_ID))
            yield "open_subsystem", DoorFacts(asked=action, actor=actor)


def _targets(book: Rulebook) -> list[Named | None]:
    """Nobody; somebody unknown; a locked member of the staff, and with one thing or two otherwise;
    coordinators, the actor among them."""
    locked = Named(
        _person(book, TARGET_ID, ("TRACS",)), ("INACTIVE",), assigned=True, shares_property=True
    )
    apart = replace(locked, shares_property=False)
    inside = _person(book, TARGET_ID, ("TRACS",), population="contractor")
    return [
        None,
        Named(None, (), assigned=False, shares_property=False),
        locked,
        apart,
        replace(apart, person=_person(book, TARGET_ID, ("IMAX",))),
        replace(locked, assigned=False),
        replace(locked, login_reasons=("OK",)),
        replace(locked, person=inside),
        replace(apart, person=inside),
        replace(locked, person=_coordinator(book, TARGET_ID, "TRACS")),
        replace(locked, person=_coordinator(book, ACTOR_ID, "TRACS")),
    ]


def _calls(book: Rulebook) -> Iterator[Question]:
    actors, targets = list(_actors(book)), _targets(book)
    for action, kind in ACTIONS.items():
        if not issubclass(kind, ActorFacts):
            continue
        plain = Call(action=action, actor_id=ACTOR_ID, confirm=True)
        about = targets if issubclass(kind, TargetFacts) else [None]
        asked = [(plain, *each) for each in product(actors, about)]
        others = [
            replace(plain, coordinator_id="M90002"),
            replace(plain, confirm=False),
            replace(plain, items=("TCC",)),
        ]
        asked += product(others, [_coordinator(book, ACTOR_ID, "TCC", "TCR")], about)
        for call, person, named in asked:
            actor = actor_of(person, ("OK",), call)
            yield action, management_facts(call, actor, named, book.calendar, DAY)


def _limited(book: Rulebook) -> Iterator[Question]:
    """The second coordinator of a week, on the last day of a limit and on the day after it."""
    call = Call(action="certify", actor_id=ACTOR_ID)
    actor = actor_of(_coordinator(book, ACTOR_ID, "TCC"), ("OK",), call)
    requests = (replace(_request(_before(DAY, 1)), by="M90002"),)
    for until in (DAY, _before(DAY, 1)):
        limited = replace(book.calendar, weekly_limit=WeeklyLimit(1, 7, until))
        person = _person(book, TARGET_ID, ("TRACS",), requests=requests)
        named = Named(
            replace(person, calendar=limited), ("OK",), assigned=True, shares_property=True
        )
        yield "certify", management_facts(call, actor, named, limited, DAY)


def _counts(book: Rulebook) -> Iterator[Question]:
    """A request in a window or not, for a person and properties that lack each one thing."""
    call, person = Call(action="certify", actor_id=ACTOR_ID), _person(book, TARGET_ID, ("TRACS",))
    for reason, lacking, is_open in product(LACKING, LACKING, (True, False)):
        named = Named(person, (reason,), assigned=True, shares_property=True)
        facts = CountFacts(
            today=DAY,
            target=target_of(named, call),
            window=Window(first_opens_on=OLD, closed_opens_on=OLD, open=is_open),
            covered=Covered(reasons=(lacking,)),
        )
        yield "certification_counts", facts
