"""What a table gained and lost when WASS spoke."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Rows there were *before*, *added*, *changed* and *ended*; and the *people* it touched."""

    before: int = 0
    added: int = 0
    changed: int = 0
    ended: int = 0
    people: frozenset[str] = field(default_factory=frozenset)

    @property
    def shrinks(self) -> bool:
        """Whether more than a tenth of the table ended."""
        return self.ended * 10 > self.before
