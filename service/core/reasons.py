"""Reason codes with their meaning and, for each audience, remedy and contact (reasons.yaml)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from service.core.actions import MANAGEMENT, declared
from service.core.conditions import Condition, truth_of
from service.core.findings import Findings
from service.core.language import Codes, LanguageError, parse, read_day
from service.core.login_facts import LoginFacts
from service.core.strict_yaml import Shape, read_mapping

REASONS_FILE = "reasons.yaml"
#: The one reason no row can give: silence has no line to carry it.
NO_RULE_ALLOWS = "NO_RULE_ALLOWS"
_MARKS = ("self_service", "unseen_by_coordinators", "shown_as_locked", "another_token")


@dataclass(frozen=True, slots=True)
class Cure:
    """What to do and whom to ask.

    *by_coordinator*: a coordinator does it, holding one of *coordinator_holds* if any are named.
    *cured_by*: the action of the subsystem that does it, where one does; else ''.
    """

    remedy: str
    contact: str
    by_coordinator: bool = False
    coordinator_holds: frozenset[str] = frozenset()
    cured_by: str = ""


NO_CURE = Cure("", "")


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition of the world, in words.

    *self_service*: the person can end it at once. *unseen*: no coordinator sees it of others.
    *locked*: reports call a person locked for it. *another_token*:
    a call with another token might be answered.
    """

    code: str
    meaning: str
    self_service: bool
    unseen: bool
    locked: bool
    another_token: bool
    cures: Mapping[str, Cure]


@dataclass(frozen=True, slots=True)
class Reasons:
    """All reasons, and who is spoken to: the first audience whose condition holds."""

    by_code: Mapping[str, Reason]
    audiences: Mapping[str, Callable[[LoginFacts], bool] | None]
    without_coordinator: Cure

    @property
    def held_by_coordinators(self) -> frozenset[str]:
        """The roles that a coordinator needs for one cure or another."""
        cures = (cure for reason in self.by_code.values() for cure in reason.cures.values())
        return frozenset(role for cure in cures for role in cure.coordinator_holds)

    def audience_of(self, facts: LoginFacts | None) -> str:
        """To whom a remedy speaks; without facts about a person, to the last audience."""
        for audience, holds in self.audiences.items():
            if holds is None or (facts is not None and holds(facts)):
                return audience
        raise LookupError("the last audience has a condition")

    def cure(self, code: str, audience: str) -> Cure:
        """What ends the reason *code* for *audience*; nothing for a reason that allows."""
        return self.by_code[code].cures.get(audience, NO_CURE)


def read_reasons(
    text: str, denials: Mapping[str, bool] | None, codes: Codes, findings: Findings
) -> Reasons:
    """Read reasons.yaml; *denials* says of every reason the rules give whether it denies.

    It is None while the rules themselves cannot be read.
    """
    file = Shape(REASONS_FILE, read_mapping(REASONS_FILE, text, findings), findings)
    file.only("audiences", "contacts", "without_coordinator", "reasons")
    audiences = _audiences(file, codes)
    contacts = {name: file.inner("contacts").text(name) for name in file.inner("contacts").section}
    if denials is not None:
        denials = {**denials, NO_RULE_ALLOWS: True}
    reader = _Reader(audiences, contacts, None if codes is None else codes["roles"], denials)
    without = reader.cure(file.inner("without_coordinator"))
    found = {code: reader.reason(code, s) for code, s in file.inner_all("reasons").items()}
    for code in sorted(set(denials or ()) - set(found)):
        file.note(f"the reason {code} is given by a rule; define it here", "reasons")
    asked = {name: truth_of(each) if each else None for name, each in audiences.items()}
    return Reasons({c: r for c, r in found.items() if r}, asked, without)


def _audiences(file: Shape, codes: Codes) -> dict[str, Condition | None]:
    sections = file.inner("audiences")
    found: dict[str, Condition | None] = {}
    for name in sections.section:
        text = sections.text(name)
        try:
            found[name] = None if text == "otherwise" else parse(text, declared("login"), codes)
        except LanguageError as error:
            sections.note(str(error), name)
    if not found or [name for name, each in found.items() if each is None] != list(found)[-1:]:
        sections.note("expected `otherwise` for the last audience and for no other")
    return found


class _Reader:
    def __init__(
        self,
        audiences: Iterable[str],
        contacts: Mapping[str, str],
        roles: frozenset[str] | None,
        denials: Mapping[str, bool] | None,
    ) -> None:
        self._audiences = tuple(audiences)
        self._contacts = contacts
        self._roles = roles
        self._denials = denials

    def reason(self, code: str, shape: Shape) -> Reason | None:
        """One reason; none when it is retired."""
        shape.only("meaning", *_MARKS, "retired", "everybody", *self._audiences)
        shape.text("meaning")
        if "retired" in shape.section:
            self._check_retired(code, shape)
            return None
        cures = self._said_of(code, shape) if self._denials is not None else {}
        return Reason(
            code,
            shape.text("meaning"),
            self_service=shape.yes("self_service"),
            unseen=shape.yes("unseen_by_coordinators"),
            locked=shape.yes("shown_as_locked"),
            another_token=shape.yes("another_token"),
            cures=cures,
        )

    def _said_of(self, code: str, shape: Shape) -> dict[str, Cure]:
        denies = (self._denials or {}).get(code)
        if denies is None:
            shape.note(f"no rule gives {code}: mend the code, or mark it `retired: YYYY-MM-DD`")
        elif denies:
            return self._cures(shape)
        else:
            self._check_no_cures(code, shape)
        return {}

    def _check_retired(self, code: str, shape: Shape) -> None:
        try:
            read_day(shape.text("retired"))
        except LanguageError as error:
            shape.note(str(error), "retired")
        if code in (self._denials or ()):
            shape.note(f"{code} is retired, yet a rule gives it", "retired")

    def _cures(self, shape: Shape) -> dict[str, Cure]:
        if "everybody" in shape.section:
            for audience in set(self._audiences) & set(shape.section):
                shape.note(f"`everybody` leaves nothing to say to {audience}", audience)
            return dict.fromkeys(self._audiences, self.cure(shape.inner("everybody")))
        return {audience: self.cure(shape.inner(audience)) for audience in self._audiences}

    def _check_no_cures(self, code: str, shape: Shape) -> None:
        for audience in {"everybody", *self._audiences} & set(shape.section):
            shape.note(f"{code} allows, so there is nothing to cure", audience)

    def cure(self, shape: Shape) -> Cure:
        """Remedy and contact; a contact is one of the list, so that numbers stand once."""
        shape.only("remedy", "contact", "by_coordinator", "coordinator_holds", "cured_by")
        contact = shape.text("contact")
        if contact not in self._contacts:
            shape.note(
                f"unknown contact `{contact}`; known: {', '.join(self._contacts)}", "contact"
            )
        held = frozenset(shape.texts("coordinator_holds"))
        for role in sorted(held - (held if self._roles is None else self._roles)):
            shape.note(f"unknown role `{role}`", "coordinator_holds")
        by_coordinator = shape.yes("by_coordinator") or bool(held)
        said = shape.text("remedy"), self._contacts.get(contact, "")
        return Cure(*said, by_coordinator, held, self._cured_by(shape))

    def _cured_by(self, shape: Shape) -> str:
        if "cured_by" not in shape.section:
            return ""
        action = shape.text("cured_by")
        if action not in MANAGEMENT:
            shape.note(f"unknown action `{action}`; known: {', '.join(MANAGEMENT)}", "cured_by")
        return action
