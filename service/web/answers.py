"""The answer, with the id of its ledger entry and its receipt; it leaves after the commit."""

from typing import Any

import orjson
from flask import Response

from service.ledger.entries import Written
from service.web.noted import Decided, noted


def receipted(written: Written, answer: dict[str, Any]) -> bytes:
    """*answer* as JSON, with the id of its ledger entry and a receipt over it.

    Not to be let out before the entry is committed.
    """
    assert written.receipt is not None, "served without a key to sign with"
    if "reason" in answer:
        outcome = str(answer.get("decision") or answer["outcome"])
        noted().decided.append(Decided(written.entry_id, outcome, str(answer["reason"])))
    whole = {"decision_id": written.entry_id, **answer, "receipt": written.receipt}
    return orjson.dumps(whole)


def shown(document: Any) -> Response:
    """A 200 with *document* as JSON."""
    return answered(orjson.dumps(document))


def answered(answer: bytes) -> Response:
    """A 200 with the JSON *answer*."""
    return Response(answer, content_type="application/json")
