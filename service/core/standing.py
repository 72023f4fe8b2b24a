"""What is known of one person, raw: the evidence a decision is made of and derived again from.

Days are ISO text, '' when not known. Property scope of requests and flags is that of their day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role as WASS lists it; *ended_on* is set once WASS lists it no more."""

    code: str
    assigned_on: str
    ended_on: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request for recertification: who made it, when, and the properties it covers.

    *counts*: it stood within scope on its day; *everywhere*: no property scope exists.
    """

    by: str
    on: str
    counts: bool
    everywhere: bool
    covers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Flag:
    """A role or action flagged for removal, with the properties of the coordinator's day.

    *number* is what the flag is called by when it is withdrawn.
    """

    item: str
    by: str
    on: str
    properties: frozenset[int]
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything the rules' facts about a person are measured from, but for the activity."""

    person_id: str
    population: str
    marked_coordinator: bool
    terminated: bool
    created_on: str
    wass_spoke_on: str
    wass_last_access_on: str
    password_changed_on: str
    rob_accepted_on: str
    unlocked_on: str
    roles: tuple[RoleHeld, ...]
    properties: frozenset[int]
    contracts: Mapping[str, frozenset[int]]
    bpr: frozenset[int]
    requests: tuple[Request, ...]
    flags: tuple[Flag, ...]


def to_plain(standing: Standing) -> dict[str, Any]:
    """The standing as JSON can hold it, sorted, so that equal standings give equal text."""
    plain: dict[str, Any] = {name: getattr(standing, name) for name in _PLAIN}
    plain["roles"] = [[r.code, r.assigned_on, r.ended_on] for r in standing.roles]
    plain["properties"] = sorted(standing.properties)
    plain["contracts"] = {n: sorted(p) for n, p in sorted(standing.contracts.items())}
    plain["bpr"] = sorted(standing.bpr)
    plain["requests"] = [
        [r.by, r.on, r.counts, r.everywhere, sorted(r.covers)] for r in standing.requests
    ]
    plain["flags"] = [[f.item, f.by, f.on, sorted(f.properties), f.number] for f in standing.flags]
    return plain


def from_plain(plain: Mapping[str, Any]) -> Standing:
    """The standing that to_plain made *plain* from."""
    return Standing(
        **{name: plain[name] for name in _PLAIN},
        roles=tuple(RoleHeld(*role) for role in plain["roles"]),
        properties=frozenset(plain["properties"]),
        contracts={number: frozenset(each) for number, each in plain["contracts"].items()},
        bpr=frozenset(plain["bpr"]),
        requests=tuple(
            Request(by, on, counts, everywhere, frozenset(covers))
            for by, on, counts, everywhere, covers in plain["requests"]
        ),
        flags=tuple(
            Flag(item, by, on, frozenset(own), number)
            for item, by, on, own, number in plain["flags"]
        ),
    )


_PLAIN = (
    "person_id",
    "population",
    "marked_coordinator",
    "terminated",
    "created_on",
    "wass_spoke_on",
    "wass_last_access_on",
    "password_changed_on",
    "rob_accepted_on",
    "unlocked_on",
)
