"""Pages of a search: a token says what it goes on behind, and of which request it is.

It lets nobody see more than asking does, so it is not signed; with another request it is a 400.
"""

import binascii
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.recertification.asking.searching import Page
from service.web.authzen_reading import MisaskedError

#: The most results of a page, and how many there are when none is asked for.
MOST_RESULTS = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of which request's results is asked for."""

    request: str
    limit: int
    page: Page


def asked_page(name: str, body: Mapping[str, Any]) -> Asked:
    """The page *body* asks for, in a search for *name*; raises MisaskedError."""
    page = body.get("page", {})
    if not isinstance(page, dict):
        raise MisaskedError("page: expected an object")
    limit, token = page.get("limit"), page.get("token", "")
    if limit is not None and (type(limit) is not int or limit < 0):
        raise MisaskedError("page.limit: expected a number that is not negative")
    if not isinstance(token, str):
        raise MisaskedError("page.token: expected a string")
    request = _digest(name, body)
    if not token:
        most = MOST_RESULTS if limit is None else limit
        return Asked(request, most, Page("", min(most, MOST_RESULTS)))
    return _following(request, limit, token)


def page_after(asked: Asked, through: str) -> str:
    """The token of what comes behind *through*."""
    return urlsafe_b64encode(json.dumps([asked.request, asked.limit, through]).encode()).decode()


def _following(request: str, limit: int | None, token: str) -> Asked:
    """The page behind *token*, which the same request has to bring; its limit may be left out."""
    try:
        of, most, after = json.loads(urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise MisaskedError("page.token: expected one of ours") from None
    if type(most) is not int or most < 0 or not isinstance(after, str):
        raise MisaskedError("page.token: expected one of ours")
    if of != request or limit not in (None, most):
        raise MisaskedError("page.token: expected the request it came with, repeated as it was")
    return Asked(request, most, Page(after, min(most, MOST_RESULTS)))


def _digest(name: str, body: Mapping[str, Any]) -> str:
    """What tells a request from every other, whatever the order of its members."""
    told = {each: value for each, value in body.items() if each != "page"}
    return hashlib.sha256(f"{name}\n{json.dumps(told, sort_keys=True)}".encode()).hexdigest()[:32]
