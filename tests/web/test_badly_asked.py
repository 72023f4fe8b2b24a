"""A question that makes no sense is answered with all that is wrong, never with an allow."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from service.web.loading import load, load_login
from service.web.schemas import LoginSchema
from tests.database.wass import BOTH, ELMS, OAKS, PINES, Wass
from tests.web.asking import Gate, entries, field_errors

MENU = {"user_id": "M10001", "entry": "tracs_menu"}
WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nobody is named": ({"entry": "tracs_menu"}, {"user_id"}),
    "an entry and a system": ({**MENU, "system": "FASSUB"}, {"entry"}),
    "neither entry nor system": ({"user_id": "M10001"}, {"entry"}),
    "an unknown entry": ({"user_id": "M10001", "entry": "tracs"}, {"entry"}),
    "an entry in capitals": ({"user_id": "M10001", "entry": "TRACS_MENU"}, {"entry"}),
    "an outside system as entry": ({"user_id": "M10001", "entry": "FASSUB"}, {"entry"}),
    "a governed system": ({"user_id": "M10001", "system": "TRACS"}, {"system"}),
    "another governed system": ({"user_id": "M10001", "system": "IMAX"}, {"system"}),
    "an entry as system": ({"user_id": "M10001", "system": "tracs_menu"}, {"system"}),
    "an unlisted system": ({"user_id": "M10001", "system": "LOCCS"}, {"system"}),
    "a property at another entry": (
        {"user_id": "M10001", "entry": "imax", "property_id": OAKS},
        {"property_id"},
    ),
    "a contract at another entry": (
        {"user_id": "M10001", "entry": "rob", "contract_number": BOTH},
        {"contract_number"},
    ),
    "a property with a system": (
        {"user_id": "M10001", "system": "EIV", "property_id": OAKS},
        {"property_id"},
    ),
    "a property with nothing": (
        {"user_id": "M10001", "property_id": OAKS},
        {"entry", "property_id"},
    ),
    "an unknown field": ({**MENU, "propertyid": OAKS}, {"propertyid"}),
    "an ID too short": ({**MENU, "user_id": "M1000"}, {"user_id"}),
    "an ID too long": ({**MENU, "user_id": "M100011"}, {"user_id"}),
    "an ID of another letter": ({**MENU, "user_id": "X10001"}, {"user_id"}),
    "an ID with a line end": ({**MENU, "user_id": "M10001\n"}, {"user_id"}),
    "an ID with a wide digit": ({**MENU, "user_id": "M1000\uff11"}, {"user_id"}),
    "an ID that is a number": ({**MENU, "user_id": 10001}, {"user_id"}),
    "an ID that is null": ({**MENU, "user_id": None}, {"user_id"}),
    "an entry that is a list": ({"user_id": "M10001", "entry": ["rob"]}, {"entry"}),
    "an empty entry": ({"user_id": "M10001", "entry": ""}, {"entry"}),
    "a property in quotes": ({**MENU, "property_id": str(OAKS)}, {"property_id"}),
    "a property with a fraction": ({**MENU, "property_id": 1.5}, {"property_id"}),
    "a property that is true": ({**MENU, "property_id": True}, {"property_id"}),
    "a property below one": ({**MENU, "property_id": 0}, {"property_id"}),
    "a property too large": ({**MENU, "property_id": 2**31}, {"property_id"}),
    "an empty contract": ({**MENU, "contract_number": ""}, {"contract_number"}),
    "a contract with a space": ({**MENU, "contract_number": "DC 1"}, {"contract_number"}),
    "everything at once, shape and codes": (
        {"user_id": "?", "system": "TRACS", "property_id": OAKS, "contract_number": "*", "x": 1},
        {"user_id", "system", "property_id", "contract_number", "x"},
    ),
    "a bad ID and an unknown entry": ({"user_id": "?", "entry": "nowhere"}, {"user_id", "entry"}),
    "a bad ID and neither": ({"user_id": "?"}, {"user_id", "entry"}),
}


@pytest.mark.parametrize(("body", "fields"), WRONG.values(), ids=WRONG)
def test_each_field_that_is_wrong_is_named(
    gate: Gate, wass: Wass, engine: Engine, body: dict[str, Any], fields: set[str]
) -> None:
    wass.knows_a_user()

    response = gate.asks(**body)

    assert field_errors(response) == fields
    assert entries(engine, "login") == []


def test_a_property_that_is_not_of_the_contract_is_badly_asked(gate: Gate, wass: Wass) -> None:
    wass.knows_a_user()

    response = gate.asks(**MENU, property_id=PINES, contract_number=BOTH)

    assert field_errors(response) == {"property_id"}


@pytest.mark.parametrize("body", ["[]", '"M10001"', "1", "null", "true", "[{}]"])
def test_anything_but_an_object_is_badly_asked(gate: Gate, body: str) -> None:
    response = gate.http.post(
        "/v1/logins", data=body, content_type="application/json", headers=gate.headers
    )

    assert field_errors(response) == {""}


def test_what_is_wrong_comes_with_what_was_expected(gate: Gate) -> None:
    response = gate.asks(user_id="M10001", entry="nowhere")

    (error,) = response.json["errors"]
    assert error["field"] == "entry"
    assert "tracs_menu" in error["detail"]


@pytest.mark.parametrize("user_id", ["\u0131A0001", "M\u017f0001", "M100\u00df", "M100\ufb01"])
def test_a_letter_that_becomes_an_ascii_capital_is_no_letter_of_an_id(
    gate: Gate, user_id: str
) -> None:
    response = gate.asks(user_id=user_id, entry="tracs_menu")

    assert field_errors(response) == {"user_id"}


@pytest.mark.parametrize("body", [{}, {"user_id": "?"}, {"user_id": "M10001", "entry": "rob"}])
def test_an_acceptance_takes_a_person_and_nothing_else(
    gate: Gate, wass: Wass, engine: Engine, body: dict[str, Any]
) -> None:
    wass.knows_a_user(properties=(OAKS, ELMS))

    response = gate.http.post("/v1/rob-acceptances", json=body, headers=gate.headers)

    assert response.status_code == 422
    assert entries(engine, "rob_acceptance") == []


def test_a_strange_property_is_named_together_with_what_has_the_wrong_shape(
    gate: Gate, wass: Wass
) -> None:
    wass.knows_a_user()

    response = gate.asks(**{**MENU, "user_id": "?"}, property_id=PINES, contract_number=BOTH)

    assert field_errors(response) == {"user_id", "property_id"}


_TEXT = st.text(max_size=8) | st.sampled_from(
    ["M10001", "m10001", "M1000\u017f", "imax", "imax\n"]
)
_VALUE = _TEXT | st.from_regex(r"[mMiIhHcC][A-Za-z0-9\u017f]{5}") | st.integers() | st.none()
_BODY = st.fixed_dictionaries(
    {"user_id": _VALUE, "entry": _VALUE | st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,40}")},
    optional={"system": _VALUE, "extra": _VALUE},
)


@given(_BODY)
def test_a_plain_question_is_read_as_every_other_is(body: dict[str, Any]) -> None:
    assert load_login(body) == load(LoginSchema(), body)
