"""What is noted of a request while it is answered: for its line in the log, and the counts."""

from dataclasses import dataclass, field

from flask import request

_KEY = "gatehouse.noted"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was made: its ledger entry, what came of it, and the first reason."""

    entry_id: str
    outcome: str
    reason: str


@dataclass(slots=True)
class Noted:
    """Who called, what was decided, and what kept it from being decided ('' for nothing)."""

    client: str = ""
    cause: str = ""
    decided: list[Decided] = field(default_factory=list)


def noted() -> Noted:
    """What is noted of the present request, to be read and added to."""
    found = request.environ.get(_KEY)
    if found is None:
        found = request.environ[_KEY] = Noted()
    assert isinstance(found, Noted)
    return found
