"""Proofs over all cases: idle rows and broken invariants are found, with facts that show it."""

from functools import cache

import pytest

from service.core.actions import declared
from service.core.facts import Kind
from service.core.rulebook import Rulebook, read_rulebook
from service.policy.analysis.proof import claims
from service.policy.situation import Disproof
from tests.core.policy_texts import LOGIN, Texts, changed, shipped

INVARIANTS = "invariants.yaml"


@cache
def book() -> Rulebook:
    """The shipped rulebook."""
    return read_rulebook(shipped())


def disproofs(texts: Texts) -> list[Disproof]:
    """Everything that is not so of the rulebook of *texts*."""
    return [each for claim in claims(read_rulebook(texts)) for each in claim()]


def with_row(row: str) -> Texts:
    """The shipped texts with one more row at the end of login.csv."""
    paragraph = f"# A row of a test.\n# Authority: Q&A 1\n{row}\n\n# End of login.csv"
    return changed(LOGIN, lambda text: text.replace("# End of login.csv", paragraph))


def test_of_the_shipped_policies_everything_is_proven():
    assert disproofs(shipped()) == []


@pytest.mark.parametrize(
    "condition",
    [
        "r.user.days_idle > 90 && r.user.days_idle < 90",
        "r.user.rob_accepted_on == '' && r.user.rob_years >= 1",
        "!r.user.known && r.user.entry_role_held",
        "r.user.certified_on > r.today",
    ],
)
def test_a_row_that_no_facts_can_make_speak_is_found(condition):
    (found,) = disproofs(with_row(f"p, login, deny, INACTIVE, {condition}"))

    assert found.place.startswith("rules/login.csv:")
    assert "no facts can make this row speak" in found.message


def test_a_row_that_another_one_makes_superfluous_is_found():
    (found,) = disproofs(
        with_row("p, login, deny, INACTIVE, r.user.days_idle > 100 && r.today >= '2018-01-01'")
    )

    assert "never changes an answer" in found.message


def test_a_row_weakened_breaks_the_invariant_and_a_person_is_shown():
    texts = changed(
        LOGIN, lambda text: text.replace("r.user.days_idle > 90 ", "r.user.days_idle > 120 ")
    )

    found = {each.message: each.example for each in disproofs(texts)}

    example = found["does not hold: Nobody idle beyond the limit enters any of the five entries."]
    assert example is not None
    assert 90 < example["user.days_idle"] <= 120
    assert example["user.known"] is True


@pytest.mark.parametrize("number", range(len(read_rulebook(shipped()).invariants)))
def test_each_invariant_fails_when_the_rows_that_keep_it_are_gone(number):
    invariant = book().invariants[number]

    broken = broken_without(invariant.action, "allow" if invariant.always else "deny")

    assert invariant.place in broken, invariant.name


@cache
def broken_without(action: str, effect: str) -> set[str]:
    """The places of all that is not so where no row of *action* ever has that *effect*."""
    return {each.place for each in disproofs(_without(action, effect))}


def _without(action: str, effect: str) -> Texts:
    """The shipped texts, but everybody gets the other effect of *action* and nobody *effect*."""
    fact = next(path for path, each in declared(action).items() if each.kind is Kind.YES_NO)
    never, always = f"r.{fact} && !r.{fact}", f"r.{fact} || !r.{fact}"

    def silenced(line: str) -> str:
        head = ", ".join(line.split(", ")[:4])
        if line.startswith(f"p, {action}, {effect}, "):
            return f"{head}, {never}"
        return f"{head}, {always}" if line.startswith(f"p, {action}, ") else line

    def rows(text: str) -> list[str]:
        kept: list[str] = []
        for paragraph in map(silenced_paragraph, text.strip("\n").split("\n\n")):
            if paragraph.splitlines()[-1] not in {each.splitlines()[-1] for each in kept}:
                kept.append(paragraph)
        return kept

    def silenced_paragraph(paragraph: str) -> str:
        return "\n".join(map(silenced, paragraph.splitlines()))

    return changed(f"rules/{action}.csv", lambda text: "\n\n".join(rows(text)) + "\n")
