"""What a caller asks: may this person come in here?"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A login: a person, and either an entry or another system; at the menu perhaps a property."""

    user_id: str
    entry: str = ""
    system: str = ""
    property_id: int | None = None
    contract_number: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """The question as JSON can hold it."""
        return {name: getattr(self, name) for name in self.__slots__}
