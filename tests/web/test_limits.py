"""How often who may call: beyond that a 429 that says when to ask again, and no decision."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from service.app import create_app
from service.clients import add_client, renew_client
from service.ledger.receipts import Signer
from service.rates import read_rate
from service.settings import SettingsError, settings_from
from service.web.limits import Limits, Rates, TooManyError
from service.wiring import Wiring
from tests.conftest import Callers
from tests.web.asking import entries

LOGIN = {"user_id": "M10001", "entry": "tracs_menu"}
Limited = Callable[..., FlaskClient]


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def database_url(prepared_sqlite: Path, tmp_path: Path) -> str:
    """A fresh database; which kind is of no matter here."""
    shutil.copy(prepared_sqlite, tmp_path)
    return f"sqlite:///{tmp_path / prepared_sqlite.name}"


@pytest.fixture
def limited(parts: Wiring, signer: Signer, seconds: Seconds) -> Limited:
    """The application with limits, such as client="2/minute"."""

    def made(**rates: str) -> FlaskClient:
        read = Rates(**{name: read_rate(text) for name, text in rates.items()})
        return create_app(parts, signer, limits=Limits(read, seconds)).test_client()

    return made


def test_a_client_that_calls_too_often_is_told_when_to_ask_again_and_is_let_in_then(
    limited: Limited, callers: Callers, engine: Engine, seconds: Seconds
) -> None:
    http = limited(client="2/minute")
    ask = {"json": LOGIN, "headers": callers["gate"]}
    http.post("/v1/logins", **ask)  # by the first call a process learns whose the token is

    answers = [http.post("/v1/logins", **ask) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    refused = answers[-1]
    assert refused.mimetype == "application/problem+json"
    assert (refused.headers["Retry-After"], refused.headers["RateLimit-Policy"]) == (
        "30",
        '"calls";q=2;w=60',
    )
    assert (refused.json["decision"], refused.json["retryable"]) == ("lock", True)
    assert "test gate" in refused.json["detail"]
    assert len(entries(engine, "login")) == 3
    seconds.passed = 30
    assert http.post("/v1/logins", **ask).status_code == 200
    assert http.post("/v1/logins", **ask).status_code == 429


def test_the_limit_of_one_client_leaves_all_others_alone(
    limited: Limited, callers: Callers
) -> None:
    http = limited(client="1/hour")
    for _ in range(3):
        exhausted = http.get("/v1/policy", headers=callers["author"])

    other = http.get("/v1/policy", headers=callers["auditor"])

    assert (exhausted.status_code, other.status_code) == (429, 200)


def test_two_tokens_of_a_client_share_its_limit(
    limited: Limited, parts: Wiring, callers: Callers
) -> None:
    old = callers["gate"]
    with parts.engine.begin() as connection:
        new = renew_client(
            connection, "test gate", parts.clock(), expires_on="", old_until="2099-01-01"
        )
    http = limited(client="2/hour")
    both = [old, {"Authorization": f"Bearer {new}"}]
    for headers in both:
        assert http.post("/v1/logins", json=LOGIN, headers=headers).status_code == 200

    answers = [http.post("/v1/logins", json=LOGIN, headers=each).status_code for each in both * 2]

    assert answers == [200, 200, 429, 429]


def test_a_person_who_acts_too_often_is_refused_whatever_client_calls(
    limited: Limited, parts: Wiring, callers: Callers, engine: Engine
) -> None:
    with parts.engine.begin() as connection:
        token = add_client(connection, "another subsystem", ["subsystem"], parts.clock())
    http = limited(actor="2/minute")
    both = [callers["subsystem"], {"Authorization": f"Bearer {token}"}]

    def acts(actor: str, number: int) -> int:
        headers = {**both[number % 2], "Gatehouse-Actor": actor}
        return http.get("/v1/staff", headers=headers).status_code

    assert [acts("m90001", n) for n in range(4)] == [200, 200, 429, 429]
    assert acts("M90002", 0) == 200
    assert len(entries(engine, "view_staff")) == 3


def test_guesses_from_one_address_are_refused_before_anything_is_looked_up(
    limited: Limited, callers: Callers
) -> None:
    http = limited(unknown="3/minute")
    known = http.post("/v1/logins", json=LOGIN, headers=callers["gate"])

    guesses = [
        http.post("/v1/logins", json=LOGIN, headers={"Authorization": f"Bearer gh_{n}"})
        for n in range(5)
    ]

    assert known.status_code == 200
    assert [each.status_code for each in guesses] == [401, 401, 401, 429, 429]
    assert int(guesses[-1].headers["Retry-After"]) == 20
    still = http.post("/v1/logins", json=LOGIN, headers=callers["gate"])
    assert still.status_code == 200


def test_a_scope_that_is_missing_is_no_guess(limited: Limited, callers: Callers) -> None:
    http = limited(unknown="1/minute")

    answers = {
        http.post("/v1/logins", json=LOGIN, headers=callers["auditor"]).status_code
        for _ in range(3)
    }

    assert answers == {403}


def test_names_that_came_once_are_forgotten(seconds: Seconds) -> None:
    limits = Limits(Rates(actor=read_rate("1/second")), seconds)
    for number in range(10_000):
        limits.acts(str(number))
    with pytest.raises(TooManyError):
        limits.acts("5")

    seconds.passed = 2
    limits.acts("another")

    assert len(limits._actors._empty_at) == 1


@pytest.mark.parametrize("text", ["", "0/second", "10", "10/day", "-1/second", "1.5/second", "x"])
def test_a_rate_that_is_none_is_a_mistake_of_the_environment(text: str) -> None:
    with pytest.raises(SettingsError, match=r"GATEHOUSE_RATE_PER_ACTOR.*none"):
        settings_from({"GATEHOUSE_RATE_PER_ACTOR": text})


def test_the_limits_of_an_environment_that_says_nothing_are_wide() -> None:
    settings = settings_from({})

    assert str(settings.rate_per_client) == "10000/second"
    assert str(settings.rate_per_actor) == "100/second"
    assert settings_from({"GATEHOUSE_RATE_PER_CLIENT": "none"}).rate_per_client is None
