"""Reading what AuthZEN asks: from its JSON to questions, or a sentence that says what is wrong.

Laid by hand, for a batch has many; what a question lacks is one item's matter there. Fields that
are not known are ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from models.types import LARGEST_NUMBER
from service.login.asked import BadlyAskedError
from service.recertification.asking.question import USER, Question, number_of
from service.web.requests import read_object
from service.web.shapes import is_contract, is_person_id

#: The largest body, and how many questions of one are answered.
LARGEST_BODY, MOST_QUESTIONS = 256 * 1024, 1_000
EXECUTE_ALL = "execute_all"
#: How a batch is answered: at which decision it ends, if at any.
SEMANTICS: dict[str, bool | None] = {
    EXECUTE_ALL: None,
    "deny_on_first_deny": False,
    "permit_on_first_permit": True,
}
SUBJECT, RESOURCE, ACTION = "subject", "resource", "action"
_DEFAULTS = (SUBJECT, ACTION, RESOURCE, "context")
_Body = Mapping[str, Any]


class MisaskedError(Exception):
    """The question lacks something, or something of it is of the wrong type."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question, and whether it is to be explained; or what is *wrong* with it."""

    question: Question | None = None
    explain: bool = False
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """The questions of a body, and at which decision to end."""

    items: list[Item] = field(default_factory=list)
    ends_at: bool | None = None


def read_body() -> dict[str, Any]:
    """The JSON object of the request; a 400 for whatever is none, a 413 for one too large."""
    try:
        return read_object(largest=LARGEST_BODY)
    except UnsupportedMediaType as error:
        raise BadRequest(error.description) from None
    except BadlyAskedError as error:
        raise BadRequest(str(error).lstrip(": ")) from None


def read_batch(body: _Body) -> Batch | None:
    """The batch that *body* is; None when it is a single question. Raises MisaskedError."""
    items, semantic = _list_in(body, "evaluations"), _semantic(body)
    if not items:
        return None
    if len(items) > MOST_QUESTIONS:
        raise MisaskedError(f"evaluations: expected at most {MOST_QUESTIONS}, found {len(items)}")
    defaults = {name: _object(body, name) for name in _DEFAULTS if name in body}
    return Batch([_item(each, defaults) for each in items], SEMANTICS[semantic])


def read_item(body: _Body) -> Item:
    """The question that *body* is; raises MisaskedError."""
    return Item(read_question(body), explain=_explain(body))


def read_question(body: _Body, *, without: str = "") -> Question:
    """The question of *body*, *without* what is searched for; raises MisaskedError."""
    action = {} if without == ACTION else _object(body, ACTION)
    subject_type, subject_id = _entity(body, SUBJECT, searched=without == SUBJECT)
    resource_type, resource_id = _entity(body, RESOURCE, searched=without == RESOURCE)
    return Question(
        subject_type=subject_type,
        subject_id=subject_id,
        action="" if without == ACTION else _text(action, "name", ACTION),
        resource_type=resource_type,
        resource_id=resource_id,
        **_named_in(body, action),
    )


def _semantic(body: _Body) -> str:
    options = _object(body, "options") if "options" in body else {}
    semantic = options.get("evaluations_semantic", EXECUTE_ALL)
    if not isinstance(semantic, str) or semantic not in SEMANTICS:
        raise MisaskedError(f"evaluations_semantic: expected one of {', '.join(SEMANTICS)}")
    return semantic


def _item(item: Any, defaults: _Body) -> Item:
    """The question of one item; what it does not give itself it has whole from *defaults*."""
    try:
        if not isinstance(item, dict):
            raise MisaskedError("expected an object")
        return read_item({**defaults, **item})
    except MisaskedError as error:
        return Item(wrong=str(error))


def _explain(body: _Body) -> bool:
    context = _object(body, "context") if "context" in body else {}
    asked = context.get("gatehouse")
    return isinstance(asked, dict) and asked.get("explain") is True


def _entity(body: _Body, name: str, *, searched: bool) -> tuple[str, str]:
    entity = _object(body, name)
    kind = _text(entity, "type", name)
    if searched:
        return kind, ""
    text = _text(entity, "id", name)
    return kind, text.upper() if kind == USER and is_person_id(text) else text


def _named_in(body: _Body, action: _Body) -> dict[str, Any]:
    """What of the properties of action and resource is known here."""
    _properties(body[SUBJECT], SUBJECT)
    asked, about = _properties(action, ACTION), _properties(body[RESOURCE], RESOURCE)
    if not (asked or about):
        return {}
    return {
        "property_id": _property_id(about),
        "contract_number": _contract(about),
        "coordinator_id": _coordinator(asked),
        "items": _items(asked),
        "confirm": asked.get("confirm") is True,
        "flag_id": _whole_number(asked, "flag_id"),
    }


def _properties(entity: _Body, name: str) -> _Body:
    return _object(entity, "properties", within=name) if "properties" in entity else {}


def _property_id(about: _Body) -> int | None:
    given = about.get("property_id")
    if not isinstance(given, str):
        return _whole_number(about, "property_id")
    if (number := number_of(given)) is None:
        raise MisaskedError("resource.properties.property_id: expected a number")
    return number


def _contract(about: _Body) -> str:
    given = about.get("contract_number", "")
    if not isinstance(given, str) or (given and not is_contract(given)):
        raise MisaskedError("resource.properties.contract_number: expected letters and digits")
    return given.upper()


def _coordinator(asked: _Body) -> str:
    given = asked.get("coordinator_id", "")
    if not isinstance(given, str) or (given and not is_person_id(given)):
        raise MisaskedError("action.properties.coordinator_id: expected an ID")
    return given.upper()


def _items(asked: _Body) -> tuple[str, ...]:
    given = asked.get("items", [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise MisaskedError("action.properties.items: expected a list of codes")
    return tuple(dict.fromkeys(given))


def _whole_number(of: _Body, name: str) -> int | None:
    given = of.get(name)
    if given is not None and (type(given) is not int or not 0 < given <= LARGEST_NUMBER):
        raise MisaskedError(f"properties.{name}: expected a number")
    return given


def _object(of: _Body, name: str, within: str = "") -> dict[str, Any]:
    value, place = of.get(name), f"{within}.{name}".lstrip(".")
    if not isinstance(value, dict):
        raise MisaskedError(f"{place}: expected an object" + _missing(of, name))
    return value


def _list_in(of: _Body, name: str) -> list[Any]:
    value = of.get(name, [])
    if not isinstance(value, list):
        raise MisaskedError(f"{name}: expected an array")
    return value


def _text(of: _Body, name: str, within: str) -> str:
    value = of.get(name)
    if not isinstance(value, str):
        raise MisaskedError(f"{within}.{name}: expected a string" + _missing(of, name))
    return value


def _missing(of: _Body, name: str) -> str:
    return "" if name in of else ", found nothing"
