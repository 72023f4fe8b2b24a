"""What a caller asks: may this person come in here?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A login: a person, and either an entry or another system; at the menu perhaps a property."""

    user_id: str
    entry: str = ""
    system: str = ""
    property_id: int | None = None
    contract_number: str = ""
