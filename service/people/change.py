"""What a table gained and lost when WASS spoke."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Rows there were *before*, and those that were *added*, *changed* and *ended*."""

    before: int = 0
    added: int = 0
    changed: int = 0
    ended: int = 0

    @property
    def shrinks(self) -> bool:
        """Whether more than a tenth of the table ended."""
        return self.ended * 10 > self.before
