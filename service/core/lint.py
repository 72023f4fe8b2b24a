"""What is not wrong enough to refuse a rulebook, yet wrong: looked for over the whole folder."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.core.actions import declared
from service.core.calendar import CALENDAR_FILE
from service.core.conditions import Atom, Condition, Joined, Not, atoms
from service.core.findings import Finding, Findings
from service.core.reasons import REASONS_FILE
from service.core.rulebook import Rulebook
from service.core.sources import unknown_in
from service.core.strict_yaml import Section, read_mapping

_AUTHORITY = "authority"
_YAML_FILES = ("roles.yaml", "systems.yaml", CALENDAR_FILE, "invariants.yaml")


def lint(book: Rulebook, texts: Mapping[str, bytes], today: str) -> list[Finding]:
    """Every finding about *book*, read from *texts*, on the day *today*; in order of place."""
    found = [
        *_sources_of_rules(book),
        *_sources_of_data(book, texts),
        *_same_rows(book),
        *_years(book, texts, today),
        *_contacts(texts),
        *_idle_roles(book, texts),
    ]
    return sorted(found, key=lambda each: (each.file, each.line))


def unused_facts(book: Rulebook) -> list[str]:
    """The facts that no rule asks for: for authors to know, nothing to mend."""
    asked = {
        path
        for rule in book.rows
        for atom in atoms(rule.condition)
        for path in (atom.fact, atom.other_fact)
    }
    known = {path for action in book.rules for path in declared(action)}
    return sorted(known - asked)


def _sources_of_rules(book: Rulebook) -> Iterator[Finding]:
    for rule in book.rows:
        file, _, line = rule.place.rpartition(":")
        # The authority stands in the line above the row.
        yield from _unknown(book, file, int(line) - 1, rule.authority)


def _sources_of_data(book: Rulebook, texts: Mapping[str, bytes]) -> Iterator[Finding]:
    for file in _YAML_FILES:
        for section in _sections(_section(file, texts)):
            if isinstance(section.get(_AUTHORITY), str):
                yield from _unknown(book, file, section.lines[_AUTHORITY], section[_AUTHORITY])


def _unknown(book: Rulebook, file: str, line: int, authority: str) -> Iterator[Finding]:
    for part in unknown_in(authority, book.sources):
        yield Finding(
            file, line, f"`{part}` names no source; name one of sources.yaml, or list it there"
        )


def _same_rows(book: Rulebook) -> Iterator[Finding]:
    """Rows that say the same in another order."""
    for rules in book.rules.values():
        seen: dict[Any, str] = {}
        for rule in rules:
            key = (rule.effect, rule.reason, _normal(rule.condition))
            first = seen.setdefault(key, rule.place)
            if first != rule.place:
                file, _, line = rule.place.rpartition(":")
                yield Finding(file, int(line), f"says the same as {first}; drop one of them")


def _normal(condition: Condition) -> Any:
    match condition:
        case Atom():
            return str(condition)
        case Not(part):
            return ("!", _normal(part))
        case Joined(mark, parts):
            return (mark, frozenset(_normal(part) for part in parts))


def _years(book: Rulebook, texts: Mapping[str, bytes], today: str) -> Iterator[Finding]:
    """Years of a population, from its first to the present one, of which nothing is said."""
    given: dict[str, set[int]] = {}
    section = _section(CALENDAR_FILE, texts)
    for each in section.get("windows", ()):
        given.setdefault(each["population"], set()).add(each["year"])
    for population in sorted(book.codes["windows"]):
        years = given.get(population, set())
        present = int(today[:4])
        for year in range(min(years, default=present), present + 1):
            if year not in years:
                yield Finding(
                    CALENDAR_FILE,
                    section.lines.get("windows", 1),
                    f"nothing is said of {population} {year}; give its window, or `unannounced`",
                )


def _contacts(texts: Mapping[str, bytes]) -> Iterator[Finding]:
    """Contacts that no remedy names."""
    file = _section(REASONS_FILE, texts)
    named = {each.get("contact") for each in _sections(file)}
    contacts = file.get("contacts", Section(1))
    for name in contacts:
        if name not in named:
            message = f"the contact `{name}` is named by no remedy; drop it"
            yield Finding(REASONS_FILE, contacts.lines[name], message)


def _idle_roles(book: Rulebook, texts: Mapping[str, bytes]) -> Iterator[Finding]:
    """Roles that open nothing and that nobody asks for."""
    asked = {
        a.constant
        for action, rules in book.rules.items()
        for rule in rules
        for a in atoms(rule.condition)
        if declared(action)[a.fact].codes == "roles"
    }
    roles = _section("roles.yaml", texts).get("roles", Section(1))
    for code, role in book.catalogue.roles.items():
        if not role.opens and code not in asked and not role.action:
            message = f"the role {code} opens nothing and no rule asks for it; drop it"
            yield Finding("roles.yaml", roles.lines[code], message)


def _section(file: str, texts: Mapping[str, bytes]) -> Section:
    return read_mapping(file, texts[file].decode(), Findings())


def _sections(value: Any) -> Iterator[Section]:
    """*value* and every mapping inside it."""
    if isinstance(value, Section):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _sections(each)
