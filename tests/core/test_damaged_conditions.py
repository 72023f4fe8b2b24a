"""A condition outside the language is refused on its row's line, whatever Casbin makes of it."""

import pytest

from service.core.reasons import NO_RULE_ALLOWS
from service.core.rulebook import RULE_FILES, read_rulebook
from tests.core.policy_texts import (
    LOGIN,
    Damage,
    assert_refused,
    changed,
    findings_of,
    line_of,
    replaced,
    row_of,
    shipped,
)

UNLOCK, COUNTS, DOOR = (
    RULE_FILES[action] for action in ("unlock", "certification_counts", "open_subsystem")
)
ROW = row_of(LOGIN, "INACTIVE")
CONDITION = ROW.split(", ", 4)[4]

# The condition as it is written instead, and a word of what the author is told.
CONDITIONS = {
    "empty": ("", "expected a fact on the left"),
    "a trailing comment": (f"{CONDITION} # why", "no comment behind a row"),
    "a lone comment": ("# why", "no comment behind a row"),
    "an unclosed parenthesis": (f"({CONDITION}", "a closing parenthesis"),
    "an unopened parenthesis": (f"{CONDITION})", "found `)`"),
    "a parenthesis alone": (")", "found `)`"),
    "empty parentheses": ("()", "expected a fact on the left"),
    "an unknown fact": ("r.user.days_idel > 90", "unknown fact r.user.days_idel"),
    "an unknown group": ("r.users.known", "unknown fact r.users.known"),
    "a fact of another action": ("r.property.named", "unknown fact r.property.named"),
    "a group alone": ("r.user", "unknown fact r.user"),
    "the action": ("r.action", "unknown fact r.action"),
    "a fact without r": ("user.known", "expected a fact"),
    "a bare r": ("r.", "expected a fact"),
    "a rewritten fact": ("r_user.known", "expected a fact"),
    "a numbered request": ("r2.user.known", "expected a fact"),
    "a policy cell": ("p.eft == 'allow'", "expected a fact"),
    "a fact in capitals": ("r.user.Known", "expected a fact"),
    "a key in brackets": ("r.user['known']", "expected a fact"),
    "a dictionary method": ("r.user.items", "unknown fact r.user.items"),
    "a single =": ("r.user.days_idle = 90", "single `=`"),
    "===": ("r.user.days_idle === 90", "single `=`"),
    "=<": ("r.user.days_idle =< 90", "single `=`"),
    "<>": ("r.user.days_idle <> 90", "a number"),
    "a walrus": ("r.user.days_idle := 90", "expected"),
    "a single &": ("r.user.known & r.user.terminated", "single `&`"),
    "a single |": ("r.user.known | r.user.terminated", "single `|`"),
    "&&&": ("r.user.known &&& r.user.terminated", "a space on both sides"),
    "no operand behind &&": ("r.user.known &&", "expected a fact on the left"),
    "no operand before ||": ("|| r.user.known", "expected a fact on the left"),
    "two facts side by side": ("r.user.known r.user.terminated", "`&&`, `||` or the end"),
    "the word and": ("r.user.known and r.user.terminated", "expected"),
    "the word or": ("r.user.known or r.user.terminated", "expected"),
    "the word not": ("not r.user.known", "expected"),
    "the word in": ("r.entry in 'rob'", "expected"),
    "the word is": ("r.user.known is True", "expected"),
    "True": ("True", "expected"),
    "None": ("r.today == None", "expected"),
    "an if": ("r.user.known if r.user.known else r.user.terminated", "expected"),
    "a lambda": ("lambda: True", "expected"),
    "a chained comparison": ("0 < r.user.days_idle < 90", "expected a fact on the left"),
    "a chain from a fact": ("r.user.days_idle > 1 > 0", "found `>`"),
    "constant first": ("90 < r.user.days_idle", "expected a fact on the left"),
    "constants only": ("1 == 1", "expected a fact on the left"),
    "a double !": ("!!r.user.known", "behind `!`"),
    "! before a comparison": ("!r.user.days_idle > 90", "expected a yes/no fact behind `!`"),
    "! before a number": ("!1", "behind `!`"),
    "double quotes": ('r.today >= "2017-10-22"', "double quote"),
    "a backquote": ("r.today >= `2017-10-22`", "expected"),
    "curly quotes": ("r.today >= \u20182017-10-22\u2019", "expected"),
    "an open quote": ("r.today >= '2017-10-22", "expected"),
    "&& in text": ("r.entry == 'a&&b'", "expected"),
    "|| in text": ("r.entry == 'a||b'", "expected"),
    "! in text": ("r.entry == 'a!b'", "expected"),
    "# in text": ("r.entry == 'a#b'", "expected"),
    "r. in text": ("r.entry == 'r.entry'", "expected"),
    "p. in text": ("r.entry == 'p.eft'", "expected"),
    "a parenthesis in text": ("r.entry == 'a)b'", "expected"),
    "a space in text": ("r.entry == 'a b'", "expected"),
    "an escape in text": (r"r.entry == '\x72ob'", "expected"),
    "a quote in text": ("r.entry == 'rob''rob'", "found `'rob'`"),
    "adjacent texts": ("r.entry == 'rob' 'rob'", "found `'rob'`"),
    "adjacent parts of a code": ("r.entry == 'ro' 'b'", "unknown code `ro`"),
    "an f-string": ("r.entry == f'rob'", "expected"),
    "bytes": ("r.entry == b'rob'", "expected"),
    "a method call": ("r.user.population.upper() == 'X'", "unknown fact r.user.population.upper"),
    "a mutating call": ("r.user.update()", "unknown fact r.user.update"),
    "a dunder": ("r.user.__class__", "unknown fact r.user.__class__"),
    "regexMatch": ("regexMatch(r.entry)", "expected"),
    "keyMatch": ("keyMatch(r.entry)", "expected"),
    "timeMatch": ("timeMatch('_')", "expected"),
    "ipMatch": ("ipMatch(r.entry)", "expected"),
    "g": ("g(r.entry)", "expected"),
    "eval": ("eval(p.condition)", "expected"),
    "eval breakout": ("r.entry == 'x') || (1 == 1", "unknown code `x`"),
    "a ; tail": (f"{CONDITION}; r.user.known", "expected"),
    "a ; alone": (f"{CONDITION};", "expected"),
    "a list": ("r.entry == ['rob']", "expected"),
    "a set": ("r.entry == {'rob'}", "expected"),
    "addition": ("r.user.days_idle + 1 > 90", "expected"),
    "subtraction": ("r.user.days_idle > 90 - 1", "expected"),
    "a negative number": ("r.user.days_idle > -1", "expected"),
    "a product": ("r.user.days_idle > 9*10", "expected"),
    "a fraction": ("r.user.days_idle > 90.0", "expected"),
    "an exponent": ("r.user.days_idle > 9e1", "expected"),
    "hexadecimal": ("r.user.days_idle > 0x5A", "expected"),
    "binary": ("r.user.days_idle > 0b1", "expected"),
    "octal": ("r.user.days_idle > 0o7", "expected"),
    "a leading zero": ("r.user.days_idle > 090", "expected"),
    "an underscore": ("r.user.days_idle > 9_0", "expected"),
    "a complex number": ("r.user.days_idle > 90j", "expected"),
    "a long number": ("r.user.days_idle > 9000000", "at most 6 digits"),
    "full-width digits": ("r.user.days_idle > \uff19\uff10", "expected"),
    "arabic digits": ("r.user.days_idle > \u0669\u0660", "expected"),
    "a superscript": ("r.user.days_idle > 9\u00b2", "expected"),
    "full-width letters": ("r.user.\uff4bnown", "expected"),
    "a full-width operator": ("r.user.days_idle \uff1e 90", "expected"),
    "a long s": ("r.u\u017fer.known", "expected"),
    "Cyrillic in a fact": ("r.user.kn\u043ewn", "expected"),
    "Cyrillic in a code": ("r.entry == 'r\u043eb'", "expected"),
    "a combining mark": ("r.entry == 'ro\u0301b'", "expected"),
    "an invisible letter": ("r.user.known \u3164", "expected"),
    "an ambiguous <=": ("r.user.days_idle \u2264 90", "expected"),
    "a count with text": ("r.user.days_idle > '90'", "expected a number behind r.user.days_idle"),
    "a count with a day": ("r.user.days_idle > r.today", "`r.today` is a day"),
    "a count with nothing": ("r.user.days_idle >", "expected a number"),
    "a count alone": ("r.user.days_idle", "expected an operator"),
    "a day with a number": ("r.today > 20171022", "expected text in single quotes"),
    "a day with a code": ("r.today == r.entry", "`r.entry` is a code"),
    "a day that is none": ("r.today >= '2017-02-30'", "found `2017-02-30`"),
    "a leap day that is none": ("r.today >= '2017-02-29'", "found `2017-02-29`"),
    "a day without dashes": ("r.today >= '20171022'", "YYYY-MM-DD"),
    "a short day": ("r.today >= '2017-1-2'", "YYYY-MM-DD"),
    "a week": ("r.today >= '2017-W01-1'", "YYYY-MM-DD"),
    "the year 0": ("r.today >= '0000-01-01'", "YYYY-MM-DD"),
    "an American day": ("r.today >= '10-22-2017'", "YYYY-MM-DD"),
    "a word for a day": ("r.today >= 'today'", "YYYY-MM-DD"),
    "an unknown population": ("r.user.population == 'externals'", "unknown code `externals`"),
    "an unknown entry": ("r.entry == 'ROB'", "unknown code `ROB`"),
    "no code": ("r.entry == ''", "unknown code ``"),
    "a code of another list": ("r.entry == 'external'", "unknown code `external`"),
    "two lists of codes": ("r.entry == r.user.population", "code"),
    "a code in order": ("r.entry < 'rob'", "only == and !="),
    "yes/no compared": ("r.user.known == True", "found `True`"),
    "yes/no compared with text": ("r.user.known == 'true'", "write it alone"),
    "yes/no with a number": ("r.user.known == 1", "write it alone"),
    "yes/no with yes/no": ("r.user.known != r.user.terminated", "write it alone"),
    "nine parentheses": (f"{'(' * 9}r.user.known{')' * 9}", "at most 8 parentheses"),
}


@pytest.mark.parametrize(("condition", "word"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_outside_the_language_is_refused(condition, word):
    row = ROW.replace(CONDITION, condition)

    def line(damaged: str) -> int:
        return line_of(damaged, f"\n{row}\n") + 1

    assert_refused(Damage("condition", LOGIN, replaced(ROW, row), line, word))


def test_a_row_longer_than_five_hundred_signs_is_refused():
    row = " || ".join([ROW, *["r.user.known"] * 40])

    assert_refused(Damage("long", LOGIN, replaced(ROW, row), row, "at most 500"))


def test_an_unknown_reason_is_told_where_reasons_are_defined():
    row = row_of(LOGIN, "ROB_EXPIRED")
    reasons = "reasons.yaml"

    findings = findings_of(changed(LOGIN, replaced(row, row.replace("EXPIRED", "EXPIRD"))))

    assert {each.file for each in findings} == {reasons}
    assert any("the reason ROB_EXPIRD is given by a rule" in each.message for each in findings)
    assert any("no rule gives ROB_EXPIRED" in each.message for each in findings)


def test_a_reason_renamed_in_its_row_only_is_told_where_another_row_asks_for_it():
    findings = findings_of(changed(LOGIN, replaced(ROW, ROW.replace("INACTIVE", "INACTIV"))))

    (finding,) = [each for each in findings if each.file == UNLOCK]
    assert {each.file for each in findings} == {UNLOCK, "invariants.yaml", "fact_laws.txt"}
    assert (finding.file, finding.line) == (UNLOCK, _line_of_row(UNLOCK, "NOT_LOCKED"))
    assert "unknown code `INACTIVE` for r.target.login_reasons" in finding.message
    assert "INACTIV, " in finding.message


@pytest.mark.parametrize(
    ("file", "reason", "old", "new", "fact"),
    [
        (UNLOCK, "NOT_LOCKED", "INACTIVE", "INACTIV", "target.login_reasons"),
        (UNLOCK, "NOT_LOCKED", "INACTIVE", "inactive", "target.login_reasons"),
        (UNLOCK, "NOT_LOCKED", "INACTIVE", "TCC", "target.login_reasons"),
        (UNLOCK, "NOT_LOCKED", "INACTIVE", "", "target.login_reasons"),
        (UNLOCK, "NOT_LOCKED", "INACTIVE", "NOT_LOCKED", "target.login_reasons"),
        (UNLOCK, "NOT_LOCKED", "INACTIVE", "SYSTEM_NOT_GOVERNED", "target.login_reasons"),
        (UNLOCK, "TARGET_IS_INTERNAL", "internal", "hud_staff", "target.windows"),
        (COUNTS, "WINDOW_NOT_OPEN", "NOT_CERTIFIED", "CERTIFIED", "target.login_reasons"),
        (COUNTS, "WINDOW_NOT_OPEN", "PROPERTY_NOT_CERTIFIED", "NONE", "covered.reasons"),
        (DOOR, "ACTOR_LOCKED", "OK", "FINE", "actor.menu_reasons"),
        (DOOR, "ACTOR_LOCKED", "HELP_DESK", "HELPDESK", "actor.roles"),
        (DOOR, "ACTOR_LOCKED", "HELP_DESK", "OK", "actor.roles"),
        (DOOR, "ACTOR_LOCKED", "unlock", "login", "asked"),
        (DOOR, "ACTOR_LOCKED", "unlock", "see_details", "asked"),
        (DOOR, "ACTOR_LOCKED", "unlock", "open_subsystem", "asked"),
    ],
)
def test_a_code_no_list_has_is_refused_on_its_row(file, reason, old, new, fact):
    row = row_of(file, reason)

    (finding,) = findings_of(changed(file, replaced(row, row.replace(f"'{old}'", f"'{new}'"))))

    assert (finding.file, finding.line) == (file, _line_of_row(file, reason))
    assert finding.message.startswith(f"unknown code `{new}` for r.{fact}; known: ")


def test_the_reason_no_row_can_give_may_be_asked_for():
    row = row_of(UNLOCK, "NOT_LOCKED")

    book = read_rulebook(changed(UNLOCK, replaced(row, row.replace("INACTIVE", NO_RULE_ALLOWS))))

    assert any(NO_RULE_ALLOWS in rule.text for rule in book.rules["unlock"])


def test_while_the_rules_of_a_login_cannot_be_read_nothing_asked_of_their_reasons_is_blamed():
    findings = findings_of(changed(LOGIN, replaced(ROW, ROW.replace("deny", "Deny"))))

    assert {each.file for each in findings} == {LOGIN}


def _line_of_row(file, reason):
    return line_of(shipped()[file].decode(), row_of(file, reason))


@pytest.mark.parametrize("joined", ["r.user.known||r.user.terminated", CONDITION.replace(" ", "")])
def test_joined_without_spaces_is_refused_because_casbin_reads_it_as_one_word(joined):
    row = ROW.replace(CONDITION, joined)

    assert_refused(Damage("spaces", LOGIN, replaced(ROW, row), row, "space"))
