"""A decision: allow or not, every reason in order, and the rulebook it was made by."""

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
