"""A database that takes too long gives no decision, and the caller is not kept waiting."""

import time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from models.engine import open_engine
from tests.database.wass import Wass
from tests.faults.hosts import HANGS
from tests.web.asking import Gate, activity_of, entries

pytestmark = pytest.mark.as_served


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_waits_for_a_person_somebody_else_holds_gets_no_decision(
    gate: Gate, wass: Wass, engine: Engine, database_url: str
) -> None:
    user = wass.knows_a_user()
    before = activity_of(engine, user)
    other = open_engine(database_url)

    with other.begin() as connection:
        connection.execute(text("SELECT version FROM standing FOR UPDATE"))
        began = time.monotonic()
        response = gate.asks(user_id=user, entry="imax")
        seconds = time.monotonic() - began

    other.dispose()
    assert seconds < HANGS
    assert response.status_code == 503
    assert (response.json["decision"], response.json["retryable"]) == ("lock", True)
    assert entries(engine, "login") == []
    assert activity_of(engine, user) == before
    assert gate.login(user, "imax")["decision"] == "allow"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_statement_of_a_request_that_takes_too_long_is_given_up(engine: Engine) -> None:
    with pytest.raises(OperationalError, match="statement timeout"), engine.begin() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
