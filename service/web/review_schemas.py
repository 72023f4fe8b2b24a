"""The shapes of what a reviewer asks, and of the rows that answer."""

from marshmallow import Schema, fields, validate

from models.types import LARGEST_NUMBER
from service.core.moment import read_moment
from service.recertification.able.question import ACTIONS
from service.web.management_schemas import PlainNumber
from service.web.shapes import CODE, Matching, Read, person_id

LARGEST_PAGE = 100
_PAGE = 50
_OUTCOMES = ("allow", "lock", "deny", "done", "refused")
_ID = "[MIHC][A-Z0-9]{5}"
_MOMENT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$"
_REASON = Matching("[A-Z][A-Z0-9_]{0,59}", error="expected a reason code")


def limit() -> PlainNumber:
    """How many rows of a page."""
    return PlainNumber(load_default=_PAGE, validate=validate.Range(1, LARGEST_PAGE))


class DecisionsQuery(Schema):
    """Which decisions, and which part of their list."""

    user_id = person_id()
    since = Read(
        read_moment,
        data_key="from",
        metadata={
            "pattern": _MOMENT,
            "description": "Made from then on: a day, or an instant with its zone.",
        },
    )
    until = Read(
        read_moment,
        data_key="to",
        metadata={
            "pattern": _MOMENT,
            "description": "Made up to the end of that day, or before that instant.",
        },
    )
    outcome = fields.String(validate=validate.OneOf(_OUTCOMES))
    reason = fields.String(
        validate=_REASON,
        metadata={"description": "The first reason, the one that counts; past codes too."},
    )
    cursor = fields.UUID()
    limit = limit()


class WordedSchema(Schema):
    """A reason, and what it means; '' where the rulebook of the decision does not say."""

    code = fields.String()
    meaning = fields.String()


class MadeSchema(Schema):
    """A decision in short. `user_id` is '' where it is about nobody or about several."""

    decision_id = fields.UUID()
    kind = fields.String()
    as_of = fields.DateTime()
    user_id = fields.String()
    user_ids = fields.List(fields.String())
    actor_id = fields.String(
        metadata={"description": "Who acted in the subsystem; '' at the gate."}
    )
    outcome = fields.String(validate=validate.OneOf(_OUTCOMES))
    reason = fields.String()
    reasons = fields.List(fields.Nested(WordedSchema))
    caller = fields.String()
    policy_digest = fields.String()


class DecisionsAnswer(Schema):
    """Decisions, the newest first; `next_cursor` is null at the end."""

    decisions = fields.List(fields.Nested(MadeSchema))
    next_cursor = fields.UUID(allow_none=True)


class PageAnswer(Schema):
    """Rows by which rulebook and as of when; `next_cursor` is null at the end."""

    policy_digest = fields.String()
    as_of = fields.DateTime()
    next_cursor = fields.String(allow_none=True)


class UnlockUsedSchema(Schema):
    """One person in one unlock; `came_in_at`: the next allowed login of who was unlocked."""

    actor_id = fields.String()
    user_id = fields.String()
    as_of = fields.DateTime()
    outcome = fields.String(validate=validate.OneOf(["done", "refused"]))
    reason = fields.String()
    came_in_at = fields.DateTime(allow_none=True)
    decision_id = fields.UUID()


class CertifierSchema(Schema):
    """The requests a coordinator made here, and the most of them within sixty seconds."""

    coordinator_id = fields.String()
    requests = fields.Integer()
    people = fields.Integer()
    first_at = fields.DateTime()
    last_at = fields.DateTime()
    most_in_a_minute = fields.Integer()
    fastest_from = fields.DateTime()


class RoleHolderSchema(Schema):
    """Somebody with roles of a coordinator who is none; `marked`: WASS says coordinator."""

    user_id = fields.String()
    population = fields.String()
    roles = fields.List(fields.String())
    marked = fields.Boolean()
    terminated = fields.Boolean()


class SingleCoordinatorSchema(Schema):
    """A property and its one coordinator."""

    property_id = fields.Integer()
    name = fields.String()
    city = fields.String()
    state = fields.String()
    coordinator_id = fields.String()


class MutualCertifiersSchema(Schema):
    """Two coordinators, and the days on which each asked for the other."""

    one = fields.String()
    other = fields.String()
    one_for_other = fields.List(fields.Date())
    other_for_one = fields.List(fields.Date())


class NeverUsedSchema(Schema):
    """An account that was never used; `days` since it was created."""

    user_id = fields.String()
    population = fields.String()
    organisation = fields.String()
    created_on = fields.Date()
    days = fields.Integer()


class WhoCanQuery(Schema):
    """What somebody may do, to whom or where, and which part of the list of those who can."""

    action = fields.String(
        required=True,
        metadata={
            "enum": list(ACTIONS),
            "description": "login, open_property, or an action of the subsystem by its rule file.",
        },
    )
    user_id = person_id()
    property_id = PlainNumber(
        validate=validate.Range(1, LARGEST_NUMBER),
        metadata={"description": "With login or open_property."},
    )
    entry = fields.String(
        validate=CODE, metadata={"description": "With login: at this entry alone."}
    )
    cursor = person_id()
    limit = limit()


class AbleSchema(Schema):
    """Somebody who can; `entries`: at which, where the action is to come in."""

    user_id = fields.String()
    entries = fields.List(fields.String())


class WhoCanAnswer(PageAnswer):
    """Those who can, in the order of their IDs; a page may be shorter than asked."""

    people = fields.List(fields.Nested(AbleSchema))


def page_query(name: str, cursor: str) -> type[Schema]:
    """Which part of a list whose cursors are of the pattern *cursor*."""
    pattern = Matching(cursor, error="expected the `next_cursor` of a page")
    return Schema.from_dict(
        {"cursor": fields.String(validate=pattern), "limit": limit()}, name=f"{name}Query"
    )


def page_answer(name: str, row: type[Schema]) -> type[Schema]:
    """A page of rows."""
    rows = {"rows": fields.List(fields.Nested(row))}
    return type(f"{name}Answer", (PageAnswer,), {"__doc__": row.__doc__, **rows})


#: Of each question: how its cursors look, and its rows.
REVIEWS: dict[str, tuple[str, type[Schema]]] = {
    "unlocks": (rf"[0-9a-f-]{{36}}/{_ID}", UnlockUsedSchema),
    "certifications": (rf"[0-9]{{1,9}}/{_ID}", CertifierSchema),
    "role-holders": (_ID, RoleHolderSchema),
    "single-coordinator-properties": ("[0-9]{1,10}", SingleCoordinatorSchema),
    "mutual-certifiers": (f"{_ID}/{_ID}", MutualCertifiersSchema),
    "never-used": (_ID, NeverUsedSchema),
}
