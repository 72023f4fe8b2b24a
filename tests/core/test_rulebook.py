"""What a rulebook tells of itself: its digest; and of a mistake: file, line and sentence."""

import pytest

from service.core.rulebook import FILES, read_rulebook
from tests.core.policy_texts import LOGIN, findings_of, line_of, row_of, shipped

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
    book, again = read_rulebook(shipped()), read_rulebook(dict(reversed(shipped().items())))

    assert len(book.digest) == 64
    assert book.digest == again.digest


@pytest.mark.parametrize("file", FILES)
def test_one_more_comment_is_another_digest(file):
    texts = {**shipped(), file: b"# A remark.\n" + shipped()[file]}

    assert read_rulebook(texts).digest != read_rulebook(shipped()).digest
