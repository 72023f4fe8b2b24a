"""The answer that leaves once the record is safely down: with its id and its receipt."""

from dataclasses import asdict
from typing import Any

import orjson
from flask import Response

from service.ledger.entries import Written
from service.web.wired import signer


def answered(written: Written, answer: dict[str, Any]) -> Response:
    """*answer* as JSON, with the id of its ledger entry and a receipt over it."""
    receipt = signer().receipt(written.entry_id, written.body)
    whole = {"decision_id": written.entry_id, **answer, "receipt": asdict(receipt)}
    return Response(orjson.dumps(whole), mimetype="application/json")
