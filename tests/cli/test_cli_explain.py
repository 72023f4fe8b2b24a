"""gatehouse policy explain: each rule, spoken or silent, and the atom that decided it."""

import pytest
from sqlalchemy import Engine

from service.core.rulebook import read_rulebook
from tests.cli.command import NO, WRONGLY_ASKED, YES, Said, Shell
from tests.core.policy_texts import shipped
from tests.database.wass import OAKS, Somebody, Wass, coordinator
from tests.web.asking import entries

RULES = read_rulebook(shipped()).rules
DAY_91 = ("--day", "2026-03-11")
BY_HAND = ("policy", "explain", "--action", "unlock", *DAY_91)
LOCKED = (
    *("--fact", "actor.coordinator=yes", "--fact", "actor.roles=TCC,TCR"),
    *("--fact", "actor.windows=external", "--fact", "target.windows=external"),
    *("--fact", "target.named=yes", "--fact", "target.known=yes", "--fact", "target.assigned=yes"),
    *("--fact", "target.shares_property=yes", "--fact", "target.login_reasons=INACTIVE"),
)


@pytest.fixture
def nowhere() -> Shell:
    """A shell whose questions are wrong before any database is asked."""
    return Shell("sqlite:////nowhere/at/all.db")


def _people(wass: Wass) -> None:
    wass.knows(
        Somebody(id="M10002", last_activity_on="2025-12-10", properties=[OAKS]),
        coordinator(),
        certified=[("M10002", "M90001", "2025-10-01")],
    )


def paragraphs(said: Said) -> dict[str, str]:
    """What is told of each rule, by its place."""
    found = [each for each in said.out.split("\n\n") if each.startswith("  ")]
    return {each.splitlines()[0].rpartition("(")[2].rstrip(")"): each for each in found}


def test_every_rule_is_told_with_the_atoms_that_decided_it(shell: Shell, wass: Wass) -> None:
    _people(wass)

    told = shell("policy", "explain", "m10002", "--entry", "imax", *DAY_91)

    assert told.code == NO
    assert told.out.startswith("login: deny, INACTIVE\n")
    rules = paragraphs(told)
    assert list(rules) == [rule.place for rule in RULES["login"]]
    assert {place: text[:8].strip() for place, text in rules.items() if "speaks" in text[:8]} == {
        rule.place: "speaks" for rule in RULES["login"] if rule.reason in ("OK", "INACTIVE")
    }


def test_an_atom_that_decided_is_told_with_the_value_it_saw(shell: Shell, wass: Wass) -> None:
    _people(wass)

    rules = paragraphs(shell("policy", "explain", "M10002", "--entry", "imax", *DAY_91))

    spoken, silent = (
        next(rules[r.place] for r in RULES["login"] if r.reason == reason).splitlines()[1:]
        for reason in ("INACTIVE", "ROB_NOT_ACCEPTED")
    )
    assert [line.strip() for line in spoken] == [
        "Ninety days without use close the door until somebody opens it.",
        "r.user.days_idle > 90 holds: it is 91",
        "r.today >= '2017-10-22' holds: it is 2026-03-11",
    ]
    assert [line.strip() for line in silent[1:]] == [
        "r.user.rob_accepted_on == '' does not hold: it is 2025-12-01"
    ]


def test_a_property_is_explained_by_the_rules_of_both(
    shell: Shell, wass: Wass, engine: Engine
) -> None:
    _people(wass)
    kept = len(entries(engine))

    asked = ("M10002", "--entry", "tracs_menu", "--property", OAKS, "--day", "2026-03-10")
    told = shell("policy", "explain", *asked, "--json")

    assert told.code == YES
    assert set(told.json) == {"login", "open_property"}
    login = told.json["login"]
    assert (login["allowed"], login["reasons"]) == (True, ["OK"])
    assert [each["place"] for each in login["rules"]] == [rule.place for rule in RULES["login"]]
    inactive = next(each for each in login["rules"] if each["reason"] == "INACTIVE")
    assert inactive["spoke"] is False
    assert inactive["because"] == [
        {"atom": "r.user.days_idle > 90", "holds": False, "fact": "user.days_idle", "value": 90}
    ]
    assert len(entries(engine)) == kept


def test_somebody_unknown_is_locked_by_the_rule_that_says_so(shell: Shell) -> None:
    told = shell("policy", "explain", "M77777", "--entry", "rob", "--json")

    assert (told.code, told.json["login"]["reasons"]) == (NO, ["USER_UNKNOWN"])
    assert [e["reason"] for e in told.json["login"]["rules"] if e["spoke"]] == ["USER_UNKNOWN"]


def test_facts_by_hand_are_explained_for_any_action(shell: Shell) -> None:
    done = shell(*BY_HAND, *LOCKED)
    refused = shell(*BY_HAND, *LOCKED, "--fact", "r.target.coordinator=yes", "--json")

    assert (done.code, done.out.splitlines()[0]) == (YES, "unlock: allow, OK")
    assert "'INACTIVE' in r.target.login_reasons holds: it is INACTIVE" in done.out
    assert (refused.code, refused.json["unlock"]["reasons"]) == (NO, ["TARGET_IS_COORDINATOR"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "either an ID or --action"),
        (("M10001", "--action", "login"), "either an ID or --action"),
        (("M10001", "--fact", "user.known=yes"), "either an ID or --action"),
    ],
)
def test_a_question_of_two_kinds_or_none_is_told_to_be_wrong(nowhere, arguments, told):
    said = nowhere("policy", "explain", *arguments)

    assert (said.code, said.out) == (WRONGLY_ASKED, "")
    assert told in said.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("X1", "--entry", "imax"), "user_id"),
        (("M10001",), "policy explain: "),
        (("M10001", "--entry", "imax", "--day", "2026-02-30"), "2026-02-30"),
        (("M10001", "--system", "TRACS"), "system"),
        (("--action", "log_in"), "log_in"),
        (("--action", "login", "--fact", "user.idle=91"), "unknown fact user.idle"),
        (("--action", "login", "--fact", "user.days_idle"), "expected --fact NAME=VALUE"),
        (("--action", "login", "--fact", "user.days_idle=-1"), "expected a count"),
        (("--action", "login", "--fact", "user.known=perhaps"), "expected a yes/no"),
        (("--action", "login", "--fact", "user.created_on=2026-02-30"), "YYYY-MM-DD"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_a_sentence(shell, arguments, told):
    said = shell("policy", "explain", *arguments)

    assert (said.code, said.out) == (WRONGLY_ASKED, "")
    assert told in said.err
