"""Playing scenarios over HTTP: each in a world of its own, with every answer as it left."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from models.engine import open_engine
from models.schema import upgrade
from service.app import bare_app, wire_app
from service.clients import add_client
from service.core.call import Call
from service.core.findings import Findings
from service.ledger.receipts import Signer
from service.people.caller import Caller
from service.policy.active import Court
from service.policy.revisions import Hand, install
from service.recertification.answer import management_answer
from service.recertification.manage import manage
from service.scenarios.reading import Scenario, Step, read_scenarios
from service.scenarios.world import World
from service.wiring import Wiring
from tests.tokens import knowing
from tests.web.asking import Gate, Subsystem, codes

_CALLER = Caller("a test")


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as it left, and to which step. *at_the_gate*: what the gate says of who acts,
    where the subsystem spoke of the actor."""

    scenario: Scenario
    step: Step
    answer: Mapping[str, Any]
    at_the_gate: Mapping[str, Any] | None = None

    @property
    def managed(self) -> bool:
        """Whether this answers a management call."""
        return "as" in self.step.fields

    def __str__(self) -> str:
        return f"{self.step.place}: {self.scenario.name}"


@dataclass(slots=True)
class _Moment:
    """A clock that stands where a step puts it."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


def managing(files: Iterable[Path], court: Court) -> list[Scenario]:
    """Every scenario of *files* in which somebody acts in the subsystem."""
    findings = Findings()
    read = [each for f in files for each in read_scenarios(f, court.book.calendar.zone, findings)]
    findings.raise_if_any()
    return [each for each in read if any("as" in step.fields for step in each.steps)]


class Stage:
    """An application in which one scenario after the other is played."""

    def __init__(self, texts: Mapping[str, bytes], court: Court, signer: Signer) -> None:
        """Prepare the empty database every scenario begins with, and who calls."""
        self._engine = engine = knowing(open_engine("sqlite:///:memory:"))
        as_of = datetime(2017, 1, 1, tzinfo=court.book.calendar.zone)
        with engine.begin() as connection:
            upgrade(connection)
            install(connection, texts, Hand(by="a test", as_of=as_of))
            tokens = [add_client(connection, s, [s], as_of) for s in ("gate", "subsystem")]
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.rollback()
            self._template: bytes = raw.serialize()
        self._court, self._signer, self._clock = court, signer, _Moment(as_of)
        self._app = bare_app(Wiring.public_url)
        at_gate, inside = ({"Authorization": f"Bearer {each}"} for each in tokens)
        self.gate = Gate(self._app.test_client(), at_gate)
        self.subsystem = Subsystem(self._app.test_client(), inside)

    def play(self, scenario: Scenario) -> Iterator[Heard]:
        """Every answer to the steps of *scenario*."""
        world = World(self._template, self._court, scenario.given, self._engine)
        wire_app(self._app, Wiring(world.engine, self._clock, world.courts), self._signer)
        spoken = None
        for step in scenario.steps:
            self._clock.at = step.as_of
            if step.as_of != spoken:
                with world.engine.begin() as connection:
                    world.wass_speaks(connection, step.as_of)
                spoken = step.as_of
            for answer in self._answers(world, step):
                at_the_gate = None
                if "actor_reasons" in answer:
                    at_the_gate = self.gate.login(step.fields["as"])
                yield Heard(scenario, step, answer, at_the_gate)

    def _answers(self, world: World, step: Step) -> Iterator[Mapping[str, Any]]:
        if step.verb == "wass":
            fields = step.fields.get("set", {})
            with world.engine.begin() as connection:
                who = {"as_of": step.as_of, "caller": _CALLER}
                world.wass_says(connection, step.people[0], fields, **who)
            return
        if step.verb == "call":
            return  # of a client, and no person hears of it
        if step.verb == "withdraw":
            yield self._withdrawn(world, step)
            return
        found = _VERBS[step.verb](self, step, step.people[0])
        yield from found if isinstance(found, Iterator) else [_json(found)]

    def _withdrawn(self, world: World, step: Step) -> Mapping[str, Any]:
        """A scenario names items, several at once, and HTTP one flag: so this is not of HTTP."""
        named = {"user_ids": step.people, "items": tuple(step.fields["items"])}
        call = Call(action="withdraw_flag", actor_id=step.fields["as"], **named)
        who = {"courts": world.courts, "as_of": step.as_of, "caller": _CALLER}
        with world.engine.begin() as connection:
            managed = manage(connection, call, **who)
            return management_answer(connection, managed, step.as_of)

    def acting(self, step: Step) -> Subsystem:
        """The subsystem, in which the person of the step acts."""
        return self.subsystem.by(step.fields["as"])


def _json(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return dict(response.json)


def _login(stage: Stage, step: Step, person: str) -> TestResponse:
    named = {"property": "property_id", "contract": "contract_number"}
    fields = {n: step.fields[n] for n in ("entry", "system") if n in step.fields}
    more = {name: step.fields[each] for each, name in named.items() if each in step.fields}
    if "contract_number" in more:
        more["contract_number"] = str(more["contract_number"])
    return stage.gate.asks(user_id=person, **fields, **more)


def _assign(stage: Stage, step: Step, person: str) -> TestResponse:
    body = {"user_id": person, "coordinator_id": step.fields["to"]}
    return stage.acting(step).asks("POST", "/v1/staff", json=body)


def _unassign(stage: Stage, step: Step, person: str) -> TestResponse:
    return stage.acting(step).asks("DELETE", f"/v1/staff/{step.fields['from']}/{person}")


def _staff(stage: Stage, step: Step, coordinator: str) -> Iterator[dict[str, Any]]:
    return _pages(stage, step, "/v1/staff", coordinator_id=coordinator)


def _report(stage: Stage, step: Step, name: str) -> Iterator[dict[str, Any]]:
    if name == "single_coordinator_properties":
        path = "/v1/reports/single-coordinator-properties"
        return iter([stage.acting(step).gets(path)])
    query = {"locked_only": str(step.fields.get("locked_only", False)).lower()}
    if search := step.fields.get("search", "").upper():
        if not search.isalnum():
            return iter(())  # badly asked over HTTP
        query["search"] = search
    return _pages(stage, step, "/v1/reports/last-logins", **query)


def _pages(stage: Stage, step: Step, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Every page, small ones; a refusal is one."""
    acting = stage.acting(step)
    page = acting.gets(path, **query, limit=2)
    yield page
    while page.get("next_cursor"):
        page = acting.gets(path, **query, limit=2, cursor=page["next_cursor"])
        yield page


def _unlock(stage: Stage, step: Step, _: str) -> TestResponse:
    return stage.acting(step).asks("POST", "/v1/unlocks", json={"user_ids": list(step.people)})


def _flag(stage: Stage, step: Step, person: str) -> TestResponse:
    confirm = {n: step.fields[n] for n in ("confirm",) if n in step.fields}
    body = {"user_id": person, "items": list(step.fields["items"]), **confirm}
    return stage.acting(step).asks("POST", "/v1/flags", json=body)


def _shown(what: str) -> Callable[[Stage, Step, str], TestResponse]:
    return lambda stage, step, person: stage.acting(step).asks("GET", f"/v1/users/{person}/{what}")


_VERBS: Mapping[str, Callable[[Stage, Step, str], TestResponse | Iterator[dict[str, Any]]]] = {
    "login": _login,
    "accept_rob": lambda stage, _, person: stage.gate.accepts(person),
    "assign": _assign,
    "unassign": _unassign,
    "staff": _staff,
    "report": _report,
    "unlock": _unlock,
    "roles": _shown("roles"),
    "flag": _flag,
    "certify": lambda stage, step, person: stage.acting(step).asks(
        "POST", "/v1/certifications", json={"user_id": person}
    ),
    "history": _shown("certifications"),
}


def unexpected(heard: Heard) -> list[str]:
    """What of outcome, reason, reasons and contact the step expected otherwise."""
    answer = heard.answer
    found = {
        "outcome": answer.get("outcome", answer.get("decision")),
        "reason": answer["reason"],
        "reasons": codes(answer),
        "contact": answer["reasons"][0]["contact"],
    }
    return [
        f"{heard}: {name}: expected {heard.step.expect[name]}, found {value}"
        for name, value in found.items()
        if name in heard.step.expect and heard.step.expect[name] != value
    ]
