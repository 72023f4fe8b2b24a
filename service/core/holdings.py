"""What somebody holds by what WASS says: properties, roles, and whether a coordinator's."""

from collections.abc import Iterable

from service.core.catalogue import Catalogue
from service.core.standing import Standing


def assigned_to(standing: Standing) -> frozenset[int]:
    """The properties assigned by themselves or through a contract."""
    return standing.properties.union(*standing.contracts.values())


def coordinates(standing: Standing, catalogue: Catalogue) -> bool:
    """Marked as coordinator, and with a live BPR where the population asks for one."""
    needs_bpr = catalogue.populations[standing.population].coordinator_needs_bpr
    return standing.marked_coordinator and (bool(standing.bpr) or not needs_bpr)


def only_global(codes: Iterable[str], catalogue: Catalogue) -> bool:
    """Whether those of *codes* that open an entry are there, and no assignment narrows one."""
    listed = (catalogue.roles.get(code) for code in codes)
    governed = [role for role in listed if role and role.opens]
    return bool(governed) and all(role.everywhere for role in governed)


def global_roles_only(standing: Standing, catalogue: Catalogue) -> bool:
    """Whether WASS lists such roles alone; what flags took is not asked."""
    return only_global((r.code for r in standing.roles if not r.ended_on), catalogue)


def properties_of(standing: Standing, catalogue: Catalogue) -> frozenset[int]:
    """The properties of a person: assigned, by contract, and a coordinator's own."""
    own = standing.bpr if coordinates(standing, catalogue) else frozenset()
    return assigned_to(standing) | own
