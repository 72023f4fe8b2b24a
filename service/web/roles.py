"""GET /v1/users/{id}/roles, POST /v1/flags, DELETE /v1/flags/{id}: roles, actions and flags."""

import re

from flask import Response
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound

from models.types import LARGEST_NUMBER
from service.recertification.flags import withdrawal_of
from service.web.documented import answers, manages, views
from service.web.management_schemas import FlagAnswer, FlagSchema, RolesAnswer, WithdrawAnswer
from service.web.managing import asked, called, posted

_FLAG = FlagSchema()
_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
blueprint = Blueprint("roles", __name__, description="What staff hold, and what is to go.")


@blueprint.get("/v1/users/<person:user_id>/roles")
@views(blueprint)
@blueprint.response(200, RolesAnswer, description="Roles and actions, or why not")
def view_roles(user_id: str) -> Response:
    """Roles and actions of a member of the staff, with their assignment rights and flags.

    Where no property is shared both lists are empty, which means *None*.
    """
    return asked(called("view_roles"), path={"user_id": user_id})


@blueprint.post("/v1/flags")
@manages(blueprint, FlagSchema)
@answers(blueprint, FlagAnswer, "Done, or refused and why")
def flag_items() -> Response:
    """Flag roles or actions for removal; they go on the day after the window."""
    return posted(_FLAG, called("flag"))


@blueprint.delete("/v1/flags/<number:flag_id>")
@views(blueprint)
@blueprint.response(200, WithdrawAnswer, description="Done, or refused and why")
def withdraw_flag(flag_id: str) -> Response:
    """Take a flag back; only one's own, and only until it takes effect."""
    return asked(lambda connection, actor, _: withdrawal_of(connection, actor, _number(flag_id)))


def _number(text: str) -> int:
    """The number of a flag; asked for once it is known who calls. Raises NotFound."""
    if not _NUMBER.fullmatch(text) or int(text) > LARGEST_NUMBER:
        raise NotFound("expected the number of a flag")
    return int(text)
