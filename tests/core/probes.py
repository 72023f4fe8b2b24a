"""Probes: questions chosen so that every constant of the policies changes an answer to one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from service.core.inquiry import Inquiry
from service.core.rulebook import Rulebook
from service.core.standing import Flag, Request, RoleHeld
from service.login.decide import Evidence, decide
from service.policy.active import Court
from tests.core.standings import standing

OLD, LATER = "2000-01-01", "2018-02-01"
ROLES = (RoleHeld("TRACS", "", ""), RoleHeld("IMAX", "", ""))
DAY = "2019-03-01"
Probe = tuple[Evidence, Inquiry, str]


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
