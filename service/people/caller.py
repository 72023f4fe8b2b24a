"""Who calls: a client of Gatehouse, or a person at the command line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller's name, what it may do, and the request it makes."""

    name: str
    scopes: frozenset[str] = frozenset()
    request_id: str = ""
