"""The shapes of policy revisions and of the steps taken with them."""

from marshmallow import Schema, fields, validate

from models.types import LARGEST_NUMBER
from service.web.management_schemas import PlainNumber
from service.web.schemas import ReceiptSchema
from service.web.shapes import Matching

_DIGEST = Matching("[0-9a-f]{64}", error="expected a digest of 64 digits")
_NOTE = Matching("[^\x00-\x1f\x7f]{0,400}", error="expected at most 400 printable characters")
#: A digest as the document describes it.
DIGEST = _DIGEST.regex.pattern
_LARGEST_PAGE, _PAGE = 100, 20


class NoteSchema(Schema):
    """Why."""

    note = fields.String(load_default="", validate=_NOTE)


class StepSchema(NoteSchema):
    """A step with a revision, and which one it is to replace (what is active unless given)."""

    replaces = fields.String(load_default="", validate=_DIGEST)


class RevisionSchema(NoteSchema):
    """A revision: every file of the policy folder by its path, and why it is wished for."""

    texts = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"example": {"rules/login.csv": "# ...", "calendar.yaml": "..."}},
    )


class NumberQuery(Schema):
    """Which part of a list."""

    cursor = PlainNumber(validate=validate.Range(min=1, max=LARGEST_NUMBER))
    limit = PlainNumber(load_default=_PAGE, validate=validate.Range(min=1, max=_LARGEST_PAGE))


class MoveSchema(Schema):
    """A move of the pointer."""

    number = fields.Integer()
    digest = fields.String()
    replaces = fields.String()
    how = fields.String()
    by = fields.String()
    note = fields.String()
    activated_at = fields.DateTime()


class ConsentSchema(Schema):
    """An approval, for the place of what the move *after* made active."""

    approver = fields.String()
    note = fields.String()
    approved_at = fields.DateTime()
    after = fields.Integer()


class PublishedSchema(Schema):
    """A publication: who wished that a revision replace another, and what was found."""

    number = fields.Integer()
    digest = fields.String()
    replaces = fields.String()
    author = fields.String()
    note = fields.String()
    published_at = fields.DateTime()
    changes = fields.Boolean(
        metadata={"description": "Not proven that no decision changes: it needs an approval."}
    )
    active = fields.Boolean()
    report = fields.Dict()
    approvals = fields.List(fields.Nested(ConsentSchema))


class ActiveAnswer(Schema):
    """The active revision, and how it came to be."""

    digest = fields.String()
    since = fields.DateTime()
    rules = fields.Integer()
    activation = fields.Nested(MoveSchema)
    history = fields.List(fields.Nested(MoveSchema))


class RevisionsAnswer(Schema):
    """Publications, the latest first."""

    revisions = fields.List(fields.Nested(PublishedSchema))
    next_cursor = fields.Integer(allow_none=True)


class RevisionAnswer(Schema):
    """A stored revision: its texts, and every publication of it."""

    digest = fields.String()
    active = fields.Boolean()
    texts = fields.Dict(keys=fields.String(), values=fields.String())
    publications = fields.List(fields.Nested(PublishedSchema))


class StepAnswer(Schema):
    """What came of a step; refused, it is a 409 of the same shape and *why* says the reasons."""

    decision_id = fields.UUID()
    outcome = fields.String(validate=validate.OneOf(["done", "refused"]))
    digest = fields.String()
    replaces = fields.String()
    why = fields.List(fields.String())
    changes = fields.Boolean()
    report = fields.Dict()
    receipt = fields.Nested(ReceiptSchema)
