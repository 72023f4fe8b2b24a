"""What a rulebook tells of itself: its digest; and of a mistake: file, line and sentence."""

import pytest

from service.core.rulebook import FILES, read_rulebook
from tests.core.policy_texts import (
    LOGIN,
    changed,
    findings_of,
    line_of,
    replaced,
    row_of,
    shipped,
)

BOOK = read_rulebook(shipped())
ROW = row_of(LOGIN, "INACTIVE")


def test_every_mistake_is_told_at_once_in_the_order_of_the_files():
    texts = shipped()
    texts[LOGIN] = texts[LOGIN].replace(b"p, login, deny, WASS", b"p, login, Deny, WASS")

    findings = [each for each in findings_of(texts) if "found `Deny`" in each.message]

    assert len(findings) == texts[LOGIN].count(b"Deny") == 3
    assert [each.line for each in findings] == sorted(each.line for each in findings)


def test_a_finding_reads_as_file_line_and_sentence():
    texts = {**shipped(), LOGIN: shipped()[LOGIN].replace(ROW.encode(), b"q" + ROW[1:].encode())}

    finding = next(each for each in findings_of(texts) if each.file == LOGIN)

    line = line_of(texts[LOGIN].decode(), "q" + ROW[1:])
    said = "expected `p, login, allow or deny, REASON, condition`, found `q` first"
    assert str(finding) == f"{LOGIN}:{line}: {said}"


def test_the_shipped_texts_are_a_rulebook_named_by_their_digest():
    again = read_rulebook(dict(reversed(shipped().items())))

    assert len(BOOK.digest) == 64
    assert BOOK.digest == again.digest


@pytest.mark.parametrize("file", FILES)
def test_one_more_comment_is_another_digest(file):
    texts = {**shipped(), file: b"# A remark.\n" + shipped()[file]}

    assert read_rulebook(texts).digest != BOOK.digest


def test_an_action_of_wass_is_told_from_a_role_by_its_mark():
    marked = changed("roles.yaml", replaced("  TCR:\n", "  TCR:\n    action: true\n"))

    roles = read_rulebook(marked).catalogue.roles

    assert {code for code, role in roles.items() if role.action} == {"TCR"}
    assert not any(role.action for role in BOOK.catalogue.roles.values())


@pytest.mark.parametrize(
    ("key", "mark"),
    [
        ("self_service", "self_service"),
        ("unseen_by_coordinators", "unseen"),
        ("shown_as_locked", "locked"),
    ],
)
def test_a_reason_carries_the_marks_it_is_given_and_no_other(key, mark):
    unmarked = changed("reasons.yaml", lambda text: text.replace(f"    {key}: true\n", ""))
    given = replaced("  NO_ROLE:\n", f"  NO_ROLE:\n    {key}: true\n")
    texts = {**unmarked, "reasons.yaml": given(unmarked["reasons.yaml"].decode()).encode()}

    marked = {each.code: getattr(each, mark) for each in _reasons(texts)}

    assert {code for code, yes in marked.items() if yes} == {"NO_ROLE"}
    assert any(getattr(each, mark) for each in BOOK.reasons.by_code.values())


def _reasons(texts):
    return read_rulebook(texts).reasons.by_code.values()
