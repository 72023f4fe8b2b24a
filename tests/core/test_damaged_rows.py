"""A row of a rule file that is not exactly `p, action, effect, REASON, condition` is refused."""

import pytest

from service.core.rulebook import RULE_FILES
from tests.core.policy_texts import (
    LOGIN,
    Damage,
    assert_refused,
    findings_of,
    line_of,
    paragraph_of,
    replaced,
    row_of,
    rows,
    shipped,
)

ROW = row_of(LOGIN, "INACTIVE")
# A reason that no other row gives or asks for.
UNASKED_REASON = "WASS_PASSWORD_EXPIRED"
UNASKED = row_of(LOGIN, UNASKED_REASON)
UNLOCK = RULE_FILES["unlock"]
PARAGRAPH = paragraph_of(LOGIN, ROW)
SENTENCE, AUTHORITY, _ = PARAGRAPH.split("\n")
CONDITION = ROW.split(", ", 4)[4]
FIRST_CELL = [
    *("dney", "pp", "P", '"p"', "p;", "permit", "p2", "p1", "g", "g2", "'p'", "r", "", "q", "p p"),
    *("\u0440", "\uff50", "p.", "-p", "p#", "p:"),
]
EFFECT = [
    *(
        "Deny",
        "DENY",
        "dney",
        "deny # why",
        "denied",
        "allow|deny",
        "",
        "'deny'",
        '"deny"',
        "true",
    ),
    *("d\u0435ny", "d eny", "p.deny", "deny;", "reject", "Allow", "indeterminate"),
]
REASON = ["", "Inactive", "INACTIV\u0395", "IN ACTIVE", "'INACTIVE'", '"INACTIVE"', "9DAYS", "A-B"]
ACTION = [
    "Login",
    "open_property",
    "l\u043egin",
    "'login'",
    '"login"',
    "",
    "*",
    "log in",
    "login#",
]
CELLS = {
    "3 cells": "p, login, deny",
    "4 cells": "p, login, deny, INACTIVE",
    "4 cells, no reason": f"p, login, deny, {CONDITION}",
    "6 cells": f"{ROW}, r.user.known",
    "6 cells, the last empty": f"{ROW},",
    "a comma in CSV quotes": ROW.replace(CONDITION, f'"{CONDITION}, r.user.known"'),
    "a comma in text": ROW.replace("'2017-10-22'", "'2017,10,22'"),
    "a list": ROW.replace(CONDITION, "r.entry in ('rob', 'imax')"),
    "a call with two arguments": ROW.replace(CONDITION, "regexMatch(r.entry, 'rob')"),
    "g with 1 field": "g",
    "g with 2 fields": "g, M10001",
    "g with 3 fields": "g, M10001, admin",
    "a leading comma": f", {ROW}",
    "a leading comma instead of p": ROW[1:],
    "semicolons": ROW.replace(",", ";"),
    "other commas": ROW.replace(",", "\uff0c"),
    "no commas": ROW.replace(",", ""),
    "a line of spaces": "   ",
    "the whole row in quotes": f'"{ROW}"',
    "an INI section": "[matchers]",
    "a matcher": "m = r.action == p.action",
}


def _cell(at: int, value: str) -> str:
    cells = ROW.split(", ", 4)
    return ", ".join([*cells[:at], value, *cells[at + 1 :]])


def _first_end(text: str) -> int:
    return text.count("\n", 0, text.index("# End of")) + 1


PARAGRAPHS = [
    ("no sentence", replaced(f"{SENTENCE}\n", ""), ROW, "says it in a sentence"),
    ("an empty sentence", replaced(SENTENCE, "#"), ROW, "says it in a sentence"),
    ("no authority", replaced(f"{AUTHORITY}\n", ""), ROW, "Authority"),
    ("an empty authority", replaced(AUTHORITY, "# Authority:"), ROW, "Authority"),
    ("authority in lower case", replaced(AUTHORITY, AUTHORITY.lower()), ROW, "Authority"),
    ("two authorities", replaced(AUTHORITY, f"{AUTHORITY}\n{AUTHORITY}"), ROW, "one line"),
    ("neither", replaced(PARAGRAPH, ROW), ROW, "says it in a sentence"),
    ("a comment under the row", replaced(ROW, f"{ROW}\n# Why."), "# Why.", "the last line"),
    ("two rows", replaced(ROW, f"{ROW}\n{_cell(3, 'OTHER')}"), _cell(3, "OTHER"), "found 2"),
    ("no row", replaced(f"\n{ROW}", ""), SENTENCE, "found 0"),
    ("a row made a comment", replaced(ROW, f"# {ROW}"), SENTENCE, "found 0"),
    ("a lost blank line", replaced(f"\n\n{SENTENCE}", f"\n{SENTENCE}"), ROW, "found 2"),
    ("an extra blank line", replaced(ROW, f"\n{ROW}"), SENTENCE, "found 0"),
    ("a duplicate", replaced(PARAGRAPH, f"{PARAGRAPH}\n\n{PARAGRAPH}"), ROW, "the same row"),
    ("rows after the end", lambda text: f"{text}\n{PARAGRAPH}\n", ROW, "as the last line"),
    ("the file twice", lambda text: text + "\n" + text, _first_end, "found 0"),
    ("another end", replaced("# End of login", "# End of Login"), "# End of", "End of login"),
    ("no comment first", lambda text: text.split("\n\n", 1)[1], lambda _: 1, "what this file"),
]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        *((_cell(0, cell), f"found `{cell}` first") for cell in FIRST_CELL),
        *((_cell(1, cell), f"expected the action login, found `{cell}`") for cell in ACTION),
        *((_cell(2, cell), f"expected allow or deny, found `{cell}`") for cell in EFFECT),
        *((_cell(3, cell), f"expected a REASON in capitals, found `{cell}`") for cell in REASON),
    ],
)
def test_a_wrong_cell_is_refused_and_shown(row, word):
    assert_refused(Damage("cell", LOGIN, replaced(ROW, row), row, word))


@pytest.mark.parametrize("row", CELLS.values(), ids=CELLS)
def test_a_row_of_other_than_five_cells_is_refused(row):
    def line(damaged: str) -> int:
        return line_of(damaged, f"{AUTHORITY}\n{row}\n") + 1

    assert_refused(Damage("cells", LOGIN, replaced(ROW, row), line, "expected `p, login, "))


@pytest.mark.parametrize(
    ("name", "change", "at", "word"), PARAGRAPHS, ids=[each[0] for each in PARAGRAPHS]
)
def test_a_damaged_paragraph_is_refused(name, change, at, word):
    assert_refused(Damage(name, LOGIN, change, at, word))


# The n-th sign of every file's rows is lost at once: reading twenty rulebooks is quick.
HEADS = {
    file: min(len(", ".join(row.split(", ")[:3])) for row in rows(file))
    for file in RULE_FILES.values()
}


@pytest.mark.parametrize("at", range(max(HEADS.values())))
def test_a_sign_lost_from_the_first_three_cells_of_any_row_is_refused_on_its_line(at):
    texts, lost = shipped(), set()
    for file in (each for each, head in HEADS.items() if at < head):
        for number, line in enumerate(shipped()[file].decode().split("\n"), start=1):
            if line in rows(file) and line[at] != " ":
                texts[file] = _without_sign(texts[file], number, at)
                lost.add((file, number))

    told = {(each.file, each.line) for each in findings_of(texts)} if lost else set()

    assert told >= lost


def _without_sign(raw: bytes, number: int, at: int) -> bytes:
    lines = raw.decode().split("\n")
    lines[number - 1] = lines[number - 1][:at] + lines[number - 1][at + 1 :]
    return "\n".join(lines).encode()


def test_a_reason_that_both_allows_and_denies_is_refused():
    row = UNASKED.replace(f" {UNASKED_REASON},", " OK,")

    assert_refused(Damage("both", LOGIN, replaced(UNASKED, row), row, "OK both allows and denies"))


def test_a_reason_that_allows_a_login_and_denies_an_action_is_refused():
    row = row_of(UNLOCK, "NOT_LOCKED")
    damaged = row.replace(" NOT_LOCKED,", " OK,")

    assert_refused(
        Damage("both", UNLOCK, replaced(row, damaged), damaged, "OK both allows and denies")
    )


def test_a_rule_removed_whole_is_noticed_by_the_reason_nobody_gives_now():
    change = replaced(f"{paragraph_of(LOGIN, UNASKED)}\n\n", "")
    texts = {**shipped(), LOGIN: change(shipped()[LOGIN].decode()).encode()}

    (finding,) = findings_of(texts)

    assert finding.file == "reasons.yaml"
    assert finding.line == line_of(shipped()["reasons.yaml"].decode(), f"  {UNASKED_REASON}:\n")
    assert f"no rule gives {UNASKED_REASON}" in finding.message
