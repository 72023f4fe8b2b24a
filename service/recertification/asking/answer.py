"""A question's answer in words, and by which action of the subsystem a lock could be ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from service.core.decision import Decision
from service.core.reasons import Cure
from service.core.rulebook import Rulebook
from service.login.words import SpokenTo, cures_of, told_with
from service.recertification.asking.judging import Evaluated


@dataclass(frozen=True, slots=True)
class Remedy:
    """The action that would end what stands in the way, in words, and until when that is so."""

    action: str
    words: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Explained:
    """What is told of a decision, and the remedy, where somebody's action is one."""

    told: dict[str, Any]
    remedy: Remedy | None


def explained(connection: Connection, evaluated: Evaluated, as_of: datetime) -> Explained:
    """Every reason with meaning, cure and contact, as a login tells them."""
    book, decision = evaluated.court.book, evaluated.decision
    to = SpokenTo(book, evaluated.entering, evaluated.standing, evaluated.about)
    cures = cures_of(connection, decision, to)
    return Explained(told_with(decision, cures, to, as_of), _remedy(decision, cures, book, as_of))


def _remedy(
    decision: Decision, cures: Sequence[Cure], book: Rulebook, as_of: datetime
) -> Remedy | None:
    """The first action that cures, where such actions and the person's own end every reason."""
    own = [book.reasons.by_code[code].self_service for code in decision.codes]
    ends = all(cure.cured_by or alone for cure, alone in zip(cures, own, strict=True))
    first = next((cure for cure in cures if cure.cured_by), None)
    if decision.allowed or first is None or not ends:
        return None
    return Remedy(first.cured_by, first.remedy, _end_of_day(book, as_of))


def _end_of_day(book: Rulebook, as_of: datetime) -> datetime:
    """When the facts, which are of a day, may be others."""
    zone = book.calendar.zone
    tomorrow = as_of.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone)
