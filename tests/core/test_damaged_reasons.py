"""A reason, cure or audience that is not meant is refused on its line of reasons.yaml."""

import pytest

from service.core.reasons import REASONS_FILE
from tests.core.policy_texts import (
    Damage,
    assert_refused,
    changed,
    findings_of,
    line_of,
    replaced,
    shipped,
)

INACTIVE = "  INACTIVE:\n"
OK = (
    "  OK:\n"
    + shipped()[REASONS_FILE].decode().partition("  OK:\n")[2].partition("\n\n")[0]
    + "\n"
)
CURES = [
    (
        "an unknown contact",
        "contact: tac",
        "contact: tak",
        "contact: tak",
        "unknown contact `tak`",
    ),
    ("an unknown role", "[TCC]", "[TXX]", "[TXX]", "unknown role `TXX`"),
    ("no remedy", "      remedy: Ask the help desk.\n", "", None, "remedy"),
    ("no audience", "    internal:\n", "    intern:\n", "    intern:", "unknown key `intern`"),
    (
        "a reason never given",
        INACTIVE,
        f"  NEVER:\n    meaning: x\n{INACTIVE}",
        "  NEVER",
        "no rule",
    ),
    (
        "retired yet used",
        INACTIVE,
        f"{INACTIVE}    retired: 2020-01-01\n",
        "retired: 20",
        "is retired",
    ),
    (
        "a retired reason without a day",
        INACTIVE,
        f"  OLD:\n    meaning: x\n    retired: true\n{INACTIVE}",
        "retired: true",
        "retired",
    ),
    (
        "retired on no day",
        INACTIVE,
        f"  OLD:\n    meaning: x\n    retired: 2020-02-30\n{INACTIVE}",
        "2020-02-30",
        "YYYY-MM-DD",
    ),
    ("a reason lost", INACTIVE, "  NOT_IN_USE:\n", "reasons:\n", "the reason INACTIVE is given"),
    (
        "no meaning",
        OK,
        "  OK:\n    self_service: true\n",
        None,
        "meaning",
    ),
    (
        "a misspelt mark",
        "    unseen_by_coordinators: true\n",
        "    unseen_by_coordinator: true\n",
        None,
        "unknown key `unseen_by_coordinator`",
    ),
    ("a condition", "'external' && r.user", "'external' & r.user", "&", "single `&`"),
    ("an unknown audience code", "'hud_staff'", "'hud_staf'", "hud_staf'", "unknown code"),
    ("no otherwise", "external_user: otherwise", "external_user: r.user.known", None, "otherwise"),
    (
        "otherwise first",
        "external_coordinator: r.user.p",
        "external_coordinator: otherwise #",
        None,
        "otherwise",
    ),
    ("an empty number", "tac: TAC help desk, 1-888-245-4860", "tac:", "  tac:", "expected a text"),
    (
        "everybody and somebody",
        "    everybody:\n",
        "    internal:\n      remedy: x\n      contact: tac\n    everybody:\n",
        None,
        "everybody",
    ),
    (
        "an unknown cure",
        "      cured_by: unlock\n",
        "      cured_by: unlok\n",
        "cured_by: unlok",
        "unknown action `unlok`",
    ),
    (
        "a cure for an allow",
        OK,
        f"{OK}    everybody:\n      remdy: x\n",
        None,
        "nothing to cure",
    ),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "word"), CURES, ids=[each[0] for each in CURES]
)
def test_a_damaged_reason_is_refused(name, old, new, at, word):
    assert_refused(Damage(name, REASONS_FILE, replaced(old, new), at, word))


def test_a_role_that_cures_need_cannot_leave_the_catalogue():
    needed = changed(REASONS_FILE, replaced("[TCC]", "[IMAX]"))
    renamed = changed("roles.yaml", replaced("  IMAX:\n", "  XMAX:\n"))

    (finding,) = findings_of({**renamed, REASONS_FILE: needed[REASONS_FILE]})

    line = line_of(needed[REASONS_FILE].decode(), "[IMAX]")
    assert (finding.file, finding.line) == (REASONS_FILE, line)
    assert finding.message == "unknown role `IMAX`"


@pytest.mark.parametrize("role", ["TCC", "TCR", "HELP_DESK"])
def test_a_role_that_rules_ask_for_cannot_leave_the_catalogue(role):
    asking = {file for file, raw in shipped().items() if f"'{role}' in" in raw.decode()}

    findings = findings_of(changed("roles.yaml", replaced(f"  {role}:\n", "  XXX:\n")))

    assert asking
    assert {each.file for each in findings} == asking
    assert all(f"unknown code `{role}` for r.actor.roles" in each.message for each in findings)


@pytest.mark.parametrize("mark", ["self_service", "unseen_by_coordinators", "shown_as_locked"])
@pytest.mark.parametrize("value", ["yes", "1", "'true'", "[true]"])
def test_a_mark_of_a_reason_is_true_or_false_and_nothing_else(mark, value):
    change = replaced(OK, f"{OK}    {mark}: {value}\n")

    assert_refused(
        Damage("a mark", REASONS_FILE, change, f"{mark}: {value}", "expected true or false")
    )
