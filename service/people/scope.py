"""What a request for recertification covers, and whether it counts."""

from dataclasses import dataclass

from service.core.catalogue import Catalogue
from service.core.holdings import global_roles_only, properties_of
from service.core.standing import Standing


@dataclass(frozen=True, slots=True)
class Scope:
    """What a request covers, and whether it counts (domain.md a.3, What a request covers)."""

    counts: bool
    everywhere: bool
    properties: frozenset[int]


def scope_of(person: Standing, coordinator: Standing, catalogue: Catalogue) -> Scope:
    """The scope of a request that *coordinator* makes for *person* with today's BPR."""
    population = catalogue.populations[person.population]
    if not _may_certify(coordinator, person, catalogue):
        return Scope(counts=False, everywhere=False, properties=frozenset())
    if not population.property_scope:
        return Scope(counts=True, everywhere=True, properties=frozenset())
    bpr = coordinator.bpr
    shared = bool(bpr & properties_of(person, catalogue))
    return Scope(shared or global_roles_only(person, catalogue), everywhere=False, properties=bpr)


def _may_certify(coordinator: Standing, person: Standing, catalogue: Catalogue) -> bool:
    """Nobody requests his own certification (Q10), nor that of another population (C-28).

    Whether the requester is still a coordinator is not asked: a request outlives that (C-22).
    """
    windows = [catalogue.populations[each.population].windows for each in (coordinator, person)]
    return coordinator.person_id != person.person_id and windows[0] == windows[1]
