"""What is asked, read by its schema: the fields that have the right shape, and what is wrong."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from service.login.asked import BadlyAskedError, Errors
from service.web.requests import read_query
from service.web.schemas import LoginSchema
from service.web.shapes import CODE, is_person_id, person_id

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
