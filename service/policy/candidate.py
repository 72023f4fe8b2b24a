"""Texts that may become the active revision, and what was found of them beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from service.core.rulebook import digest_of
from service.policy.checked import Checked
from service.policy.difference import verdict
from service.policy.revisions import active_digest, stored_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Texts that were checked against the revision they would replace.

    *changes*: not proven that no decision changes; *report*: what the checks found.
    """

    texts: Mapping[str, bytes]
    replaces: str
    changes: bool
    report: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """What names the texts."""
        return digest_of(self.texts)


def active_texts(connection: Connection) -> tuple[str, dict[str, bytes]]:
    """The active revision, digest and texts; raises LookupError when there is none."""
    digest = active_digest(connection)
    texts = stored_texts(connection, digest)
    if texts is None:
        raise LookupError("no rulebook is active")
    return digest, texts


def candidate(
    texts: Mapping[str, bytes],
    checked: Checked,
    active: tuple[str, Mapping[str, bytes]],
    scenarios: Mapping[str, Any] | None = None,
    impact: Mapping[str, Any] | None = None,
) -> Candidate:
    """*texts* that were *checked*, compared with what is *active*.

    *scenarios*: what came of playing them, with the key `failed`; None when they were not played.
    *impact*: how many people would be decided otherwise; None when nobody looked.
    Raises RulebookError when the active revision cannot be read here.
    """
    replaces, before = active
    found = verdict(before, texts)
    failed = bool(scenarios and scenarios["failed"])
    report = {
        "why": list(found.why),
        "proof": checked.proof,
        "scenarios": scenarios,
        "impact": impact,
    }
    return Candidate(
        texts=texts, replaces=replaces, changes=found.changes or failed, report=report
    )
