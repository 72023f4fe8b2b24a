"""GET /v1/ledger/keys: the public keys receipts are signed with, past ones too."""

from dataclasses import asdict

from flask import Response
from flask_smorest import Blueprint

from service.ledger.keys import public_keys
from service.web.answers import shown
from service.web.documented import open_to_all
from service.web.schemas import KeysAnswer
from service.web.wired import wiring

blueprint = Blueprint("keys", __name__, description="With what receipts are signed.")


@blueprint.get("/v1/ledger/keys")
@open_to_all(blueprint)
@blueprint.response(200, KeysAnswer, description="The keys")
def show_keys() -> Response:
    """The public keys, the newest last.

    A receipt signs, with Ed25519, three lines: `gatehouse receipt v1`, the decision's id and the
    leaf hash, which is the SHA-256 of a zero byte and the entry's exact bytes.
    """
    with wiring().reader.begin() as connection:
        keys = [asdict(each) for each in public_keys(connection)]
    return shown({"keys": keys})
