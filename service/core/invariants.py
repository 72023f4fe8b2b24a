"""What must hold in every case (invariants.yaml), written in the rules' own language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.core.actions import ACTIONS, declared
from service.core.conditions import Atom, Condition
from service.core.findings import Findings
from service.core.language import Codes, LanguageError, parse
from service.core.rulefile import Rule
from service.core.strict_yaml import Shape, read_mapping

INVARIANTS_FILE = "invariants.yaml"
_ALLOW = "allow"
_SAYS = ("never", "always", "gives")


@dataclass(frozen=True, slots=True)
class Invariant:
    """Whenever *when* holds, the action is not allowed; with *gives*, for that reason. With
    *always* it is allowed."""

    name: str
    action: str
    when: Condition
    gives: str
    place: str
    always: bool = False


def read_invariants(
    text: str, rules: Mapping[str, Sequence[Rule]], codes: Codes, findings: Findings
) -> tuple[Invariant, ...]:
    """The invariants about *rules*; what is wrong goes to *findings*."""
    file = Shape(INVARIANTS_FILE, read_mapping(INVARIANTS_FILE, text, findings), findings)
    file.only("invariants")
    invariants = tuple(_invariant(item, codes) for item in file.items("invariants"))
    for each in () if findings else invariants:
        denied = {rule.reason for rule in rules[each.action] if rule.effect == "deny"}
        if each.gives and each.gives not in denied:
            line = int(each.place.rpartition(":")[2])
            message = f"no rule of {each.action} denies with {each.gives}"
            findings.add(INVARIANTS_FILE, line, message)
    return invariants


def _invariant(item: Shape, codes: Codes) -> Invariant:
    item.only("name", "action", "when", *_SAYS, "authority")
    item.text("authority")
    action, gives = item.text("action"), item.text("gives", "")
    if action not in ACTIONS:
        item.note(f"unknown action `{action}`; known: {', '.join(ACTIONS)}", "action")
    if len(item.section.keys() & set(_SAYS)) != 1:
        item.note("expected one of `never: allow`, `always: allow` and `gives: REASON`")
    for says in ("never", "always"):
        if item.text(says, _ALLOW) != _ALLOW:
            item.note(f"expected `{says}: {_ALLOW}`", says)
    place, always = f"{INVARIANTS_FILE}:{item.line()}", "always" in item.section
    when = _when(item, action, codes)
    return Invariant(item.text("name"), action, when, gives, place, always)


def _when(item: Shape, action: str, codes: Codes) -> Condition:
    try:
        if action in ACTIONS:
            return parse(item.text("when"), declared(action), codes)
    except LanguageError as error:
        item.note(str(error), "when")
    return Atom("")
