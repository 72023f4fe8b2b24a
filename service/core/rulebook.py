"""A rulebook: the rules, reasons, calendar and catalogue of one policy folder, and its digest."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from service.core.actions import ACTIONS, REASONED_BY, REASONS
from service.core.calendar import CALENDAR_FILE, Calendar, read_calendar
from service.core.catalogue import ROLES_FILE, SYSTEMS_FILE, Catalogue, read_catalogue
from service.core.findings import Findings
from service.core.invariants import INVARIANTS_FILE, Invariant, read_invariants
from service.core.language import Codes
from service.core.laws import LAWS_FILE, Laws, read_laws
from service.core.model import MODEL_FILE, check_model
from service.core.reasons import NO_RULE_ALLOWS, REASONS_FILE, Reasons, read_reasons
from service.core.rulefile import Rule, decode, read_rules
from service.core.sources import SOURCES_FILE, Sources, read_sources

#: The texts a rulebook is made of, by their path in the policy folder.
RULE_FILES = {action: f"rules/{action}.csv" for action in ACTIONS}
FILES = (
    MODEL_FILE,
    ROLES_FILE,
    SYSTEMS_FILE,
    CALENDAR_FILE,
    REASONS_FILE,
    SOURCES_FILE,
    LAWS_FILE,
    INVARIANTS_FILE,
    *RULE_FILES.values(),
)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Immutable; named by the SHA-256 of its texts."""

    digest: str
    rules: Mapping[str, tuple[Rule, ...]]
    reasons: Reasons
    calendar: Calendar
    catalogue: Catalogue
    sources: Sources
    laws: Laws
    invariants: tuple[Invariant, ...]
    codes: Mapping[str, frozenset[str]]

    @property
    def rows(self) -> tuple[Rule, ...]:
        """The rules of every action."""
        return tuple(rule for every in self.rules.values() for rule in every)


def digest_of(texts: Mapping[str, bytes]) -> str:
    """The SHA-256 over paths and bytes, each with its length, in the order of the paths."""
    sha = hashlib.sha256()
    for path in sorted(texts):
        for part in (path.encode(), texts[path]):
            sha.update(len(part).to_bytes(8, "big"))
            sha.update(part)
    return sha.hexdigest()


def read_rulebook(texts: Mapping[str, bytes]) -> Rulebook:
    """The rulebook the *texts* (path -> bytes) make.

    Raises RulebookError with every mistake: file, line, and what was expected.
    """
    findings = Findings()
    _check_files(texts, findings)
    findings.raise_if_any()
    text = {path: decode(path, raw, findings) for path, raw in texts.items()}
    findings.raise_if_any()
    check_model(text[MODEL_FILE], findings)
    catalogue = read_catalogue(text[ROLES_FILE], text[SYSTEMS_FILE], findings)
    # What leans on the catalogue is not held against it while the catalogue itself is wrong.
    codes: Codes = None if findings else catalogue.codes()
    calendar = read_calendar(text[CALENDAR_FILE], codes, findings)
    rules, codes = _read_all(text, codes, findings)
    denials = None if findings else _denials(rules, findings)
    reasons = read_reasons(text[REASONS_FILE], denials, codes, findings)
    laws = read_laws(text[LAWS_FILE], codes, findings)
    invariants = read_invariants(text[INVARIANTS_FILE], rules, codes, findings)
    sources = read_sources(text[SOURCES_FILE], findings)
    findings.raise_if_any()
    assert codes is not None, "codes were not read, yet nothing was wrong"
    digest = digest_of(texts)
    return Rulebook(digest, rules, reasons, calendar, catalogue, sources, laws, invariants, codes)


def _read_all(
    text: Mapping[str, str], codes: Codes, findings: Findings
) -> tuple[dict[str, tuple[Rule, ...]], Codes]:
    """The rules of every action, and the codes with the reasons that some of them give.

    Those whose reasons the others may speak of are read first.
    """

    def read(action: str, known: Codes) -> tuple[Rule, ...]:
        path = RULE_FILES[action]
        return tuple(read_rules(path, action, text[path], known, findings))

    rules = {action: read(action, codes) for action in REASONED_BY}
    given = {NO_RULE_ALLOWS, *(rule.reason for every in rules.values() for rule in every)}
    more = None if codes is None or findings else {**codes, REASONS: frozenset(given)}
    rules |= {action: read(action, more) for action in RULE_FILES if action not in rules}
    return {action: rules[action] for action in RULE_FILES}, more


def _check_files(texts: Mapping[str, bytes], findings: Findings) -> None:
    for path in sorted(set(FILES) - set(texts)):
        findings.add(path, 1, "expected this file; it is missing")
    for path in sorted(set(texts) - set(FILES)):
        findings.add(path, 1, f"unexpected file; a rulebook has {', '.join(FILES)}")


def _denials(rules: Mapping[str, tuple[Rule, ...]], findings: Findings) -> dict[str, bool]:
    denies: dict[str, bool] = {}
    for rule in (each for every in rules.values() for each in every):
        if denies.setdefault(rule.reason, rule.effect == "deny") != (rule.effect == "deny"):
            file, _, line = rule.place.rpartition(":")
            findings.add(file, int(line), f"{rule.reason} both allows and denies; use two reasons")
    return denies
