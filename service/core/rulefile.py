"""One rule file, read strictly: what Casbin would swallow is refused here, with its line.

A file is paragraphs. The first says what it decides; each other one is a sentence, a line
`# Authority: ...` and one row; the last line, `# End of NAME`, shows that nothing was cut off.
"""

import re
import unicodedata
from dataclasses import dataclass

from service.core.actions import declared
from service.core.conditions import Condition
from service.core.findings import Findings
from service.core.language import Codes, LanguageError, parse

_AUTHORITY = "# Authority: "
_REASON = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_EFFECTS = ("allow", "deny")
_CELLS = 5
_LONGEST_FILE = 200_000
_LONGEST_LINE = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """One row with its sentence, its authority and the place it stands at."""

    action: str
    effect: str
    reason: str
    text: str
    condition: Condition
    sentence: str
    authority: str
    place: str

    @property
    def cells(self) -> list[str]:
        """The row as Casbin holds it."""
        return [self.action, self.effect, self.reason, self.text]


def decode(file: str, raw: bytes, findings: Findings) -> str:
    """The text of a policy file; notes what must not stand in one: BOM, CR, tabs, hidden signs."""
    if len(raw) > _LONGEST_FILE:
        findings.add(file, 1, f"expected at most {_LONGEST_FILE} bytes, found {len(raw)}")
        return ""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        findings.add(file, raw[: error.start].count(b"\n") + 1, "expected UTF-8 text")
        return ""
    if not text.endswith("\n"):
        findings.add(file, text.count("\n") + 1, "expected a line end at the end; is it cut?")
    for number, line in enumerate(text.split("\n"), start=1):
        _check_line(file, number, line, findings)
    return text


def _check_line(file: str, number: int, line: str, findings: Findings) -> None:
    if len(line) > _LONGEST_LINE:
        findings.add(file, number, f"expected at most {_LONGEST_LINE} characters in a line")
    if line.isprintable():
        return
    for sign in line:
        if sign != " " and unicodedata.category(sign)[0] in "CZ":
            name = unicodedata.name(sign, f"control character {ord(sign)}")
            findings.add(file, number, f"expected plain text, found the hidden sign {name}")
            return


def read_rules(file: str, action: str, text: str, codes: Codes, findings: Findings) -> list[Rule]:
    """The rules of *action*, in order; what is wrong goes to *findings*."""
    lines = text.rstrip("\n").split("\n")
    end = f"# End of {file.rpartition('/')[2]}"
    if lines[-1] != end:
        findings.add(file, len(lines), f"expected `{end}` as the last line; is the file cut?")
    paragraphs = _paragraphs(lines[:-1] if lines[-1] == end else lines)
    if not paragraphs or any(not line.startswith("#") for _, line in paragraphs[0]):
        findings.add(file, 1, "expected first a comment that says what this file decides")
        paragraphs.insert(0, [])
    reader = _RuleReader(file, action, codes, findings)
    rules = [rule for each in paragraphs[1:] if (rule := reader.rule(each))]
    if not rules and not findings:
        findings.add(file, 1, "expected at least one rule")
    return rules


def _paragraphs(lines: list[str]) -> list[list[tuple[int, str]]]:
    found: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(lines, start=1):
        if line:
            found[-1].append((number, line))
        elif found[-1]:
            found.append([])
    return [each for each in found if each]


class _RuleReader:
    def __init__(self, file: str, action: str, codes: Codes, findings: Findings) -> None:
        self._file = file
        self._action = action
        self._codes = codes
        self._findings = findings
        self._vocabulary = declared(action)
        self._rows: dict[tuple[str, ...], int] = {}

    def rule(self, paragraph: list[tuple[int, str]]) -> Rule | None:
        """The rule of *paragraph*; none when something is wrong with it."""
        rows = [(number, line) for number, line in paragraph if not line.startswith("#")]
        if len(rows) != 1:
            line = rows[1][0] if rows else paragraph[0][0]
            return self._refuse(line, f"expected one row in a paragraph, found {len(rows)}")
        number, row = rows[0]
        if paragraph[-1][0] != number:
            return self._refuse(number + 1, "expected the row as the last line of its paragraph")
        comments = [line for _, line in paragraph[:-1]]
        return self._row(number, row, comments)

    def _row(self, number: int, row: str, comments: list[str]) -> Rule | None:
        cells = [cell.strip(" ") for cell in row.split(",")]
        if not self._shaped(number, cells) or not self._explained(number, comments):
            return None
        try:
            condition = parse(cells[4], self._vocabulary, self._codes)
        except LanguageError as error:
            return self._refuse(number, str(error))
        first = self._rows.setdefault(tuple(cells), number)
        if first != number:
            return self._refuse(number, f"the same row stands on line {first} already")
        sentence = " ".join(c[1:].strip() for c in comments if not c.startswith(_AUTHORITY))
        authority = " ".join(
            c.removeprefix(_AUTHORITY).strip() for c in comments if c.startswith(_AUTHORITY)
        )
        place = f"{self._file}:{number}"
        action, effect, reason, text = cells[1:]
        return Rule(action, effect, reason, text, condition, sentence, authority, place)

    def _shaped(self, number: int, cells: list[str]) -> bool:
        expected = f"p, {self._action}, allow or deny, REASON, condition"
        if cells[0] != "p":
            wrong = f"expected `{expected}`, found `{cells[0]}` first"
        elif len(cells) != _CELLS:
            wrong = f"expected `{expected}`, found {len(cells)} cells, not {_CELLS}"
        elif cells[1] != self._action:
            wrong = f"expected the action {self._action}, found `{cells[1]}`"
        elif cells[2] not in _EFFECTS:
            wrong = f"expected allow or deny, found `{cells[2]}`"
        elif not _REASON.fullmatch(cells[3]):
            wrong = f"expected a REASON in capitals, found `{cells[3]}`"
        else:
            return True
        self._refuse(number, wrong)
        return False

    def _explained(self, number: int, comments: list[str]) -> bool:
        said = [c for c in comments if not c.startswith("# Authority") and c[1:].strip()]
        authority = [
            c for c in comments if c.startswith(_AUTHORITY) and c[len(_AUTHORITY) :].strip()
        ]
        if not said:
            self._refuse(number, "expected a comment above the row that says it in a sentence")
        if len(authority) != 1:
            self._refuse(number, "expected one line `# Authority: ...` above the row")
        return bool(said) and len(authority) == 1

    def _refuse(self, number: int, message: str) -> Rule | None:
        self._findings.add(self._file, number, message)
        return None
