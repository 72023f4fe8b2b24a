"""View Actions and Roles: what a member of the staff holds, and what is flagged of it."""

from typing import Any

from sqlalchemy import Connection

from service.core.acting import effective_on, queued_flags
from service.core.catalogue import Role
from service.core.measure import Person
from service.recertification.consider import Considered
from service.recertification.report import why_unseen
from service.recertification.result import Page, Result

_UNLISTED = Role(frozenset(), property_assignment=False, contract_assignment=False)


def view_roles(_: Connection, considered: Considered, __: Page) -> Result:
    """Two lists, roles and actions, each empty for *None*; and the properties that are shared."""
    person = considered.named
    held = [] if why_unseen(considered.target, considered) else sorted(person.roles)
    kinds = [(code, person.catalogue.roles.get(code, _UNLISTED)) for code in held]
    return Result(
        fields={
            "items": held,
            "roles": [_shown(person, *each) for each in kinds if not each[1].action],
            "actions": [_shown(person, *each) for each in kinds if each[1].action],
            "properties": sorted(considered.shared),
        }
    )


def _shown(person: Person, code: str, role: Role) -> dict[str, Any]:
    return {
        "code": code,
        "property_assignment": role.property_assignment,
        "contract_assignment": role.contract_assignment,
        "flags": [
            {
                "flag_id": flag.number,
                "by": flag.by,
                "flagged_on": flag.on,
                "effective_on": effective_on(person, flag.on),
            }
            for flag in queued_flags(person)
            if flag.item == code
        ],
    }
