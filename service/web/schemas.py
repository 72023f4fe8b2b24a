"""The shapes of questions and answers. Shape only: type, presence, length, pattern."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from models.types import LARGEST_NUMBER
from service.core.language import LanguageError
from service.login.asked import BadlyAskedError, Errors
from service.web.requests import read_query

#: A person's ID as the document describes it.
PERSON_ID = "^[MIHCmihc][A-Za-z0-9]{5}$"
_ID = re.compile(r"[MIHC][A-Z0-9]{5}", re.ASCII)
_CONTRACT = re.compile(r"[A-Za-z0-9-]{1,20}", re.ASCII)


class Matching(validate.Regexp):
    """Text that is *pattern* from its beginning to its end, in letters of ASCII."""

    def __init__(self, pattern: str, error: str | None = None) -> None:
        super().__init__(re.compile(f"^(?:{pattern})$", re.ASCII), error=error)

    def __call__(self, value: Any) -> Any:
        """*value*; raises ValidationError when it is another."""
        if not self.regex.fullmatch(value):  # `$` alone would take a line break behind it
            raise ValidationError(self._format_error(value))
        return value


#: The code of an entry, a system, a role or an action.
CODE = Matching("[A-Za-z][A-Za-z0-9_-]{0,39}")


def is_person_id(text: str) -> bool:
    """Whether *text* is an ID, once in capitals."""
    # ASCII first: some other letters have capitals that are ASCII.
    return text.isascii() and _ID.fullmatch(text.upper()) is not None


def is_contract(text: str) -> bool:
    """Whether *text* may be the number of a contract."""
    return _CONTRACT.fullmatch(text) is not None


class PersonId(fields.String):
    """An M-, I-, H- or C-ID, upper-cased."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, *args, **kwargs))
        if not is_person_id(text):
            raise ValidationError("expected an ID such as M10001: M, I, H or C and five more")
        return text.upper()


class ContractNumber(fields.String):
    """The number of an assistance contract, upper-cased."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, *args, **kwargs))
        if not is_contract(text):
            raise ValidationError("expected 1 to 20 letters, digits or hyphens")
        return text.upper()


def person_id(**more: Any) -> PersonId:
    """A person's ID, documented."""
    return PersonId(metadata={"pattern": PERSON_ID, "example": "M10001"}, **more)


class Read(fields.String):
    """Text in a form of its own."""

    def __init__(self, read: Callable[[str], Any], **more: Any) -> None:
        """*read* raises LanguageError."""
        self._read = read
        super().__init__(**more)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._read(str(super()._deserialize(value, *args, **kwargs)))
        except LanguageError as error:
            raise ValidationError(str(error)) from None


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
    contract_number = ContractNumber(
        metadata={"pattern": "^[A-Za-z0-9-]{1,20}$", "example": "DC39S931002"}
    )


_LOGIN = LoginSchema()
_PLAIN = {"user_id", "entry"}


def load_login(body: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """The fields of a login, and the errors of those that have not the right shape.

    Most name a person and an entry: for them this says what LoginSchema would, at once.
    """
    if body.keys() == _PLAIN and all(type(each) is str for each in body.values()):
        user_id, entry = body["user_id"], body["entry"]
        if is_person_id(user_id) and CODE.regex.fullmatch(entry):
            return {"user_id": user_id.upper(), "entry": entry}, {}
    return load(_LOGIN, body)


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


def read_person_id(text: str) -> str:
    """The ID that *text* names; raises ValidationError."""
    return str(person_id().deserialize(text))


def load(schema: Schema, body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The fields of *body* that have the right shape, and the errors of those that have not."""
    try:
        return dict(schema.load(body)), {}
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, {str(field): _flat(each) for field, each in error.messages_dict.items()}


def load_query(schema: Schema) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The parameters behind `?` of the shape of *schema*, and all that is wrong with them."""
    given, twice = read_query()
    fields, wrong = load(schema, given)
    return fields, {**wrong, **twice}


def asked_for(schema: Schema) -> dict[str, Any]:
    """The parameters behind `?` of the shape of *schema*; raises BadlyAskedError."""
    fields, wrong = load_query(schema)
    if wrong:
        raise BadlyAskedError(wrong)
    return fields


def read_people(named: Mapping[str, str]) -> tuple[dict[str, str], Errors]:
    """The IDs of *named*, and the errors of those that are none."""
    people, wrong = {}, {}
    for name, text in named.items():
        try:
            people[name] = read_person_id(text)
        except ValidationError as error:
            wrong[name] = [str(each) for each in error.messages]
    return people, wrong


def _flat(messages: Any) -> list[str]:
    return [str(each) for each in messages] if isinstance(messages, list) else [str(messages)]
