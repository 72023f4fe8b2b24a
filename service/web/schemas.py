"""The shapes of questions and answers. Shape only: type, presence, length, pattern."""

from marshmallow import Schema, fields, validate

from models.types import LARGEST_NUMBER
from service.web.shapes import CODE, contract_number, person_id


class LoginSchema(Schema):
    """A login: a person, and an entry or another system."""

    user_id = person_id(required=True)
    entry = fields.String(validate=CODE, metadata={"description": "An entry of systems.yaml."})
    system = fields.String(
        validate=CODE, metadata={"description": "Another system of systems.yaml."}
    )
    property_id = fields.Integer(
        strict=True, validate=validate.Range(1, LARGEST_NUMBER), metadata={"example": 800000023}
    )
    contract_number = contract_number()


class AcceptanceSchema(Schema):
    """An acceptance of the Rules of Behavior."""

    user_id = person_id(required=True)


class ReasonSchema(Schema):
    """A reason in words, and where it comes from."""

    code = fields.String()
    meaning = fields.String()
    remedy = fields.String()
    contact = fields.String()
    rule = fields.String(metadata={"example": "rules/login.csv:40"})
    authority = fields.String()


class ReceiptSchema(Schema):
    """The promise that the entry of this answer is in the ledger."""

    key_id = fields.String()
    leaf_hash = fields.String()
    signature = fields.String()


class RefusedSchema(Schema):
    """A property of the person that would be refused."""

    property_id = fields.Integer()
    reason = fields.String()


class DecidedAnswer(Schema):
    """What every answer says: the reasons, by which rulebook, when, and the promise to keep it."""

    decision_id = fields.UUID()
    reason = fields.String()
    reasons = fields.List(fields.Nested(ReasonSchema))
    policy_digest = fields.String()
    as_of = fields.DateTime()
    receipt = fields.Nested(ReceiptSchema)


class LoginAnswer(DecidedAnswer):
    """The answer to a login; `allow` is the only one that lets anybody in."""

    decision = fields.String(validate=validate.OneOf(["allow", "lock"]))
    applies_to = fields.String(validate=validate.OneOf(["person", "property"]))
    refused_properties = fields.List(fields.Nested(RefusedSchema))
    refused_properties_total = fields.Integer()
    options = fields.List(
        fields.String(),
        metadata={"description": "What of the Recertification subsystem the person may open."},
    )


class AcceptanceAnswer(DecidedAnswer):
    """Whether the acceptance was done."""

    outcome = fields.String(validate=validate.OneOf(["done", "refused"]))


class KeySchema(Schema):
    """A public key: Ed25519, raw, base64."""

    key_id = fields.String()
    public_key = fields.String()
    first_used_at = fields.DateTime()


class KeysAnswer(Schema):
    """Every public key, past ones too."""

    keys = fields.List(fields.Nested(KeySchema))


class DecisionAnswer(Schema):
    """One entry of the ledger as it was written."""

    id = fields.UUID()
    kind = fields.String()
    as_of = fields.DateTime()
    person_id = fields.String()
    outcome = fields.String()
    reason = fields.String()
    reasons = fields.List(fields.Nested(ReasonSchema))
    inquiry = fields.Dict()
    call = fields.Dict()
    actor_reasons = fields.List(fields.String())
    result = fields.Dict()
    evidence = fields.Dict()
    facts = fields.Dict()
    applies_to = fields.String()
    refused_properties = fields.List(fields.List(fields.Raw()))
    options = fields.List(fields.String())
    digest = fields.String()
    caller = fields.String()
    request_id = fields.String()
    engine = fields.String()


class DifferenceSchema(Schema):
    """What of a decision comes out otherwise than it was recorded."""

    entry_id = fields.UUID()
    field = fields.String()
    recorded = fields.Raw()
    derived = fields.Raw()


class ReplayAnswer(Schema):
    """A decision derived again from its record."""

    decision_id = fields.UUID()
    digest = fields.String()
    equal = fields.Boolean()
    differences = fields.List(fields.Nested(DifferenceSchema))


class ProblemSchema(Schema):
    """A problem document (RFC 9457)."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.List(fields.Dict())
    decision = fields.String()
    reason = fields.String()
    retryable = fields.Boolean()
    request_id = fields.String()
