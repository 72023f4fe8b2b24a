"""Every constant and code of the policies is data: change one, and logins follow."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from service.core.rulebook import RULE_FILES, Rulebook
from service.policy.active import Court, court_of
from service.scenarios.reading import Scenario, Step
from service.scenarios.runner import Runner
from tests.core.policy_texts import Texts, shipped
from tests.core.probes import Probe, answers, probes

CONSTANT = re.compile(r"'[^']*'|(?<=[<>=] )[0-9]+")
IN_RULES = {"'external'": "'contractor'", "'rob'": "'imax'", "'2017-10-22'": "'2017-10-23'"}
DAYS = re.compile(r"\b(?:day|opens|closes): ([0-9]{4}-[0-9]{2}-[0-9]{2})$", re.MULTILINE)
ROLES = [
    ("  IMAX:", "  XMAX:"),
    ("  TRACS:", "  XTRACS:"),
    ("opens: [rob, tracs_menu]", "opens: [tracs_menu]"),
    ("opens: [rob, tracs_menu]", "opens: [rob]"),
    ("opens: [rob, imax, imax_admin, imax_ws]", "opens: [imax, imax_admin, imax_ws]"),
    ("opens: [rob, imax, imax_admin, imax_ws]", "opens: [rob, imax_admin, imax_ws]"),
    ("opens: [rob, imax, imax_admin, imax_ws]", "opens: [rob, imax, imax_ws]"),
    ("opens: [rob, imax, imax_admin, imax_ws]", "opens: [rob, imax, imax_admin]"),
    ("    property_assignment: true\n    contract_assignment: true\n", ""),
    ("property_scope: true", "property_scope: false"),
    ("coordinator_needs_bpr: true", "coordinator_needs_bpr: false"),
    ("windows: internal", "windows: external"),
]


@cache
def before() -> tuple[Court, list[Probe], list[Any]]:
    """The shipped court, the probes made from it, and its answers."""
    court = court_of(shipped())
    asked = probes(court.book)
    return court, asked, answers(court, asked)


def constants_of_rules() -> Iterator[tuple[str, int, str, str]]:
    """Each constant of each row: file, where it stands in the text, itself, another one."""
    for file in RULE_FILES.values():
        text = shipped()[file].decode()
        for row in re.finditer(r"^p, .*$", text, re.MULTILINE):
            for found in CONSTANT.finditer(row.group()):
                word, at = found.group(), row.start() + found.start()
                if word == "''":
                    continue
                yield file, at, word, IN_RULES.get(word) or str(int(word) + 1)
                if word == "90":
                    yield file, at, word, "60"


def with_replaced(file: str, at: int, old: str, new: str) -> Texts:
    """The shipped texts with *old* at position *at* of *file* replaced by *new*."""
    text = shipped()[file].decode()
    assert text[at : at + len(old)] == old
    return {**shipped(), file: (text[:at] + new + text[at + len(old) :]).encode()}


def assert_followed(texts: Texts) -> None:
    """Some login is answered otherwise by *texts* than by the shipped ones."""
    _, asked, answered = before()

    assert answers(court_of(texts), asked) != answered


def test_the_rules_have_constants_to_change():
    assert {"90", "'external'", "'rob'", "'2017-10-22'"} <= {c[2] for c in constants_of_rules()}


@pytest.mark.parametrize(("file", "at", "old", "new"), list(constants_of_rules()))
def test_a_constant_of_a_rule_changed_changes_a_login(file, at, old, new):
    assert_followed(with_replaced(file, at, old, new))


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("found", list(DAYS.finditer(shipped()["calendar.yaml"].decode())))
def test_a_day_of_the_calendar_moved_by_one_changes_a_login(found, days):
    moved = (date.fromisoformat(found.group(1)) + timedelta(days=days)).isoformat()

    assert_followed(with_replaced("calendar.yaml", found.start(1), found.group(1), moved))


def test_another_time_zone_changes_a_login():
    at = shipped()["calendar.yaml"].decode().index("America/New_York")

    assert_followed(with_replaced("calendar.yaml", at, "America/New_York", "Asia/Tokyo"))


@pytest.mark.parametrize(("old", "new"), ROLES)
def test_a_code_or_mark_of_the_catalogue_changed_changes_a_login(old, new):
    at = shipped()["roles.yaml"].decode().index(old)

    assert_followed(with_replaced("roles.yaml", at, old, new))


@pytest.mark.parametrize("code", ["external", "hud_staff", "contractor"])
def test_a_population_renamed_leaves_its_people_without_a_decision(code):
    texts = {
        path: raw.replace(code.encode(), b"x" + code.encode()) for path, raw in shipped().items()
    }

    assert "no decision" in answers(court_of(texts), before()[1])


@pytest.mark.parametrize("role", ["TCC", "TCR"])
def test_a_coordinators_role_renamed_changes_whom_a_locked_user_is_sent_to(role):
    name = role.encode()
    texts = {path: raw.replace(name, b"X" + name) for path, raw in shipped().items()}

    renamed, as_shipped = contact(texts, role), contact(shipped(), role)

    assert as_shipped.startswith("A TRACS coordinator")
    assert renamed.startswith("HUD help desk")


def contact(texts: Texts, role: str) -> str:
    """Whom a user is sent to who is idle and not certified, where one coordinator holds *role*."""
    court = court_of(texts)
    history = Scenario("", "", _given(role), (_step(court.book, role),))
    failure = Runner(texts, court, history).play(history)
    assert failure is not None
    return failure.message.partition("found `")[2]


def _given(role: str) -> dict[str, Any]:
    user = {"population": "external", "roles": ["TRACS"], "created": "2016-01-15"}
    coordinator = {**user, "coordinator": True, "roles": ["TRACS", role], "bpr": [1]}
    active = "2018-01-01" if role == "TCR" else "2017-06-01"
    user |= {"properties": [1], "rob_accepted": "2017-07-10", "last_activity": active}
    certifications = [{"person": "M10001", "by": "M90001", "day": "2017-10-02"}]
    return {
        "people": {"M10001": user, "M90001": coordinator},
        "certifications": [] if role == "TCR" else certifications,
    }


def _step(book: Rulebook, role: str) -> Step:
    noon = datetime(2018, 1, 5, 12, tzinfo=book.calendar.zone)
    return Step("", "login", "M10001", {"entry": "tracs_menu"}, noon, {"contact": "nobody"})
