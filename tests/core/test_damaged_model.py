"""Any edit of what model.conf says is refused on its line; its comments are the author's."""

import pytest

from service.core.model import MODEL_FILE
from service.core.rulebook import read_rulebook
from tests.core.policy_texts import (
    Damage,
    assert_refused,
    changed,
    first_line,
    last_line,
    replaced,
    shipped,
)

TEXT = shipped()[MODEL_FILE].decode()
LINES = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
EFFECT = next(line for line in LINES if line.startswith("e = "))
MATCHER = next(line for line in LINES if line.startswith("m = "))
POLICY = next(line for line in LINES if line.startswith("p = "))
EDITS = [
    ("allow unless denied", EFFECT, "e = !some(where (p.eft == deny))"),
    ("allow once allowed", EFFECT, "e = some(where (p.eft == allow))"),
    ("by priority", EFFECT, "e = priority(p.eft) || deny"),
    ("without spaces", EFFECT, EFFECT.replace(" == ", "==")),
    ("an unknown effect", EFFECT, "e = any(where (p.eft == allow))"),
    ("a matcher that matches all", MATCHER, "m = true"),
    ("another action", MATCHER, MATCHER.replace("==", "!=")),
    ("= for ==", MATCHER, MATCHER.replace("==", "=")),
    ("a syntax error", MATCHER, MATCHER + ")"),
    ("an unknown name", MATCHER, MATCHER.replace("r.action", "r.act")),
    ("a ; tail", MATCHER, MATCHER + "; true"),
    ("a matcher with a trailing comment", MATCHER, MATCHER + " # why"),
    ("a matcher without the action", MATCHER, "m = eval(p.condition)"),
    ("a regular expression", MATCHER, "m = regexMatch(r.action, p.action) && eval(p.condition)"),
    ("a continued line", MATCHER, MATCHER + " \\"),
    ("policy without effect", POLICY, "p = action, reason, condition"),
    ("policy with a priority", POLICY, POLICY.replace("p = ", "p = priority, ")),
    ("a section typo", "[matchers]", "[matcher]"),
    ("a role section", "[policy_effect]", "[role_definition]"),
    ("trailing space", "[matchers]", "[matchers] "),
    ("an indented line", MATCHER, " " + MATCHER),
    ("capitals", MATCHER, MATCHER.upper()),
]


@pytest.mark.parametrize(("name", "line", "edit"), EDITS, ids=[each[0] for each in EDITS])
def test_an_edited_model_is_refused_on_its_line(name, line, edit):
    change = replaced(f"\n{line}\n", f"\n{edit}\n")

    assert_refused(Damage(name, MODEL_FILE, change, edit, f"expected `{line}`, found `{edit}`"))


@pytest.mark.parametrize("line", LINES)
def test_a_model_that_lacks_a_line_is_refused(line):
    following = [*LINES, None][LINES.index(line) + 1]
    change = replaced(f"{line}\n", "")

    if following is None:
        assert_refused(Damage("lacks", MODEL_FILE, change, last_line, "lines of model"))
    else:
        assert_refused(Damage("lacks", MODEL_FILE, change, following, f"expected `{line}`"))


@pytest.mark.parametrize("more", ["m = true", "e2 = priority(p.eft) || deny", "g = _, _", "  "])
def test_a_model_that_says_more_is_refused(more):
    def change(text: str) -> str:
        return f"{text}{more}\n"

    assert_refused(Damage("more", MODEL_FILE, change, last_line, "lines of model"))


def test_a_model_of_comments_only_is_refused():
    assert_refused(
        Damage("empty", MODEL_FILE, lambda _: "# Nothing\n", first_line, "lines of model")
    )


def test_the_comments_of_the_model_are_the_authors():
    edited = changed(MODEL_FILE, lambda text: f"# In other words:\n\n{text}")

    book = read_rulebook(edited)

    assert book.rules == read_rulebook(shipped()).rules
