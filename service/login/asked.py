"""Is the question well asked? What a shape cannot tell: known codes, what goes together."""

from sqlalchemy import Connection

from service.core.catalogue import Catalogue
from service.core.inquiry import Inquiry
from service.login.gather import contract_holds

Errors = dict[str, list[str]]


class BadlyAskedError(Exception):
    """The question itself is wrong; *errors* says what, field by field."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{f}: {', '.join(each)}" for f, each in errors.items()))


def check(inquiry: Inquiry, catalogue: Catalogue, connection: Connection) -> None:
    """Raise BadlyAskedError when *inquiry* asks for what is not there or does not go together."""
    if errors := wrong_codes(inquiry, catalogue) or strangers(inquiry, connection):
        raise BadlyAskedError(errors)


def strangers(inquiry: Inquiry, connection: Connection) -> Errors:
    """The property of *inquiry*, when it is not one of the contract's."""
    contract, property_id = inquiry.contract_number, inquiry.property_id
    if property_id is None or not contract or contract_holds(connection, contract, property_id):
        return {}
    return {"property_id": [f"expected a property of contract {contract}"]}


def wrong_codes(inquiry: Inquiry, catalogue: Catalogue) -> Errors:
    """What of *inquiry* the *catalogue* does not know or does not let stand together."""
    errors: Errors = {}
    others = catalogue.outside | catalogue.test_environments
    if bool(inquiry.entry) == bool(inquiry.system):
        errors["entry"] = ["expected either an entry or a system"]
    elif inquiry.entry and inquiry.entry not in catalogue.entries:
        errors["entry"] = [f"unknown entry; known: {', '.join(catalogue.entries)}"]
    elif inquiry.system and inquiry.system not in others:
        errors["system"] = [f"unknown system; known: {', '.join(sorted(others))}"]
    menu = catalogue.menu_entry
    for field in ("property_id", "contract_number"):
        if getattr(inquiry, field) not in (None, "") and inquiry.entry != menu:
            errors[field] = [f"may stand only with the entry {menu}"]
    return errors
