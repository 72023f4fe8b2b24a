"""One person as a scenario gives them, in the columns that PUT /v1/people reads."""

from collections.abc import Mapping
from typing import Any

_KINDS: Mapping[str, type] = {
    "population": str,
    "coordinator": bool,
    "roles": list,
    "created": str,
    "rob_accepted": str,
    "last_activity": str,
    "unlocked": str,
    "properties": list,
    "contracts": list,
    "bpr": list,
    "wass": dict,
}
_COLUMNS = {
    "created": "created_on",
    "rob_accepted": "rob_accepted_on",
    "last_activity": "last_activity_on",
}
_OF_WASS = {
    "status": "wass_status",
    "last_access": "wass_last_access_on",
    "password_changed": "password_changed_on",
}


#: When somebody was created of whom a scenario does not say it: before anything else happened.
LONG_AGO = "1900-01-01"


class GivenError(Exception):
    """What a scenario gives cannot be; the text says what was expected."""


def check_kinds(person_id: str, person: Mapping[str, Any]) -> None:
    """Raises GivenError for a field that is unknown or of another kind."""
    for key, value in person.items():
        if key not in _KINDS or not isinstance(value, _KINDS[key]):
            raise GivenError(f"{person_id}: {key}: expected {_expected(key)}, found `{value}`")


def body_of(person: Mapping[str, Any]) -> dict[str, Any]:
    """*person* as the body of a PUT; without `unlocked`, which is not WASS's to say."""
    fields = {**person}
    fields.pop("unlocked", "")
    wass = {_OF_WASS.get(key, key): value for key, value in fields.pop("wass", {}).items()}
    roles = [_role(each) for each in fields.pop("roles", ())]
    contracts = [str(each) for each in fields.pop("contracts", ())]
    columns = {_COLUMNS.get(key, key): value for key, value in fields.items()}
    return {"created_on": LONG_AGO, **columns, **wass, "roles": roles, "contracts": contracts}


def last_day_in(body: Mapping[str, Any]) -> str:
    """The last day *body* speaks of; '' when there is none."""
    days = [str(value) for name, value in body.items() if name.endswith("_on")]
    days += [str(each.get("assigned_on", "")) for each in body["roles"] if isinstance(each, dict)]
    return max(days, default="")


def _role(role: Any) -> Any:
    if not isinstance(role, dict):
        return role
    return {"assigned_on" if key == "assigned" else key: value for key, value in role.items()}


def _expected(key: str) -> str:
    kind = _KINDS.get(key)
    return f"a {kind.__name__}" if kind else f"one of {', '.join(_KINDS)}"
