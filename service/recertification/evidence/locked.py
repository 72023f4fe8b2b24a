"""The logins that were locked for want of a certification of a window."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from service.core.actions import REASONED_BY
from service.core.conditions import atoms
from service.core.moment import from_then, until_then
from service.core.rulebook import Rulebook
from service.ledger.searching import Search, oldest_first
from service.policy.active import Court, Courts
from service.recertification.evidence.window import Of

#: The fact by which rules ask for a certification, of a person or of a property.
_CERTIFIED_ON = "certified_on"


@dataclass(frozen=True, slots=True)
class Locked:
    """A login that was locked, and those of its reasons that ask for a certification."""

    user_id: str
    as_of: datetime
    entry: str
    property_id: str
    contract_number: str
    reasons: str
    decision_id: str
    policy_digest: str


def locked(connection: Connection, of: Of, court: Court, courts: Courts) -> Iterator[Locked]:
    """The logins locked while the window was the last one to have closed.

    Before any has closed: while it was the first one. Reasons are those of the rulebook that a
    login was decided by.
    """
    zone = court.book.calendar.zone
    search = Search(
        kinds=("login",),
        outcome="lock",
        since=from_then(date.fromisoformat(of.window.opens), zone),
        until=until_then(date.fromisoformat(of.until), zone) if of.until else None,
    )
    asking: dict[str, frozenset[str]] = {}
    for entry in oldest_first(connection, search):
        if _asked_for(entry, of):
            digest = entry["digest"]
            book = courts.of(digest, connection).book
            if digest not in asking:
                asking[digest] = asking_for_certification(book)
            codes = [each["code"] for each in entry["reasons"] if each["code"] in asking[digest]]
            if codes and _population(entry, book) == of.population:
                yield _row(entry, codes)


def asking_for_certification(book: Rulebook) -> frozenset[str]:
    """The reasons for which a login is locked by rows that ask when somebody was certified."""
    rules = (rule for action in REASONED_BY for rule in book.rules[action])
    return frozenset(
        rule.reason
        for rule in rules
        for atom in atoms(rule.condition)
        if rule.effect == "deny" and atom.fact.rpartition(".")[2] == _CERTIFIED_ON
    )


def _asked_for(entry: Mapping[str, Any], of: Of) -> bool:
    """Whether it was this window whose certification counted then."""
    window = entry["facts"].get("window", {})
    since = window.get("closed_opens_on") or window.get("first_opens_on")
    return bool(since == of.window.opens)


def _population(entry: Mapping[str, Any], book: Rulebook) -> str:
    return book.catalogue.populations[entry["facts"]["user"]["population"]].windows


def _row(entry: Mapping[str, Any], codes: list[str]) -> Locked:
    asked = entry["inquiry"]
    return Locked(
        user_id=entry["person_id"],
        as_of=datetime.fromisoformat(entry["as_of"]),
        entry=asked["entry"],
        property_id=str(asked["property_id"] or ""),
        contract_number=asked["contract_number"],
        reasons=" ".join(codes),
        decision_id=entry["id"],
        policy_digest=entry["digest"],
    )
