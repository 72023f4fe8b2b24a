"""POST /v1/unlocks: opening accounts that were locked for want of use."""

from flask import Response
from flask_smorest import Blueprint

from service.web.documented import answers, manages
from service.web.management_schemas import UnlockAnswer, UnlockSchema
from service.web.managing import called, posted

_UNLOCK = UnlockSchema()
blueprint = Blueprint("unlocks", __name__, description="Unlocking.")


@blueprint.post("/v1/unlocks")
@manages(blueprint, UnlockSchema)
@answers(blueprint, UnlockAnswer, "Done for all, or refused for all and why")
def unlock_users() -> Response:
    """Unlock everybody named, or nobody; `refused` says who stood in the way and why."""
    return posted(_UNLOCK, called("unlock"))
