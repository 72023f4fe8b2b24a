"""GET /v1/ledger/...: the newest checkpoint, and the proofs that hold the ledger to it."""

from base64 import b64encode
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Connection, select
from werkzeug.exceptions import NotFound

from models.ledger import Entry, Leaf
from service.ledger.checkpoints import newest_note, note_keys
from service.ledger.notes import Checkpoint, open_note, read_checkpoint
from service.ledger.proofs import prove_consistency, prove_inclusion
from service.ledger.sealing import head
from service.login.asked import BadlyAskedError
from service.web.answers import shown
from service.web.callers import caller
from service.web.documented import lists, reads
from service.web.ledger_schemas import (
    CheckpointAnswer,
    ConsistencyAnswer,
    ConsistencyQuery,
    ProofAnswer,
)
from service.web.loading import asked_for
from service.web.wired import wiring

_QUERY = ConsistencyQuery()
blueprint = Blueprint("ledger", __name__, description="What holds the ledger to its past.")


@blueprint.get("/v1/ledger/checkpoint")
@reads(blueprint, "ledger")
@blueprint.response(200, CheckpointAnswer, description="The newest checkpoint")
def show_checkpoint() -> Response:
    """The newest checkpoint: a C2SP signed note, and what it says."""
    caller("ledger")
    with wiring().reader.begin() as connection:
        return shown(_newest(connection)[1])


@blueprint.get("/v1/ledger/entries/<uuid:entry_id>/proof")
@reads(blueprint, "ledger")
@blueprint.response(200, ProofAnswer, description="The proof")
def prove_entry(entry_id: UUID) -> Response:
    """That an entry is in the tree of the newest checkpoint: its bytes, its place, the path.

    An entry is sealed within seconds; until a checkpoint covers it, there is no proof (404).
    """
    caller("ledger")
    with wiring().reader.begin() as connection:
        query = select(Entry.body, Leaf.leaf_hash, Leaf.tree_index).join_from(
            Entry, Leaf, Leaf.entry_id == Entry.id
        )
        row = connection.execute(query.where(Entry.id == str(entry_id))).one_or_none()
        if row is None:
            raise NotFound(f"there is no entry {entry_id}")
        checkpoint, told = _newest(connection)
        if row.tree_index is None or row.tree_index >= checkpoint.size:
            raise NotFound(f"no checkpoint covers {entry_id} yet; ask again in some seconds")
        path = prove_inclusion(connection, row.tree_index, checkpoint.size)
    leaf = {
        "entry_id": str(entry_id),
        "entry": _text(row.body),
        "leaf_hash": _text(row.leaf_hash),
        "index": row.tree_index,
        "path": [_text(each) for each in path],
    }
    return shown({**leaf, "checkpoint": told})


@blueprint.get("/v1/ledger/consistency")
@lists(blueprint, ConsistencyQuery, "ledger")
@blueprint.response(200, ConsistencyAnswer, description="The proof")
def prove_growth() -> Response:
    """That the tree of `to` entries begins with the tree of `from` entries."""
    caller("ledger")
    asked = asked_for(_QUERY)
    first, second = asked["first"], asked["second"]
    with wiring().reader.begin() as connection:
        size = head(connection).peaks.size
        if not first <= second <= size:
            raise BadlyAskedError({"to": [f"expected {first} to {size}"]})
        path = prove_consistency(connection, first, second)
    return shown({"from": first, "to": second, "path": [_text(each) for each in path]})


def _newest(connection: Connection) -> tuple[Checkpoint, dict[str, Any]]:
    note = newest_note(connection)
    if not note:
        raise NotFound("no checkpoint was made yet; ask again in some seconds")
    origin = head(connection).origin
    found = read_checkpoint(open_note(note, note_keys(connection, origin)))
    made_at = found.made_at.isoformat()
    told = {"origin": origin, "size": found.size, "root": _text(found.root), "made_at": made_at}
    return found, {"note": note, **told}


def _text(raw: bytes) -> str:
    return b64encode(bytes(raw)).decode()
