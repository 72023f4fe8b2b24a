"""A decision in words: each reason with its meaning, cure and contact for whoever is spoken to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.core.decision import Decision, Given
from service.core.login_facts import LoginFacts
from service.core.reasons import Cure
from service.core.rulebook import Rulebook
from service.core.standing import Standing
from service.people.helpers import helpers


@dataclass(frozen=True, slots=True)
class SpokenTo:
    """Who is told, by which rulebook; *about*: the one property it is about, if any."""

    book: Rulebook
    facts: LoginFacts | None
    standing: Standing | None
    about: int | None = None


def told(
    connection: Connection, decision: Decision, to: SpokenTo, as_of: datetime
) -> dict[str, Any]:
    """What every answer says of *decision*: its reasons, by which rulebook, and when."""
    return told_with(decision, cures_of(connection, decision, to), to, as_of)


def told_with(
    decision: Decision, cures: Sequence[Cure], to: SpokenTo, as_of: datetime
) -> dict[str, Any]:
    """The same, where the *cures* are at hand."""
    return {
        "reason": decision.reason,
        "reasons": _in_words(decision, cures, to),
        "policy_digest": to.book.digest,
        "as_of": as_of.astimezone(to.book.calendar.zone).isoformat(),
    }


def in_words(connection: Connection, decision: Decision, to: SpokenTo) -> list[dict[str, Any]]:
    """Every reason of *decision*, in order."""
    return _in_words(decision, cures_of(connection, decision, to), to)


def cures_of(connection: Connection, decision: Decision, to: SpokenTo) -> list[Cure]:
    """What ends each reason of *decision*, in order, for whoever is told."""
    reasons = to.book.reasons
    audience = reasons.audience_of(to.facts)
    cures = [reasons.cure(each.code, audience) for each in decision.reasons]
    if any(cure.by_coordinator for cure in cures):
        return _possible(connection, to, cures)
    return cures


def _in_words(decision: Decision, cures: Sequence[Cure], to: SpokenTo) -> list[dict[str, Any]]:
    meanings = [to.book.reasons.by_code[each.code].meaning for each in decision.reasons]
    return [_worded(*each) for each in zip(decision.reasons, meanings, cures, strict=True)]


def _worded(given: Given, meaning: str, cure: Cure) -> dict[str, Any]:
    return {
        "code": given.code,
        "meaning": meaning,
        "remedy": cure.remedy,
        "contact": cure.contact,
        "rule": given.rule,
        "authority": given.authority,
    }


def _possible(connection: Connection, to: SpokenTo, cures: Sequence[Cure]) -> list[Cure]:
    """*cures*, with another one where no coordinator could bring it."""
    able = helpers(connection, to.standing, to.book.catalogue, to.about) if to.standing else []
    without = to.book.reasons.without_coordinator
    return [cure if not cure.by_coordinator or _can(cure, able) else without for cure in cures]


def _can(cure: Cure, able: Sequence[frozenset[str]]) -> bool:
    return any(not cure.coordinator_holds or cure.coordinator_holds & held for held in able)
