"""The shapes of OpenID AuthZEN 1.0, for the OpenAPI document; `authzen_reading.py` reads them.

Fields that stand nowhere here are ignored.
"""

from marshmallow import EXCLUDE, Schema, fields, validate

from service.web.authzen_reading import MOST_QUESTIONS, SEMANTICS
from service.web.schemas import DecidedAnswer

_PROPERTIES = "Free, but for those named here."


class _Open(Schema):
    class Meta:
        """Whatever else is sent is ignored."""

        unknown = EXCLUDE


class SubjectPropertiesSchema(_Open):
    """Nothing of a subject's is known but what WASS says."""


class SubjectSchema(_Open):
    """Who would do it."""

    type = fields.String(required=True, metadata={"example": "user"})
    id = fields.String(required=True, metadata={"example": "M10001"})
    properties = fields.Nested(SubjectPropertiesSchema)


class ActionPropertiesSchema(_Open):
    """What the call of the subsystem would say."""

    items = fields.List(
        fields.String(),
        metadata={"description": "Of `flag` and `withdraw_flag`; without, any that would do."},
    )
    confirm = fields.Raw(metadata={"description": "Of `flag`: the warning is answered with Yes."})
    flag_id = fields.Integer(metadata={"description": "Of `withdraw_flag`: one flag."})
    coordinator_id = fields.String(
        metadata={"description": "Of `assign_staff` and `unassign_staff`: whose staff."}
    )


class ActionSchema(_Open):
    """What would be done: `login`, `accept_rob`, `open_property` or an action of the subsystem."""

    name = fields.String(required=True, metadata={"example": "login"})
    properties = fields.Nested(ActionPropertiesSchema)


class ResourcePropertiesSchema(_Open):
    """What a login at the menu may name."""

    property_id = fields.Integer(
        metadata={"description": "Of the entry at which properties are named: the property."}
    )
    contract_number = fields.String(
        metadata={"description": "Of a property, or of that entry: the contract."}
    )


class ResourceSchema(_Open):
    """To what: an `entry` (or another system), a `property` by its number, or a `user`."""

    type = fields.String(required=True, metadata={"example": "entry"})
    id = fields.String(required=True, metadata={"example": "FASSUB"})
    properties = fields.Nested(ResourcePropertiesSchema)


class GatehouseSchema(_Open):
    """What is asked of Gatehouse alone."""

    explain = fields.Raw(metadata={"description": "true: every reason, the cure and whom to ask."})


class ContextSchema(_Open):
    """Free, but for what Gatehouse knows."""

    gatehouse = fields.Nested(GatehouseSchema)


class EvaluationSchema(_Open):
    """One question."""

    subject = fields.Nested(SubjectSchema, required=True)
    action = fields.Nested(ActionSchema, required=True)
    resource = fields.Nested(ResourceSchema, required=True)
    context = fields.Nested(ContextSchema)


class QuestionSchema(_Open):
    """One question of many; what it does not give it has from beside them."""

    subject = fields.Nested(SubjectSchema)
    action = fields.Nested(ActionSchema)
    resource = fields.Nested(ResourceSchema)
    context = fields.Nested(ContextSchema)


class OptionsSchema(_Open):
    """How many questions are answered."""

    evaluations_semantic = fields.String(validate=validate.OneOf(list(SEMANTICS)))


class BatchSchema(_Open):
    """Many questions, with what they have in common beside them."""

    evaluations = fields.List(
        fields.Nested(QuestionSchema), validate=validate.Length(max=MOST_QUESTIONS)
    )
    options = fields.Nested(OptionsSchema)
    subject = fields.Dict(metadata={"description": "For items that give none, whole."})
    action = fields.Dict(metadata={"description": "For items that give none, whole."})
    resource = fields.Dict(metadata={"description": "For items that give none, whole."})
    context = fields.Dict(metadata={"description": "For items that give none, whole."})


class WrongItemSchema(Schema):
    """What is wrong with an item."""

    status = fields.Integer()
    message = fields.String()


class AccessRequestSchema(Schema):
    """By whose action a lock would be ended: a draft profile of AuthZEN."""

    expires_at = fields.DateTime(metadata={"description": "Then the reasons may be others."})
    endpoint = fields.URL(metadata={"description": "The door at which a coordinator does it."})
    display = fields.String()


class DecisionContextSchema(DecidedAnswer):
    """Which entry of the ledger keeps the answer, and the code of the first reason; where it was
    asked for, everything else."""

    reason_admin = fields.Dict(keys=fields.String(), values=fields.String())
    reason_user = fields.Dict(keys=fields.String(), values=fields.String())
    evaluation_id = fields.UUID()
    evaluated_at = fields.DateTime()
    access_request = fields.Nested(AccessRequestSchema)
    error = fields.Nested(WrongItemSchema)


class EvaluationAnswer(Schema):
    """The decision."""

    decision = fields.Boolean()
    context = fields.Nested(DecisionContextSchema)


class BatchAnswer(Schema):
    """The decisions in the order of the questions, up to the one it was to end at. Without items,
    `decision` and `context` of the one question."""

    evaluations = fields.List(fields.Nested(EvaluationAnswer))
    decision = fields.Boolean()
    context = fields.Nested(DecisionContextSchema)


class SoughtSchema(_Open):
    """What is searched for, by its type; an `id` is ignored."""

    type = fields.String(required=True, metadata={"example": "user"})
    properties = fields.Dict()


class PageSchema(_Open):
    """Which part of the results."""

    token = fields.String(metadata={"description": "The `next_token` of the page before."})
    limit = fields.Integer(validate=validate.Range(0))


class SubjectSearchSchema(_Open):
    """Who may?"""

    subject = fields.Nested(SoughtSchema, required=True)
    action = fields.Nested(ActionSchema, required=True)
    resource = fields.Nested(ResourceSchema, required=True)
    context = fields.Dict()
    page = fields.Nested(PageSchema)


class ResourceSearchSchema(_Open):
    """To what?"""

    subject = fields.Nested(SubjectSchema, required=True)
    action = fields.Nested(ActionSchema, required=True)
    resource = fields.Nested(SoughtSchema, required=True)
    context = fields.Dict()
    page = fields.Nested(PageSchema)


class ActionSearchSchema(_Open):
    """What may be done?"""

    subject = fields.Nested(SubjectSchema, required=True)
    resource = fields.Nested(ResourceSchema, required=True)
    context = fields.Dict()
    page = fields.Nested(PageSchema)


class NextSchema(Schema):
    """`next_token` is empty at the end."""

    next_token = fields.String()
    count = fields.Integer()


class SearchContextSchema(Schema):
    """Which entry of the ledger keeps the search, and by which rulebook."""

    search_id = fields.UUID()
    policy_digest = fields.String()


class EntitySchema(Schema):
    """Something found."""

    type = fields.String()
    id = fields.String()


class NameSchema(Schema):
    """An action found."""

    name = fields.String()


class _FoundAnswer(Schema):
    page = fields.Nested(NextSchema)
    context = fields.Nested(SearchContextSchema)


class SubjectsFound(_FoundAnswer):
    """Who may, in the order of the IDs."""

    results = fields.List(fields.Nested(EntitySchema))


class ResourcesFound(_FoundAnswer):
    """What it may be done to, in order."""

    results = fields.List(fields.Nested(EntitySchema))


class ActionsFound(_FoundAnswer):
    """What may be done, in order."""

    results = fields.List(fields.Nested(NameSchema))


class ConfigurationAnswer(Schema):
    """Where the doors are."""

    policy_decision_point = fields.URL()
    access_evaluation_endpoint = fields.URL()
    access_evaluations_endpoint = fields.URL()
    search_subject_endpoint = fields.URL()
    search_resource_endpoint = fields.URL()
    search_action_endpoint = fields.URL()
