"""What changes answers without changing a row, or a fact that the proofs speak of in full."""

from collections.abc import Callable, Mapping
from typing import Any

from service.core.rulebook import Rulebook

_BEYOND: Mapping[str, Callable[[Rulebook], Any]] = {
    "fact_laws.txt: what the proofs take for granted": lambda b: b.laws,
    "invariants.yaml: what has to hold, whatever else changes": lambda b: [
        (each.action, each.when, each.gives) for each in b.invariants
    ],
    "calendar.yaml: the days begin at another instant": lambda b: b.calendar.zone.key,
    "calendar.yaml: the windows, with which flags take effect": lambda b: b.calendar.windows,
    "systems.yaml: which entries and systems there are": lambda b: (
        b.catalogue.entries, b.catalogue.outside, b.catalogue.test_environments
    ),
    "roles.yaml: a population, its windows, property scope or coordinators":
    lambda b: b.catalogue.populations,
    "roles.yaml: a role, what it opens, or a mark of it": lambda b: b.catalogue.roles,
    "reasons.yaml: a mark of a reason (self_service, unseen_by_coordinators, shown_as_locked)":
    lambda b: {
        code: (each.self_service, each.unseen, each.locked)
        for code, each in b.reasons.by_code.items()
    },
}  # fmt: skip


def beyond(one: Rulebook, other: Rulebook) -> tuple[str, ...]:
    """What of that *one* and *other* have otherwise."""
    return tuple(what for what, of in _BEYOND.items() if of(one) != of(other))
