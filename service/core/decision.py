"""A decision: allow or not, every reason in order, and the rulebook it was made by."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """A reason as a row gave it: its code, the row's place and authority."""

    code: str
    rule: str
    authority: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The judge's answer about one action; *reasons* is never empty and the first counts."""

    allowed: bool
    reasons: tuple[Given, ...]

    @property
    def reason(self) -> str:
        """The first reason's code."""
        return self.reasons[0].code

    @property
    def codes(self) -> tuple[str, ...]:
        """All reason codes, in order."""
        return tuple(each.code for each in self.reasons)

    @property
    def plain_reasons(self) -> list[dict[str, str]]:
        """All reasons in order, as JSON can hold them."""
        return [{"code": r.code, "rule": r.rule, "authority": r.authority} for r in self.reasons]


def refused_by(decisions: Iterable[Decision]) -> Decision:
    """The refusal with every reason of the *decisions* that refuse, in the order of the rows."""
    given = {r.rule: r for each in decisions if not each.allowed for r in each.reasons}
    in_order = sorted(given.values(), key=lambda reason: int("0" + reason.rule.rpartition(":")[2]))
    return Decision(False, once(in_order))


def once(reasons: Iterable[Given]) -> tuple[Given, ...]:
    """*reasons*, each code where it stands first."""
    by_code: dict[str, Given] = {}
    for reason in reasons:
        by_code.setdefault(reason.code, reason)
    return tuple(by_code.values())
