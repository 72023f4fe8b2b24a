"""A database file of which a page is damaged: nobody comes in by it, and the doctor finds it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from shutil import copy

import pytest
from sqlalchemy import Engine, make_url
from werkzeug.test import TestResponse

from models.engine import open_engine
from service.app import create_app
from service.checks.house import examine
from service.ledger.receipts import Signer, make_key
from service.policy.active import Courts
from service.wiring import Wiring
from tests.conftest import PATIENT, Callers
from tests.database.wass import OAKS, Somebody, Wass, coordinator
from tests.tokens import token_key_file
from tests.web.asking import ANY_DATABASE, Gate

_PAGE = 4096
_STRIDE = 3
ALLOWED, LOCKED = "M10001", "M10002"


@pytest.fixture
def file(gate: Gate, wass: Wass, engine: Engine, database_url: str, callers: Callers) -> Path:
    """A database at rest in which somebody is allowed and somebody else is locked."""
    known = [Somebody(id=ALLOWED, properties=[OAKS]), Somebody(id=LOCKED, terminated=True)]
    wass.knows(*known, coordinator(), certified=[(ALLOWED, "M90001", "2025-10-01")])
    assert gate.login(ALLOWED)["decision"] == "allow"
    assert gate.login(LOCKED)["decision"] == "lock"
    engine.dispose()  # which brings everything into the file itself
    return Path(str(make_url(database_url).database))


def _pages(file: Path) -> range:
    return range(1, file.stat().st_size // _PAGE, _STRIDE)


def _with_a_damaged_page(file: Path, page: int, folder: Path) -> Path:
    """A copy of *file* in which *page* holds anything at all."""
    damaged = Path(copy(file, folder / f"damaged{page}.db"))
    with damaged.open("r+b") as opened:
        opened.seek(page * _PAGE)
        opened.write(Random(page).randbytes(_PAGE))
    return damaged


@pytest.fixture
def ask(
    callers: Callers, signer: Signer, warm_courts: Courts, clock: Callable[[], datetime]
) -> Callable[[str], dict[str, TestResponse]]:
    """What a process that has just begun on a database answers about either person."""

    def asked(url: str) -> dict[str, TestResponse]:
        engine = open_engine(url, patience=PATIENT)
        app = create_app(Wiring(engine, clock, warm_courts), signer)
        gate = Gate(app.test_client(), callers["gate"])
        answers = {who: gate.asks(user_id=who, entry="tracs_menu") for who in (LOCKED, ALLOWED)}
        engine.dispose()
        return answers

    return asked


def _barred(url: str, key: Path) -> bool:
    """Whether the doctor says of the database at *url* that nobody can be decided about."""
    house = {
        "GATEHOUSE_DATABASE_URL": url,
        "GATEHOUSE_SIGNING_KEY": str(key),
        "GATEHOUSE_TOKEN_KEY": str(token_key_file()),
    }
    return any(each.bars for each in examine(house))


@ANY_DATABASE
def test_whichever_page_is_damaged_who_is_locked_stays_out_and_the_doctor_finds_it(
    file: Path, tmp_path: Path, ask: Callable[[str], dict[str, TestResponse]]
) -> None:
    make_key(key := tmp_path / "signing.key")
    unseen, let_in, strange = set(), set(), set()
    assert not _barred(f"sqlite:///{file}", key)

    for page in _pages(file):
        url = f"sqlite:///{_with_a_damaged_page(file, page, tmp_path)}"
        if not _barred(url, key):
            unseen.add(page)
        answers = ask(url)
        if answers[LOCKED].json["decision"] != "lock":
            let_in.add(page)
        if {each.status_code for each in answers.values()} - {200, 503}:
            strange.add(page)

    assert len(_pages(file)) > 20
    assert (unseen, let_in, strange) == (set(), set(), set())
