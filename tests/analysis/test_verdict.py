"""The verdict of publishing: what may change a decision is never taken for words alone."""

import pytest

from service.core.rulebook import read_rulebook
from service.policy.analysis.changes import differ
from service.policy.difference import difference, verdict
from tests.core.policy_texts import LOGIN, Texts, changed, shipped

CALENDAR, ROLES, SYSTEMS, REASONS, LAWS, INVARIANTS, SOURCES = (
    *(f"{name}.yaml" for name in ("calendar", "roles", "systems", "reasons")),
    "fact_laws.txt",
    "invariants.yaml",
    "sources.yaml",
)
UNLOCK = "rules/unlock.csv"
IDLE = "r.user.days_idle > 90 && r.today >= '2017-10-22'"
#: File, what stands there, what is written instead.
CHANGES = {
    "a number": (LOGIN, IDLE, IDLE.replace("90", "91")),
    "an operator": (LOGIN, IDLE, IDLE.replace(">=", ">")),
    "a reason given besides": (LOGIN, IDLE, f"!r.user.terminated && {IDLE}"),
    "a row of the subsystem": (UNLOCK, " && 'HELP_DESK' in r.actor.roles", ""),
    "a window's last day": (CALENDAR, "closes: 2026-12-31", "closes: 2026-12-30"),
    "the start of tracking": (CALENDAR, "day: 2017-07-28", "day: 2017-07-27"),
    "the zone": (CALENDAR, "America/New_York", "America/Chicago"),
    "a limit": (
        CALENDAR,
        "\nwindows:\n",
        "\nweekly_coordinator_limit:\n  coordinators: 1\n  days: 7\n  until: 2017-10-31\n"
        "  authority: Q&A 28\n\nwindows:\n",
    ),
    "what a role opens": (ROLES, "opens: [rob, tracs_menu]", "opens: [tracs_menu]"),
    "a mark of a role": (ROLES, "    contract_assignment: true\n", ""),
    "property scope": (ROLES, "    property_scope: true\n", ""),
    "who is a coordinator": (ROLES, "    coordinator_needs_bpr: true\n", ""),
    "who is a certifier": (
        ROLES,
        "    windows: internal\n",
        "    windows: internal\n    coordinator_needs_bpr: true\n",
    ),
    "the windows of a population": (ROLES, "    windows: internal\n", "    windows: external\n"),
    "a system": (SYSTEMS, "  FASSUB:\n", "  NEWS:\n"),
    "a mark of a reason": (REASONS, "    shown_as_locked: true\n", ""),
    "what proofs take for granted": (LAWS, "r.entry != ''\n", "r.entry != ''\n!r.user.known\n"),
}
WORDS = {
    "a sentence above a row": (LOGIN, "# Ninety days", "# Some ninety days"),
    "an authority": (LOGIN, "# Authority: Q&A 1, 3, 44", "# Authority: Q&A 1, 3"),
    "a meaning": (REASONS, "Nobody with this ID is known.", "Nobody has this ID."),
    "a remedy": (REASONS, "Check the ID. If", "Look at the ID. If"),
    "a contact": (REASONS, "1-888-245-4860", "1-888-245-4861"),
    "what a role means": (ROLES, "; opens no entry.", " and opens no entry."),
    "a note": (CALENDAR, "the yearly rule stands", "the rule of every year stands"),
    "the close-out, which nothing reads": (CALENDAR, "after_days: 7", "after_days: 8"),
    "a comment of the laws": (LAWS, "# A login names an entry.", "# Some entry is named."),
    "the name of an invariant": (INVARIANTS, "Nobody unknown is", "Nobody unknown ever is"),
    "a title": (SOURCES, "title: ", "title: The "),
    "a condition in other words": (LOGIN, IDLE, f"({IDLE})"),
    "numbers that say the same": (LOGIN, "r.user.days_idle > 90", "r.user.days_idle >= 91"),
    "the order of a condition": (LOGIN, IDLE, " && ".join(reversed(IDLE.split(" && ")))),
}


def replaced(file: str, old: str, new: str) -> Texts:
    """The shipped texts with *old* in one file replaced by *new*."""
    return changed(file, lambda text: text.replace(old, new, 1))


@pytest.mark.parametrize(("file", "old", "new"), CHANGES.values(), ids=CHANGES)
def test_what_may_change_a_decision_is_said_to(file, old, new):
    found = verdict(shipped(), replaced(file, old, new))

    assert found.changes
    assert found.why


@pytest.mark.parametrize("name", ["a reason given besides", "who is a certifier"])
def test_the_full_report_says_so_too(name):
    assert not difference(shipped(), replaced(*CHANGES[name])).changes_nothing


@pytest.mark.parametrize(("file", "old", "new"), WORDS.values(), ids=WORDS)
def test_words_alone_are_proven_to_change_no_decision(file, old, new):
    found = verdict(shipped(), replaced(file, old, new))

    assert (found.changes, found.why) == (False, ())


def test_the_row_that_changes_answers_is_named():
    found = verdict(shipped(), replaced(LOGIN, IDLE, IDLE.replace("90", "60")))

    assert found.why == ("login is answered otherwise: rules/login.csv:34",)


def test_another_order_that_names_another_first_reason_changes_decisions():
    def last_first(text: str) -> str:
        head, *paragraphs, end = text.strip("\n").split("\n\n")
        return "\n\n".join([head, *reversed(paragraphs), end]) + "\n"

    found = verdict(shipped(), changed(LOGIN, last_first))

    assert found.why == ("login is answered otherwise: rules/login.csv",)
    assert not verdict(shipped(), changed("rules/open_subsystem.csv", last_first)).changes


def test_a_law_that_comes_with_a_row_proves_nothing_for_it():
    weaker = replaced(LOGIN, "!r.user.known", "!r.user.known && r.user.terminated")
    laws = replaced(LAWS, "r.entry != ''\n", "r.entry != ''\nr.user.known\n")

    one, other = read_rulebook(shipped()), read_rulebook({**weaker, LAWS: laws[LAWS]})

    assert differ(one, other, "login")
    assert not differ(other, one, "login")


def test_a_reason_lost_besides_the_first_is_a_situation_of_its_own():
    found = difference(shipped(), replaced(LOGIN, IDLE, f"!r.user.terminated && {IDLE}"))

    (lost,) = found.situations
    assert lost.besides == "INACTIVE"
    assert lost.before == lost.after
    assert lost.example["user.terminated"] is True
