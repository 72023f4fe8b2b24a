"""Each promise and each control is shown by tests that are there, on a page that is up to date."""

from tests.architecture.promises import ROOT, TABLE, controls, names_in, promises, table
from tests.guards.__main__ import guards

CONTROLS = {
    *("AC-2", "AC-2(3)", "AC-3", "AC-5", "AC-6", "AU-3", "AU-5", "AU-9", "AU-10", "AU-12"),
    "CM-5",
}


def test_every_promise_is_shown_by_a_test():
    assert [each.code for each in promises()] == [f"P{n}" for n in range(1, 19)]
    assert not [each.code for each in promises() if not each.tests]


def test_every_control_is_answered_by_promises_that_are_made():
    made = {each.code for each in promises()}

    assert {each.code for each in controls()} == CONTROLS
    assert all(set(each.promises) <= made for each in controls())
    assert all(each.promises or each.tests for each in controls())


def test_every_test_that_is_named_is_there():
    named = {test for each in (*promises(), *controls()) for test in each.tests}

    missing = {
        test for test in named if test.partition("::")[2] not in names_in(test.partition("::")[0])
    }

    assert not missing


def test_every_test_of_a_promise_has_a_guard_whose_loss_it_has_to_notice():
    named = {(each.code, test) for each in promises() for test in each.tests}
    guarded = {(each.promise, each.test.partition("[")[0]) for each in guards()}

    assert not named - guarded


def test_what_a_guard_takes_out_is_there():
    gone = [g for g in guards() if g.stands not in (ROOT / g.file).read_text()]

    assert not gone


def test_the_page_is_what_was_last_made_of_it():
    assert TABLE.read_text() == table(), "run `make controls`"
