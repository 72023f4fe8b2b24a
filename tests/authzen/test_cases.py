"""The shape cases of the certification scenario pass against a served gate; and they would fail
against one that is wrong, in whichever way."""

from dataclasses import replace

import pytest

from tests.authzen.asking import Gate
from tests.authzen.cases import CASES, Case
from tests.authzen.wrong import WRONG, Wrong


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_served_gate_answers_as_the_specification_wants(served_gate: Gate, case: Case) -> None:
    case(served_gate)


def test_a_gate_with_nothing_before_it_passes_them_all(gate_at_hand: Gate) -> None:
    assert [name for name, case in CASES.items() if _fails(case, gate_at_hand)] == []


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_gate_that_is_wrong_is_noticed(gate_at_hand: Gate, wrong: Wrong) -> None:
    gate = replace(gate_at_hand, send=wrong(gate_at_hand.send))

    assert any(_fails(case, gate) for case in CASES.values())


def _fails(case: Case, gate: Gate) -> bool:
    try:
        case(gate)
    except (AssertionError, KeyError, ValueError):
        return True
    return False
