"""The shapes of an outlook."""

from marshmallow import Schema, fields, validate

from service.core.language import read_day
from service.web.schemas import ReasonSchema
from service.web.shapes import Read

_WORD = validate.OneOf(["allow", "lock"])


class OutlookQuery(Schema):
    """How far the outlook goes."""

    until = Read(
        read_day,
        metadata={
            "format": "date",
            "description": "The last day looked at; 400 days unless given, 3660 at most.",
        },
    )


class TurnSchema(Schema):
    """From this day on the entry is decided so."""

    day = fields.String()
    decision = fields.String(validate=_WORD)
    reasons = fields.List(fields.String())


class EntryOutlookSchema(Schema):
    """An entry: today's decision, the first day on which it is locked (today, if it is), why."""

    entry = fields.String()
    decision = fields.String(validate=_WORD)
    locks_on = fields.String(allow_none=True)
    reason = fields.String()
    reasons = fields.List(fields.Nested(ReasonSchema))
    turns = fields.List(fields.Nested(TurnSchema))


class OutlookAnswer(Schema):
    """Every entry of a person up to and with the day `until`, if nothing is done."""

    user_id = fields.String()
    as_of = fields.DateTime()
    until = fields.String()
    entries = fields.List(fields.Nested(EntryOutlookSchema))
    policy_digest = fields.String()
