"""What is always true of facts (fact_laws.txt): for the proofs, nobody is judged by it.

A paragraph is a sentence in comments and one condition; the last line shows that nothing is cut.
"""

from collections.abc import Mapping

from service.core.actions import ACTIONS, declared
from service.core.conditions import Condition
from service.core.findings import Findings
from service.core.language import Codes, LanguageError, UnknownFactError, parse

LAWS_FILE = "fact_laws.txt"
_END = f"# End of {LAWS_FILE}"
Laws = Mapping[str, tuple[Condition, ...]]


def read_laws(text: str, codes: Codes, findings: Findings) -> Laws:
    """The laws of each action: those all of whose facts its rules may use.

    A law may say that a code is '': that of nobody.
    """
    lines = text.rstrip("\n").split("\n")
    if lines[-1] != _END:
        findings.add(LAWS_FILE, len(lines), f"expected `{_END}` as the last line; is it cut?")
    known = None if codes is None else {name: each | {""} for name, each in codes.items()}
    # Actions whose rules may use the same facts have the same laws: each is read once for those.
    alike = {kind: action for action, kind in ACTIONS.items()}
    laws: dict[str, list[Condition]] = {action: [] for action in alike.values()}
    explained = False
    for number, line in enumerate(lines, start=1):
        explained = line.startswith("#") or (explained and line != "")
        if line and not line.startswith("#"):
            if not explained:
                findings.add(LAWS_FILE, number, "expected a comment above that says it in words")
            _add(laws, number, line, known, findings)
    return {action: tuple(laws[alike[kind]]) for action, kind in ACTIONS.items()}


def _add(
    laws: dict[str, list[Condition]], number: int, line: str, codes: Codes, findings: Findings
) -> None:
    """Add the law to every action that knows its facts; some action has to."""
    wrong: list[LanguageError] = []
    for action, kept in laws.items():
        try:
            kept.append(parse(line, declared(action), codes))
        except LanguageError as error:
            wrong.append(error)
    if len(wrong) == len(laws):
        # Where the facts are known it is something else that is wrong.
        said = sorted(wrong, key=lambda each: isinstance(each, UnknownFactError))[0]
        findings.add(LAWS_FILE, number, str(said))
