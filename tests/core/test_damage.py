"""A policy file that was damaged as a whole is refused with its name and line.

What Casbin's own loader swallows is listed in casbin.md (2.1, 5.1 to 5.3).
"""

import pytest

from service.core.invariants import INVARIANTS_FILE
from service.core.model import MODEL_FILE
from service.core.rulebook import FILES, RULE_FILES
from tests.core.policy_texts import (
    LOGIN,
    Damage,
    assert_refused,
    findings_of,
    first_line,
    last_line,
    replaced,
    row_of,
    shipped,
)

ROW = row_of(LOGIN, "INACTIVE")
CUTS = 30
YAML_FILES = [file for file in FILES if file.endswith(".yaml")]
LAW_OF_EVERY_FILE = [
    ("a BOM at the beginning", lambda text: "\ufeff" + text, first_line, "hidden sign"),
    ("UTF-16", lambda text: text.encode("utf-16"), first_line, "expected UTF-8"),
    ("UTF-16 without BOM", lambda text: text.encode("utf-16-le"), first_line, "hidden sign"),
    ("NUL padding", lambda text: text + "\0" * 512, last_line, "hidden sign"),
    ("CR-only newlines", lambda text: text.replace("\n", "\r"), first_line, "hidden sign"),
    ("CRLF newlines", lambda text: text.replace("\n", "\r\n"), first_line, "hidden sign"),
    ("one CRLF among LF", lambda text: text[:-1] + "\r\n", last_line, "hidden sign"),
    ("a huge file", lambda text: "# more\n" * 30_000 + text, first_line, "at most 200000 bytes"),
    ("a million rows", lambda text: f"{ROW}\n" * 1_000_000, first_line, "at most"),
    ("a very long line", lambda text: "# " + "y" * 5_000 + "\n" + text, first_line, "at most 500"),
    ("no line end at the end", lambda text: text[:-1], last_line, "line end at the end"),
    ("an empty file", lambda text: "", first_line, "cut"),
    (
        "a byte of latin-1",
        lambda text: text.encode() + b"# caf\xe9\n",
        last_line,
        "expected UTF-8",
    ),
    ("half a sign", lambda text: text.encode() + "# é".encode()[:-1], last_line, "expected UTF-8"),
]
HIDDEN_SIGNS = {
    "a tab": "\t",
    "a no-break space": "\u00a0",
    "a zero-width space": "\u200b",
    "a zero-width joiner": "\u200d",
    "a word joiner": "\u2060",
    "a BOM": "\ufeff",
    "a soft hyphen": "\u00ad",
    "a right-to-left mark": "\u202e",
    "a line separator": "\u2028",
    "a next line": "\u0085",
    "a form feed": "\f",
    "an ideographic space": "\u3000",
    "a NUL": "\0",
    "an escape": "\x1b",
    "a private sign": "\ue000",
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("name", "change", "at", "word"),
    LAW_OF_EVERY_FILE,
    ids=[each[0] for each in LAW_OF_EVERY_FILE],
)
def test_a_file_that_was_damaged_as_a_whole_is_refused(file, name, change, at, word):
    assert_refused(Damage(name, file, change, at, word))


@pytest.mark.parametrize("sign", HIDDEN_SIGNS.values(), ids=HIDDEN_SIGNS)
@pytest.mark.parametrize("before", [ROW, "INACTIVE", "r.user.days_idle", "# Authority: Q&A 41"])
def test_a_hidden_sign_is_refused_on_its_line(sign, before):
    file = LOGIN if before in ROW else "rules/other_system.csv"
    marker = sign + before

    assert_refused(Damage("hidden", file, replaced(before, marker), marker, "hidden sign"))


def test_files_cut_at_any_line_end_are_refused_on_the_line_of_the_cut():
    whole = {file: raw.decode().splitlines(keepends=True) for file, raw in shipped().items()}
    for part in range(1, CUTS):
        cut = {
            file: "".join(lines[: max(1, len(lines) * part // CUTS)])
            for file, lines in whole.items()
        }

        findings = findings_of({file: text.encode() for file, text in cut.items()})

        for file in {*RULE_FILES.values(), *YAML_FILES}:
            line = last_line(cut[file].rstrip("\n") if file in RULE_FILES.values() else cut[file])
            told = [each for each in findings if each.file == file and "cut?" in each.message]
            assert [each.line for each in told] == [line], (part, file, told)


def test_a_model_cut_at_any_line_end_is_refused():
    lines = shipped()[MODEL_FILE].decode().splitlines(keepends=True)
    for kept in range(len(lines) * 2 // 3, len(lines)):
        findings = findings_of({**shipped(), MODEL_FILE: "".join(lines[:kept]).encode()})

        assert [(each.file, each.line) for each in findings] == [(MODEL_FILE, kept)]


@pytest.mark.parametrize("file", FILES)
def test_a_file_cut_inside_its_last_lines_is_refused_on_the_line_of_the_cut(file):
    whole = shipped()[file]
    for cut in range(len(whole) - 60, len(whole)):
        findings = findings_of({**shipped(), file: whole[:cut]})

        told = {each.line for each in findings if each.file == file}
        assert last_line(whole[:cut].decode().rstrip("\n")) in told, (
            cut,
            [str(each) for each in findings],
        )


@pytest.mark.parametrize("file", RULE_FILES.values())
def test_a_rule_file_of_comments_only_is_refused(file):
    name = file.rpartition("/")[2]

    def comments_only(_: str) -> str:
        return f"# Nothing is decided here.\n\n# End of {name}\n"

    assert_refused(Damage("comments", file, comments_only, first_line, "at least one rule"))


@pytest.mark.parametrize("file", YAML_FILES)
def test_a_yaml_file_of_comments_only_is_refused(file):
    word = "a list as `invariants`" if file == INVARIANTS_FILE else "key: value"

    assert_refused(Damage("comments", file, lambda _: "# Nothing.\n...\n", first_line, word))


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(file):
    texts = {path: raw for path, raw in shipped().items() if path != file}

    (finding,) = findings_of(texts)

    assert (finding.file, finding.line) == (file, 1)
    assert "missing" in finding.message


@pytest.mark.parametrize(
    "extra", ["rules/Login.csv", "rules/login.csv~", "../login.csv", "README"]
)
def test_an_extra_file_is_named(extra):
    (finding,) = findings_of({**shipped(), extra: b"# more\n"})

    assert (finding.file, finding.line) == (extra, 1)
    assert "unexpected file" in finding.message


def test_no_file_at_all_names_every_file():
    assert {each.file for each in findings_of({})} == set(FILES)
