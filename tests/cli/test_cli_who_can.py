"""gatehouse policy who-can: the same people as when the gate is asked one by one."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from models.access import PropertyAssignment
from models.engine import reading
from models.people import Person, PersonRole
from service.clock import system_clock
from service.core.actions import MANAGEMENT
from service.core.call import Call
from service.core.inquiry import Inquiry
from service.feed.demo import load_demo
from service.login.consider import consider
from service.policy.active import Courts
from service.recertification.able.question import ACTIONS
from service.recertification.consider import consider as consider_call
from tests.cli.command import WRONGLY_ASKED, YES, Said, Shell
from tests.web.asking import ANY_DATABASE, entries

ENTRIES = ("rob", "tracs_menu", "imax", "imax_admin", "imax_ws")
TARGETS = ("M10002", "M90001", "H20001")
pytestmark = ANY_DATABASE


class OneByOne:
    """The demo world, in which everybody is asked about alone."""

    def __init__(self, engine: Engine, courts: Courts) -> None:
        self.engine, self._courts = engine, courts
        self._as_of: datetime = system_clock()
        with engine.begin() as connection:
            load_demo(connection, courts=courts, as_of=self._as_of, progress=lambda _: None)
        with reading(engine).begin() as connection:
            self.people = list(connection.scalars(select(Person.id).order_by(Person.id)))

    def come_in(self, *entries: str, property_id: int | None = None) -> dict[str, list[str]]:
        """At which of *entries* each comes in."""
        found = {i: [e for e in entries if self._in(i, e, property_id)] for i in self.people}
        return {i: opened for i, opened in found.items() if opened}

    def _in(self, user_id: str, entry: str, property_id: int | None) -> bool:
        inquiry = Inquiry(user_id=user_id, entry=entry, property_id=property_id)
        asked = {"courts": self._courts, "as_of": self._as_of}
        with reading(self.engine).begin() as connection:
            return consider(connection, inquiry, **asked).outcome.decision.allowed

    def do(self, action: str, target: str) -> list[str]:
        """Who may do *action* to *target*, with one item or another where items are named."""
        items = self._items(target) if "flag" in action else [()]
        return [i for i in self.people if any(self._may(i, action, target, n) for n in items)]

    def _items(self, target: str) -> list[tuple[str, ...]]:
        held = select(PersonRole.role).where(PersonRole.person_id == target)
        with reading(self.engine).begin() as connection:
            return [(role,) for role in connection.scalars(held)]

    def _may(self, actor: str, action: str, target: str, items: tuple[str, ...]) -> bool:
        call = Call(
            action=action, actor_id=actor, user_ids=(target,), items=items, confirm=bool(items)
        )
        asked = {"courts": self._courts, "as_of": self._as_of}
        with reading(self.engine).begin() as connection:
            return consider_call(connection, call, **asked).outcome.decision.allowed

    def shown(self, action: str) -> list[str]:
        """Those to whom the menu, or the door behind it, offers *action*, with nobody named."""
        named = {"actor_id": "", "user_ids": ()}
        return [i for i in self.people if self._offered(Call(action=action, **named), i)]

    def _offered(self, call: Call, actor: str) -> bool:
        inquiry = Inquiry(user_id=actor, entry="tracs_menu")
        asked = {"courts": self._courts, "as_of": self._as_of}
        with reading(self.engine).begin() as connection:
            return call.action in consider(connection, inquiry, **asked).outcome.options


@pytest.fixture
def alone(engine: Engine, warm_courts: Courts) -> OneByOne:
    """The demo world, asked one by one."""
    return OneByOne(engine, warm_courts)


def _people(told: Said) -> Iterator[str]:
    assert told.code == YES, told.err
    return (each["user_id"] for each in told.json["people"])


def test_who_comes_in_is_whom_the_gate_lets_in_at_each_entry(
    shell: Shell, alone: OneByOne
) -> None:
    told = shell("policy", "who-can", "login", "--json")
    at_one = shell("policy", "who-can", "login", "--entry", "imax", "--json")

    found = {each["user_id"]: each["entries"] for each in told.json["people"]}
    assert found == alone.come_in(*ENTRIES)
    assert 0 < len(found) < len(alone.people)
    assert list(_people(at_one)) == list(alone.come_in("imax"))
    assert entries(alone.engine, "login") == []


def test_who_opens_a_property_is_whom_the_gate_lets_in_there(
    shell: Shell, alone: OneByOne
) -> None:
    (property_id,) = _a_property(alone)

    at_menu = shell("policy", "who-can", "login", "--property", property_id, "--json")
    opening = shell("policy", "who-can", "open_property", "--property", property_id, "--json")

    expected = alone.come_in("tracs_menu", property_id=property_id)
    assert list(_people(at_menu)) == list(_people(opening)) == list(expected)
    assert expected


def _a_property(alone: OneByOne) -> list[int]:
    """A property that somebody may open."""
    allowed = sorted(alone.come_in("tracs_menu"))
    query = select(PropertyAssignment.property_id).where(PropertyAssignment.person_id.in_(allowed))
    with reading(alone.engine).begin() as connection:
        return list(connection.scalars(query.order_by(PropertyAssignment.property_id).limit(1)))


@pytest.mark.parametrize("target", TARGETS)
def test_who_acts_on_somebody_is_whose_call_would_be_done(
    shell: Shell, alone: OneByOne, target: str
) -> None:
    for action in ("unlock", "certify", "view_roles", "flag", "assign_staff"):
        told = shell("policy", "who-can", action, "--user", target, "--json")

        assert list(_people(told)) == alone.do(action, target), action


def test_without_a_person_it_is_those_to_whom_the_menu_shows_it_and_the_help_desk(
    shell: Shell, alone: OneByOne
) -> None:
    help_desk = set(alone.do("unlock", "M10002")) - set(alone.shown("unlock"))

    for action in ("certify", "view_staff", "unlock"):
        found = set(_people(shell("policy", "who-can", action, "--json")))

        more = help_desk if action == "unlock" else set()
        assert found == {*alone.shown(action), *more}, action


def test_people_read_a_table_and_how_many_there_are(shell: Shell, alone: OneByOne) -> None:
    told = shell("policy", "who-can", "login")
    nobody = shell("policy", "who-can", "withdraw_flag", "--user", "M10001")

    number = len(alone.come_in(*ENTRIES))
    assert told.code == nobody.code == YES
    assert told.out.splitlines()[0].split() == ["ID", "ENTRIES"]
    assert told.out.endswith(f"{number} of {len(alone.people)} people.\n")
    assert nobody.out == f"0 of {len(alone.people)} people.\n"
    assert told.err == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["enter"], ["action: unknown action; known: login, open_property,", *MANAGEMENT]),
        (["login", "--entry", "attic"], ["--entry: unknown entry; known: rob, tracs_menu"]),
        (["login", "--property", "800000001"], ["--property: no property 800000001 is known"]),
        (["login", "--property", "oaks"], ["--property: expected a number"]),
        (["open_property"], ["--property: expected the property to open"]),
        (["unlock", "--user", "M10001"], ["--user: nobody with the ID M10001 is known"]),
        (["unlock", "--user", "me"], ["--user: expected an ID"]),
        (["login", "--user", "M10001"], ["--user: may stand only with unlock,"]),
        (["view_staff", "--user", "M10001"], ["--user: may stand only with unlock,"]),
        (["unlock", "--entry", "rob"], ["--entry: may stand only with login"]),
        (["unlock", "--property", "1"], ["--property: may stand only with login and"]),
    ],
)
def test_what_is_asked_wrongly_is_told_with_what_there_is(
    shell: Shell, asked: list[str], said: list[str]
) -> None:
    told = shell("policy", "who-can", *asked)

    assert (told.code, told.out) == (WRONGLY_ASKED, "")
    assert all(each in told.err for each in said), told.err


def test_every_action_that_can_be_asked_is_answered(shell: Shell) -> None:
    for action in set(ACTIONS) - {"open_property"}:
        assert shell("policy", "who-can", action, "--json").json["people"] == []
