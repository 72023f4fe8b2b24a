"""Reading scenario files strictly: an unknown key, verb or type is an error, never a pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.core.findings import Findings
from service.core.language import LanguageError, read_day
from service.core.rulefile import decode
from service.core.strict_yaml import Section, Shape, read_mapping

_GIVEN = (
    "windows",
    "weekly_coordinator_limit",
    "contracts",
    "people",
    "staff",
    "certifications",
    "flags",
)
_PERSON = (
    "population",
    "coordinator",
    "roles",
    "created",
    "rob_accepted",
    "last_activity",
    "unlocked",
    "properties",
    "contracts",
    "bpr",
    "wass",
)
_ANY = ("outcome", "reason", "reasons", "contact")
#: The verbs, with the fields each may have.
VERBS: Mapping[str, tuple[str, ...]] = {
    "login": ("entry", "system", "property", "contract"),
    "accept_rob": (),
    "assign": ("to", "as"),
    "unassign": ("from", "as"),
    "staff": ("as",),
    "report": ("as", "locked_only", "search"),
    "unlock": ("as",),
    "roles": ("as",),
    "flag": ("items", "confirm", "as"),
    "withdraw": ("items", "as"),
    "certify": ("as",),
    "history": ("as",),
    "wass": ("set",),
    "call": ("client",),
}
#: What `expect` of a verb may name besides the outcome, the reasons and the contact.
_MORE: Mapping[str, tuple[str, ...]] = {
    "login": ("refused_properties", "options"),
    "staff": ("people",),
    "report": ("people", "last_access", "properties"),
    "roles": ("items", "properties"),
    "flag": ("effective_on",),
    "certify": ("counts", "properties"),
    "history": ("certifications",),
}
_LISTS = {"unlock"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: a verb on people at an instant, and what must come out."""

    place: str
    verb: str
    people: tuple[str, ...]
    fields: Mapping[str, Any]
    as_of: datetime
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A small history."""

    place: str
    name: str
    given: Mapping[str, Any]
    steps: tuple[Step, ...]


def read_scenarios(path: Path, zone: ZoneInfo, findings: Findings) -> list[Scenario]:
    """The scenarios of one file, days being days of *zone*; what is wrong goes to *findings*."""
    name = str(path)
    text = decode(name, path.read_bytes(), findings)
    file = Shape(name, read_mapping(name, text, findings, ends=False, nothing=True), findings)
    file.only("scenarios", "background")
    background = _given(file.inner("background")) if "background" in file.section else {}
    reader = _Reader(name, zone, background)
    found = [reader.scenario(item) for item in file.items("scenarios")]
    if not found:
        file.note("expected at least one scenario", "scenarios")
    return found


class _Reader:
    def __init__(self, file: str, zone: ZoneInfo, background: Mapping[str, Any]) -> None:
        self._file = file
        self._zone = zone
        self._background = background

    def scenario(self, item: Shape) -> Scenario:
        item.only("name", "source", "given", "steps")
        item.text("source")
        own = _given(item.inner("given")) if "given" in item.section else {}
        steps = tuple(self._step(each) for each in item.items("steps"))
        if not steps:
            item.note("expected at least one step", "steps")
        place = f"{self._file}:{item.line()}"
        return Scenario(place, item.text("name"), _over(self._background, own), steps)

    def _step(self, item: Shape) -> Step:
        verbs = [key for key in item.section if key in VERBS]
        verb = verbs[0] if len(verbs) == 1 else ""
        if verb:
            item.only(verb, *VERBS[verb], "day", "at", "expect")
            _check_kinds(item, VERBS[verb])
        else:
            item.note(f"expected one verb; known: {', '.join(VERBS)}")
        place = f"{self._file}:{item.line()}"
        expect = self._expect(item, verb)
        return Step(place, verb, _people(item, verb), item.section, self._as_of(item), expect)

    def _expect(self, item: Shape, verb: str) -> Mapping[str, Any]:
        if "expect" not in item.section:
            if verb and verb != "wass":
                item.note("expected `expect`: a step without one proves nothing")
            return {}
        expect = item.inner("expect")
        if verb:
            expect.only(*(() if verb == "wass" else _ANY), *_MORE.get(verb, ()))
        return expect.section

    def _as_of(self, item: Shape) -> datetime:
        try:
            if "at" in item.section:
                at = datetime.fromisoformat(item.text("at"))
                if at.tzinfo is not None:
                    return at
                raise ValueError("no zone")
            day = datetime.fromisoformat(read_day(item.text("day")))
            return datetime.combine(day, time(12), self._zone)
        except (ValueError, LanguageError):
            item.note("expected `day: YYYY-MM-DD`, or `at:` with an instant and its zone")
            return datetime(2000, 1, 1, tzinfo=self._zone)


def _check_kinds(item: Shape, fields: tuple[str, ...]) -> None:
    """Note what of a management verb is missing or of another kind."""
    for name in {"as", "to", "from"} & set(fields) | {"search"} & set(item.section):
        item.text(name)
    for name in {"confirm", "locked_only"} & set(fields):
        item.yes(name)
    if "client" in fields and "client" in item.section:
        _check_client(item.inner("client"))
    if "items" in fields and not item.texts("items"):
        item.note("expected at least one role or action", "items")


def _check_client(client: Shape) -> None:
    """Note what is wrong of the client that calls; without one a token is nobody's."""
    client.only("scopes", "expires", "revoked")
    client.texts("scopes")
    client.yes("revoked")
    try:
        read_day(client.text("expires")) if "expires" in client.section else None
    except LanguageError as error:
        client.note(str(error), "expires")


def _people(item: Shape, verb: str) -> tuple[str, ...]:
    """Whom (or, of a report, which) the verb names."""
    if not verb:
        return ()
    people = item.texts(verb) if verb in _LISTS else (item.text(verb),)
    if not people:
        item.note(f"expected somebody to {verb}", verb)
    return people


def _given(shape: Shape) -> Mapping[str, Any]:
    shape.only(*_GIVEN)
    if "people" in shape.section:
        for person in shape.inner_all("people").values():
            person.only(*_PERSON)
    return shape.section


def _over(background: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """*own* laid over *background*, person by person; a person without a population is laid over
    the one of the background, key by key."""
    people = dict(background.get("people", {}))
    for person_id, person in own.get("people", {}).items():
        whole = not isinstance(person, Section) or "population" in person
        people[person_id] = person if whole else {**people.get(person_id, {}), **person}
    return {**background, **own, "people": people}
