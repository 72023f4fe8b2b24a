"""The shapes of the truth about one person, for the document alone: the feed's cells read it."""

from marshmallow import Schema, fields, validate

from service.feed.cells import HIDDEN
from service.web.schemas import ReceiptSchema
from service.web.shapes import Matching, person_id

_PLAIN = Matching(f"[^{HIDDEN}]*")


class RoleSchema(Schema):
    """A role or action and the day it was assigned; the code alone may stand for it."""

    code = fields.String(required=True)
    assigned_on = fields.Date(allow_none=True)


class PersonSchema(Schema):
    """The columns of people.csv and the lists of one person; absent or null: not known."""

    id = person_id()
    population = fields.String(required=True)
    created_on = fields.Date(required=True)
    coordinator = fields.Boolean(allow_none=True)
    wass_status = fields.String(allow_none=True, validate=validate.OneOf(["active", "terminated"]))
    wass_last_access_on = fields.Date(allow_none=True)
    password_changed_on = fields.Date(allow_none=True)
    last_activity_on = fields.Date(allow_none=True)
    rob_accepted_on = fields.Date(allow_none=True)
    organisation = fields.String(allow_none=True, validate=[validate.Length(max=200), _PLAIN])
    roles = fields.List(fields.Nested(RoleSchema), allow_none=True)
    properties = fields.List(fields.Integer(), allow_none=True)
    contracts = fields.List(fields.String(), allow_none=True)
    bpr = fields.List(fields.Integer(), allow_none=True)


class ChangeSchema(Schema):
    """The rows of a table that were added, changed and ended."""

    added = fields.Integer()
    changed = fields.Integer()
    ended = fields.Integer()


class PersonAnswer(Schema):
    """What the truth about a person changed, table by table."""

    decision_id = fields.UUID()
    outcome = fields.String(validate=validate.OneOf(["done"]))
    changes = fields.Dict(keys=fields.String(), values=fields.Nested(ChangeSchema))
    receipt = fields.Nested(ReceiptSchema)
