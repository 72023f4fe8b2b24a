"""Every kind of management call by everybody on everybody: done or refused, for which reasons."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.core.judge import Judge
from service.core.rulebook import read_rulebook
from service.core.rulefile import Rule
from service.policy.active import Court, court_of
from tests.core.policy_texts import shipped
from tests.database.matrix_cells import OPERATIONS, cells_of
from tests.database.matrix_oracle import REASONS, Cell, expected
from tests.database.matrix_stage import Stage

BOOK = read_rulebook(shipped())
#: Which operations ask rules that bear another name.
ASKED_BY = {
    "open_subsystem": OPERATIONS,
    "see_details": ("last_login_report",),
    "certification_counts": ("certify",),
}
ROWS = [(action, rule) for action in (*OPERATIONS, *ASKED_BY) for rule in BOOK.rules[action]]


@pytest.fixture(scope="module")
def stage() -> Stage:
    """Everybody of the matrix, under the shipped policies."""
    return Stage(court_of(shipped()))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_is_done_or_refused_for_all_the_reasons_the_domain_report_gives(operation, stage):
    cells = cells_of(operation)

    found = [stage.difference(cell, expected(cell, stage.ties)) for cell in cells]

    assert [each for each in found if each] == []


def test_the_matrix_has_ten_thousand_different_cells_and_every_reason(stage):
    cells = [cell for operation in OPERATIONS for cell in cells_of(operation)]

    given = {code for cell in cells for code in expected(cell, stage.ties).reasons}

    assert len(cells) == len({*cells}) > 10_000
    assert given == {*REASONS, "OK", "WINDOW_NOT_OPEN"}


@pytest.mark.parametrize(
    ("action", "rule"), ROWS, ids=[f"{rule.place}-{rule.reason}" for _, rule in ROWS]
)
def test_a_rule_left_out_changes_an_answer(action, rule, stage):
    rules = tuple(each for each in BOOK.rules[action] if each is not rule)
    book = replace(BOOK, rules={**BOOK.rules, action: rules})
    court = Court(book, Judge(book))

    differences = (
        stage.difference(cell, expected(cell, stage.ties), court)
        for cell in _those_it_speaks_of(action, rule, stage)
    )

    assert any(differences)


def _those_it_speaks_of(action: str, rule: Rule, stage: Stage) -> Iterator[Cell]:
    """The cells *rule* may be asked about, first those for which its reason is expected."""
    cells = [cell for op in ASKED_BY.get(action, (action,)) for cell in cells_of(op)]
    return iter(sorted(cells, key=lambda c: rule.reason not in expected(c, stage.ties).reasons))
