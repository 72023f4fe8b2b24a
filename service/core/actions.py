"""Every action a rule file may stand for, and what its rules may know."""

from collections.abc import Mapping
from functools import cache

from service.core.api_facts import ApiFacts
from service.core.facts import Declared, declared_by
from service.core.login_facts import LoginFacts, PropertyFacts, SystemFacts
from service.core.management_facts import (
    ActorFacts,
    CertifyFacts,
    CountFacts,
    DoorFacts,
    FlagFacts,
    TargetFacts,
    WithdrawFacts,
)

Facts = LoginFacts | SystemFacts | DoorFacts | ActorFacts | CountFacts | ApiFacts

#: What may be done in the Recertification subsystem, in the order its menu shows it.
MANAGEMENT: dict[str, type[ActorFacts]] = {
    "last_login_report": ActorFacts,
    "unlock": TargetFacts,
    "view_staff": ActorFacts,
    "assign_staff": TargetFacts,
    "unassign_staff": TargetFacts,
    "view_roles": TargetFacts,
    "flag": FlagFacts,
    "withdraw_flag": WithdrawFacts,
    "certify": CertifyFacts,
    "view_history": TargetFacts,
    "single_coordinator_report": ActorFacts,
}

#: Every action a rule file may stand for, and what its rules may know.
ACTIONS: dict[str, type[Facts]] = {
    "login": LoginFacts,
    "open_property": PropertyFacts,
    "other_system": SystemFacts,
    "accept_rob": LoginFacts,
    "open_subsystem": DoorFacts,
    **MANAGEMENT,
    "see_details": TargetFacts,
    "certification_counts": CountFacts,
    "api": ApiFacts,
}

#: The list of codes a fact takes its reasons from, and the actions whose rules give them.
REASONS = "reasons"
REASONED_BY = ("login", "open_property")


@cache
def declared(action: str) -> Mapping[str, Declared]:
    """Every fact a rule of *action* may use, by the path a rule writes (`user.days_idle`)."""
    return declared_by(ACTIONS[action])


def facts_table() -> str:
    """Every fact of every action as a Markdown table, for the authors' README."""
    uses: dict[Declared, list[str]] = {}
    for action in ACTIONS:
        for each in declared(action).values():
            uses.setdefault(each, []).append(f"`{action}`")
    lines = ["| fact | unit | meaning | in the rules of |", "|---|---|---|---|"]
    lines += [
        f"| `r.{each.path}` | {each.kind} | {each.meaning} | {', '.join(actions)} |"
        for each, actions in uses.items()
    ]
    return "\n".join(lines)
