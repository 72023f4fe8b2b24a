"""The shapes of the Recertification subsystem's questions and answers."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from service.recertification.result import LARGEST_PAGE, PAGE
from service.web.schemas import DecidedAnswer, ReasonSchema
from service.web.shapes import CODE, person_id

_PART = re.compile(r"[A-Za-z0-9]{1,6}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)
_MOST_UNLOCKED, _MOST_ITEMS = 100, 50


class YesNo(fields.Boolean):
    """true or false, and no number in their place."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise ValidationError("expected true or false")
        return value


class PartOfId(fields.String):
    """A part of an ID, upper-cased as IDs are."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not _PART.fullmatch(value):
            raise ValidationError("expected 1 to 6 letters and digits")
        return str(value).upper()


class PlainNumber(fields.Integer):
    """A number in plain digits, as it stands in a query."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if not _DIGITS.fullmatch(value):
            raise ValidationError("expected a number")
        return int(value)


class StaffSchema(Schema):
    """A relationship: the staff ID, and the coordinator's (the actor's own unless given)."""

    user_id = person_id(required=True)
    coordinator_id = person_id()


class UnlockSchema(Schema):
    """Everybody to be unlocked: all or none."""

    user_ids = fields.List(
        person_id(), required=True, validate=validate.Length(min=1, max=_MOST_UNLOCKED)
    )


class FlagSchema(Schema):
    """Roles and actions to be removed when the window has ended."""

    user_id = person_id(required=True)
    items = fields.List(
        fields.String(validate=CODE),
        required=True,
        validate=validate.Length(min=1, max=_MOST_ITEMS),
    )
    confirm = YesNo(metadata={"description": "Yes to the warning."})


class CertificationSchema(Schema):
    """A request for recertification."""

    user_id = person_id(required=True)


class PageQuery(Schema):
    """Which part of a list."""

    search = PartOfId(
        metadata={"pattern": "^[A-Za-z0-9]{1,6}$", "description": "A part of an ID, in any case."}
    )
    cursor = person_id()
    limit = PlainNumber(validate=validate.Range(1, LARGEST_PAGE), metadata={"default": PAGE})


class ReportQuery(PageQuery):
    """Which part of the report."""

    locked_only = fields.Boolean(truthy={"true"}, falsy={"false"})


class StaffQuery(PageQuery):
    """Whose staff (the actor's own unless given), and which part of the list."""

    coordinator_id = person_id()


class RefusedPersonSchema(Schema):
    """One of several people named, and why the call was refused for that one."""

    user_id = fields.String()
    reasons = fields.List(fields.String())


class ManagementAnswer(DecidedAnswer):
    """Done or refused. `actor_reasons`: what the gate says of the actor, where that is why."""

    outcome = fields.String(validate=validate.OneOf(["done", "refused"]))
    actor_reasons = fields.List(fields.Nested(ReasonSchema))
    refused = fields.List(fields.Nested(RefusedPersonSchema))


class RelationAnswer(ManagementAnswer):
    """A relationship made or ended."""

    coordinator_id = fields.String()
    user_id = fields.String()


class StaffAnswer(ManagementAnswer):
    """The staff of a coordinator; `next_cursor` is null at the end."""

    people = fields.List(fields.String())
    next_cursor = fields.String(allow_none=True)


class SeenReasonSchema(Schema):
    """Why somebody would not come in, as far as a coordinator may know."""

    code = fields.String()
    meaning = fields.String()


class ReportRowSchema(Schema):
    """One member of the staff; without a shared property the ID and a note alone."""

    user_id = fields.String()
    last_access = fields.Date(allow_none=True)
    locked = fields.Boolean(allow_none=True)
    reasons = fields.List(fields.Nested(SeenReasonSchema))
    note = fields.String()


class ReportAnswer(StaffAnswer):
    """One page of the last-login report; under `locked_only` it may be shorter than asked."""

    last_access = fields.Dict(keys=fields.String(), values=fields.Date(allow_none=True))
    staff = fields.List(fields.Nested(ReportRowSchema))


class PropertiesAnswer(ManagementAnswer):
    """Property IDs, ascending."""

    properties = fields.List(fields.Integer())


class UnlockAnswer(ManagementAnswer):
    """Who was unlocked."""

    people = fields.List(fields.String())
    unlocked_on = fields.Date()


class FlagShownSchema(Schema):
    """A flag that waits for the window's end."""

    flag_id = fields.Integer()
    by = fields.String()
    flagged_on = fields.Date()
    effective_on = fields.Date(allow_none=True)


class ItemSchema(Schema):
    """A role or action held, its assignment rights and its flags."""

    code = fields.String()
    property_assignment = fields.Boolean()
    contract_assignment = fields.Boolean()
    flags = fields.List(fields.Nested(FlagShownSchema))


class RolesAnswer(PropertiesAnswer):
    """Roles and actions of a person within the actor's relationships; empty means None."""

    items = fields.List(fields.String())
    roles = fields.List(fields.Nested(ItemSchema))
    actions = fields.List(fields.Nested(ItemSchema))


class FlaggedSchema(Schema):
    """The number of a flag, by which it is withdrawn."""

    flag_id = fields.Integer()
    item = fields.String()


class FlagAnswer(ManagementAnswer):
    """What was flagged; `effective_on` is null while no window is announced."""

    items = fields.List(fields.String())
    flags = fields.List(fields.Nested(FlaggedSchema))
    effective_on = fields.Date(allow_none=True)


class WithdrawAnswer(ManagementAnswer):
    """Which flags were taken back."""

    items = fields.List(fields.String())
    flag_ids = fields.List(fields.Integer())


class CertificationAnswer(PropertiesAnswer):
    """A request that was kept, whether it counts, and the person's properties it covers."""

    counts = fields.Boolean()


class RequestSchema(Schema):
    """A request of the past; of its properties those within the actor's relationships."""

    by = fields.String()
    day = fields.Date()
    properties = fields.List(fields.Integer())
    closed_out_on = fields.Date(allow_none=True)


class HistoryAnswer(ManagementAnswer):
    """Every request for a person, newest first."""

    certifications = fields.List(fields.Nested(RequestSchema))
