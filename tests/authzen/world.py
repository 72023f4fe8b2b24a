"""The world of the AuthZEN cases: so few people that a case can name what is true of each.

Everything is the same on every day of the year: days are told from today, and who needs a
certification was certified today.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from models.engine import open_engine
from service.clients import add_client
from service.clock import system_clock
from service.ledger.receipts import make_key
from service.login.gather import active_court
from service.people.wass import speak
from service.policy.active import Courts
from service.wiring import Wiring, prepare
from tests.database.wass import BOTH, ELMS, OAKS, PINES, Somebody, extract_of
from tests.tokens import knowing

#: A user with two properties; a coordinator of one of them, without iMAX; a user who stayed away.
ALICE, BOB, IDLE = "M10001", "M90001", "M10002"
#: A user whose properties come by a contract, and somebody nobody knows.
CAROL, NOBODY = "M10003", "M77777"
#: A person of HUD, who may open every property there is.
HAL = "H10001"
OTHER = "DC39S931099"


@dataclass(frozen=True, slots=True)
class House:
    """A prepared database, the key to sign with, and a token of the gate and of an auditor."""

    url: str
    key: Path
    token: str
    auditor: str


def furnish(folder: Path) -> House:
    """Make the database of the cases in *folder*."""
    url, key = f"sqlite:///{folder / 'gate.db'}", folder / "signing.key"
    make_key(key)
    parts = Wiring(knowing(open_engine(url)), system_clock, Courts())
    prepare(parts)
    with parts.engine.begin() as connection:
        book = active_court(connection, parts.courts).book
        today = book.calendar.day_of(parts.clock())
        catalogue = book.catalogue
        speak(connection, _extract(date.fromisoformat(today)), day=today, catalogue=catalogue)
        tokens = [add_client(connection, s, [s], parts.clock()) for s in ("gate", "auditor")]
    parts.engine.dispose()
    return House(url, key, *tokens)


def _extract(today: date) -> object:
    def ago(days: int) -> str:
        return (today - timedelta(days)).isoformat()

    fresh: Mapping[str, str] = {
        "wass_last_access_on": ago(1),
        "password_changed_on": ago(10),
        "last_activity_on": ago(20),
        "rob_accepted_on": ago(30),
    }
    people = [
        Somebody(id=ALICE, properties=(OAKS, ELMS), **fresh),
        Somebody(id=BOB, coordinator=True, roles=("TRACS", "TCC", "TCR"), bpr=(OAKS,), **fresh),
        Somebody(id=IDLE, properties=(OAKS,), **{**fresh, "last_activity_on": ago(200)}),
        Somebody(id=CAROL, contracts=(BOTH,), **fresh),
        Somebody(id=HAL, population="hud_staff", **fresh),
        Somebody(id="H90001", population="hud_staff", coordinator=True, **fresh),
        Somebody(id="M90002", coordinator=True, bpr=(OAKS, ELMS, PINES), **fresh),
    ]
    return extract_of(
        *people,
        contracts={BOTH: [OAKS, ELMS], OTHER: [PINES]},
        staff=[(BOB, ALICE), (BOB, IDLE)],
        certified=[
            (user, by, today.isoformat())
            for by, users in {"M90002": (ALICE, IDLE, CAROL), "H90001": (HAL,)}.items()
            for user in users
        ],
    )
