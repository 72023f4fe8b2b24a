"""The difference of two rulebooks: exactly the situations that are answered otherwise."""

import pytest

from service.core.actions import declared
from service.core.judge import Judge
from service.core.rulebook import read_rulebook
from service.policy.difference import Difference, difference
from tests.core.policy_texts import LOGIN, Texts, changed, shipped
from tests.core.random_facts import facts_from

CALENDAR, REASONS, ROLES = "calendar.yaml", "reasons.yaml", "roles.yaml"
LAST_CLOSED = """\
  - population: external
    year: 2025
    opens: 2025-09-01
    closes: 2025-12-31
"""
UNANNOUNCED = """\
  - population: external
    year: 2025
    unannounced: true
"""


def replaced(file: str, old: str, new: str) -> Texts:
    """The shipped texts with *old* in one file replaced by *new*."""
    return changed(file, lambda text: text.replace(old, new, 1))


def told(texts: Texts) -> Difference:
    """The difference from the shipped texts to *texts*."""
    return difference(shipped(), texts)


def kinds(found: Difference) -> set[tuple[bool, bool]]:
    """Whether it was allowed before and after, of each situation."""
    return {(each.before.allowed, each.after.allowed) for each in found.situations}


def test_the_same_texts_change_nothing():
    found = told(shipped())

    assert (found.listed, found.situations, found.open_questions) == ((), (), ())
    assert found.changes_nothing


def test_another_order_of_rows_changes_no_outcome():
    def last_first(text: str) -> str:
        head, *paragraphs, end = text.strip("\n").split("\n\n")
        return "\n\n".join([head, *reversed(paragraphs), end]) + "\n"

    found = told(changed("rules/open_subsystem.csv", last_first))

    assert found.changes_nothing
    assert found.listed == ()


def test_ninety_days_instead_of_more_than_ninety_changes_exactly_day_ninety():
    found = told(replaced(LOGIN, "r.user.days_idle > 90", "r.user.days_idle >= 90"))

    assert [each.place for each in found.listed] == ["rules/login.csv:34"]
    assert kinds(found) == {(True, False), (False, False)}
    assert {each.besides or each.after.reason for each in found.situations} == {"INACTIVE"}
    assert {each.condition for each in found.situations} == {
        "r.today >= '2017-10-22' && r.user.days_idle == 90"
    }
    assert {each.example["user.days_idle"] for each in found.situations} == {90}


def test_sixty_days_instead_of_ninety_lock_from_61_to_90():
    found = told(replaced(LOGIN, "r.user.days_idle > 90", "r.user.days_idle > 60"))

    (locked,) = [s for s in found.situations if s.before.allowed]
    assert "r.user.days_idle <= 90 && r.user.days_idle >= 61" in locked.condition


def test_without_the_window_that_closed_last_people_are_let_in():
    texts = replaced(CALENDAR, LAST_CLOSED, UNANNOUNCED)

    found = told(texts)

    (let_in,) = [s for s in found.situations if s.action == "login" and s.after.allowed]
    assert (let_in.before.allowed, let_in.before.reason) == (False, "NOT_CERTIFIED")
    assert "r.today >= '2026-01-01'" in let_in.condition
    assert "r.user.certified_on <= '2025-08-31'" in let_in.condition
    assert "r.user.population == 'external'" in let_in.condition


def test_a_role_that_opens_more_lets_its_holders_in():
    found = told(replaced(ROLES, "opens: [rob, tracs_menu]", "opens: [rob, tracs_menu, imax]"))

    assert (False, True) in kinds(found)
    let_in = next(s for s in found.situations if s.after.allowed)
    assert let_in.before.reason in ("NO_ROLE", "ROLE_REMOVED")
    assert "r.entry == 'imax'" in let_in.condition


def test_another_start_of_tracking_locks_who_never_came_earlier():
    found = told(replaced(CALENDAR, "day: 2017-07-28", "day: 2017-07-01"))

    (locked,) = [s for s in found.situations if s.before.allowed and s.action == "login"]
    assert locked.after.reason == "INACTIVE"
    assert locked.example["never used it"] is True


def test_a_text_alone_changes_no_decision_and_is_listed():
    found = told(
        replaced(REASONS, "TRACS and iMAX have not been used", "Nobody used TRACS or iMAX")
    )

    assert found.changes_nothing
    assert [each.place for each in found.listed] == ["reasons.yaml: reasons: INACTIVE: meaning"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (CALENDAR, "America/New_York", "America/Chicago"),
        (ROLES, "property_scope: true", "property_scope: false"),
        (REASONS, "    self_service: true\n", ""),
        (
            "systems.yaml",
            "outside:",
            "outside:\n  NEWS: {meaning: a, authority: HUD headquarters}",
        ),
    ],
)
def test_what_no_proof_speaks_of_is_said_to_be_open(file, old, new):
    found = told(replaced(file, old, new))

    assert found.open_questions
    assert not found.changes_nothing


def test_every_example_is_judged_as_the_situation_says():
    after = replaced(LOGIN, "r.user.days_idle > 90", "r.user.days_idle > 60")
    books = [read_rulebook(texts) for texts in (shipped(), after)]

    for situation in difference(shipped(), after).situations:
        _judge_alike(books, situation)


def _judge_alike(books, situation):
    known = declared("login").items()
    values = {path: situation.example.get(path, _nothing(fact.kind)) for path, fact in known}
    facts = facts_from("login", values)
    for book, answer in zip(books, (situation.before, situation.after), strict=True):
        decision = Judge(book)(situation.action, facts)
        assert (decision.allowed, decision.reason) == (answer.allowed, answer.reason)


def _nothing(kind):
    return {"yes/no": False, "count": 0, "codes": ()}.get(kind.value, "")
