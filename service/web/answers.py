"""The answer, with the id of its ledger entry and its receipt; it leaves after the commit."""

from dataclasses import asdict
from typing import Any

import orjson
from flask import Response

from service.ledger.entries import Written
from service.web.wired import signer


def receipted(written: Written, answer: dict[str, Any]) -> bytes:
    """*answer* as JSON, with the id of its ledger entry and a receipt over it.

    Not to be let out before the entry is committed.
    """
    receipt = signer().receipt(written.entry_id, written.body)
    whole = {"decision_id": written.entry_id, **answer, "receipt": asdict(receipt)}
    return orjson.dumps(whole)


def answered(answer: bytes) -> Response:
    """A 200 with the JSON *answer*."""
    return Response(answer, mimetype="application/json")
