"""Every constant and code of the policies is data: change one, and the answers follow.

What decides a login is changed and logins are decided anew; what decides about the Recertification
subsystem is changed and its questions are judged anew.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from service.core.actions import declared
from service.core.conditions import atoms
from service.core.findings import Findings
from service.core.judge import Judge
from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import RULE_FILES, Rulebook, read_rulebook
from service.core.rulefile import read_rules
from service.policy.active import Court, court_of
from service.scenarios.reading import Scenario, Step
from service.scenarios.runner import Runner
from tests.core.policy_texts import Texts, rows, shipped
from tests.core.probes import Probe, Question, answers, probes, questions, said
from tests.core.random_facts import codes_of

CONSTANT = re.compile(r"'[^']*'|(?<=[<>=] )[0-9]+")
CODE = re.compile(r"(?<=')[A-Za-z_]+(?=')")
OF_LOGINS = tuple(RULE_FILES[action] for action in ("login", "open_property", "other_system"))
#: Of clients speaks tests/core/test_api_rules.py.
OTHERS = (*OF_LOGINS, RULE_FILES["api"])
OF_THE_SUBSYSTEM = {action: file for action, file in RULE_FILES.items() if file not in OTHERS}
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
    for file in OF_LOGINS:
        text = shipped()[file].decode()
        for row in re.finditer(r"^p, .*$", text, re.MULTILINE):
            for found in CONSTANT.finditer(row.group()):
                word, at = found.group(), row.start() + found.start()
                if word == "''":
                    continue
                yield file, at, word, IN_RULES.get(word) or str(int(word) + 1)
                if word == "90":
                    yield file, at, word, "60"


def codes_of_rules() -> Iterator[tuple[str, int, str, str]]:
    """Each code of each row of the subsystem: action, where it stands, itself, every other one of
    its list."""
    book = read_rulebook(shipped())
    lists = codes_of(book)
    for action, file in OF_THE_SUBSYSTEM.items():
        written = re.finditer(r"^p, .*$", shipped()[file].decode(), re.MULTILINE)
        for row, rule in zip(written, book.rules[action], strict=True):
            asked = [a for a in atoms(rule.condition) if isinstance(a.constant, str)]
            codes = {a.constant: declared(action)[a.fact].codes for a in asked}
            for found in CODE.finditer(row.group()):
                word, at = found.group(), row.start() + found.start()
                for other in sorted(lists[codes[word]] - {word}):
                    yield action, at, word, other


def rows_of_the_subsystem() -> Iterator[tuple[str, int]]:
    """Each row of the subsystem: action, and which of its rows."""
    for action in OF_THE_SUBSYSTEM:
        for row, _ in enumerate(rows(RULE_FILES[action])):
            yield action, row


def judge_with(action: str, text: str) -> Judge:
    """A judge by the shipped rules of *action*, read anew from *text*."""
    findings = Findings()
    book = before()[0].book
    rules = read_rules(RULE_FILES[action], action, text, codes_of(book), findings)
    findings.raise_if_any()
    return Judge(replace(book, rules={action: tuple(rules)}))


@cache
def asked() -> list[Question]:
    """Every question about the subsystem."""
    return questions(before()[0].book)


def asked_of(action: str) -> list[Question]:
    """The questions about *action*."""
    return [each for each in asked() if each[0] == action]


@cache
def said_of(action: str) -> list[Any]:
    """What the shipped rules say to them."""
    return said(before()[0].judge, asked_of(action))


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


@pytest.mark.parametrize("action", OF_THE_SUBSYSTEM)
def test_the_questions_about_an_action_are_answered_with_every_reason_of_its_rows(action):
    reasons = {rule.reason for rule in before()[0].book.rules[action]}

    answered = {code for _, codes in said_of(action) for code in codes}

    assert answered - {NO_RULE_ALLOWS} == reasons


def test_the_rules_of_the_subsystem_hold_codes_and_no_other_constant():
    asked_for = {
        atom.constant
        for action in OF_THE_SUBSYSTEM
        for rule in before()[0].book.rules[action]
        for atom in atoms(rule.condition)
    }

    assert asked_for - {None, ""} == {old for _, _, old, _ in codes_of_rules()}


@pytest.mark.parametrize(("action", "at", "old", "new"), list(codes_of_rules()))
def test_a_code_of_a_rule_of_the_subsystem_changed_changes_an_answer(action, at, old, new):
    texts = with_replaced(RULE_FILES[action], at, old, new)

    judge = judge_with(action, texts[RULE_FILES[action]].decode())

    assert said(judge, asked_of(action)) != said_of(action)


@pytest.mark.parametrize(("action", "row"), list(rows_of_the_subsystem()))
def test_a_row_of_the_subsystem_lost_changes_an_answer(action, row):
    rules = before()[0].book.rules[action]
    left = replace(before()[0].book, rules={action: (*rules[:row], *rules[row + 1 :])})

    assert said(Judge(left), asked_of(action)) != said_of(action)


@pytest.mark.parametrize(
    ("role", "action"), [("TCC", "unlock"), ("TCR", "certify"), ("HELP_DESK", "unlock")]
)
def test_a_role_of_the_subsystem_renamed_is_asked_for_by_its_new_name_only(role, action):
    texts = {
        path: raw.replace(role.encode(), b"X" + role.encode()) for path, raw in shipped().items()
    }
    renamed = court_of(texts)

    answered = said(renamed.judge, asked_of(action))

    assert answered != said_of(action)


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
    return Step("", "login", ("M10001",), {"entry": "tracs_menu"}, noon, {"contact": "nobody"})
