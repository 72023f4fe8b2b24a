"""Whatever happens to an account, and in whatever order, it is decided as the domain says."""

import itertools
import os
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, func, select

from models.engine import reading
from models.ledger import Entry
from tests.conftest import Callers, Clock
from tests.database.wass import OAKS
from tests.hostile.account import OPENS, TURNS, Account, later
from tests.web.asking import Gate, Subsystem, codes

LIVES, STEPS = int(os.environ.get("GATEHOUSE_LIVES", "18")), 30
BEGINS, ENDS = "2024-06-03", "2026-02-01"
_AGES = st.sampled_from([0, 1, 89, 90, 91, 200])
_ROLES = st.sampled_from([(), ("TRACS",), ("IMAX",), ("TRACS", "IMAX")])
_lives = itertools.count(10000)


class World:
    """The service, to the machines that live in it one after the other."""

    def __init__(self, http: FlaskClient, callers: Callers, clock: Clock, engine: Engine) -> None:
        self.http, self.clock, self.engine = http, clock, engine
        self.gate = Gate(http, callers["gate"])
        self.subsystem = Subsystem(http, callers["subsystem"])
        self._feed = callers["feed"]

    def put(self, person_id: str, **said: Any) -> None:
        """WASS says everything about a person."""
        answer = self.http.put(f"/v1/people/{person_id}", json=said, headers=self._feed)
        assert answer.status_code == 200, answer.text

    def entries(self) -> int:
        """How many there are in the ledger."""
        with reading(self.engine).begin() as connection:
            return connection.scalar(select(func.count()).select_from(Entry)) or 0


@pytest.fixture
def world(http: FlaskClient, callers: Callers, clock: Clock, engine: Engine) -> World:
    """The service on one database."""
    return World(http, callers, clock, engine)


class Life(RuleBasedStateMachine):
    """One account, with its coordinator and the help desk."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        number = next(_lives)
        self.id, self.coordinator, self.help_desk = f"M{number}", f"I{number}", f"H{number}"
        self.account = Account(today=BEGINS)
        self.world.clock.put(BEGINS)
        self.related = False

    def _others_come_to_work(self) -> None:
        """Coordinator and help desk have done what keeps them in."""
        today = self.account.today
        fresh = dict.fromkeys(
            (
                "wass_last_access_on",
                "password_changed_on",
                "last_activity_on",
                "rob_accepted_on",
            ),
            today,
        )
        coordinator = {"population": "external", "coordinator": True, "bpr": [OAKS]}
        staff = {"population": "hud_staff", "roles": ["HELP_DESK"]}
        roles = ["TRACS", "TCC", "TCR"]
        self.world.put(
            self.coordinator, created_on="2015-01-05", roles=roles, **coordinator, **fresh
        )
        self.world.put(self.help_desk, created_on="2015-01-05", **staff, **fresh)

    def _manages(self, actor: str, path: str, **body: Any) -> dict[str, Any]:
        self._others_come_to_work()
        before = self.world.entries()
        answer = self.world.subsystem.by(actor).posts(path, **body)
        assert self.world.entries() == before + 1
        return answer

    @initialize(
        created=st.sampled_from(["2015-01-05", "2017-09-01", "2024-06-01"]), settled=st.booleans()
    )
    def is_created(self, created: str, settled: bool) -> None:
        self.account.created = created
        if settled:
            self.account.active = self.account.accepted = BEGINS
        self.wass_speaks(0, 0, ("TRACS",), shares=True, terminated=False)

    @rule(
        access=_AGES,
        password=_AGES,
        roles=_ROLES,
        shares=st.booleans(),
        terminated=st.booleans(),
    )
    def wass_speaks(
        self, access: int, password: int, roles: tuple[str, ...], shares: bool, terminated: bool
    ) -> None:
        account, today = self.account, self.account.today
        account.said, account.terminated = today, terminated
        account.wass_access, account.password = later(today, -access), later(today, -password)
        account.roles, account.shares = frozenset(roles), shares
        self.world.put(
            self.id,
            population="external",
            created_on=account.created,
            wass_status="terminated" if terminated else "active",
            wass_last_access_on=account.wass_access,
            password_changed_on=account.password,
            roles=list(roles),
            last_activity_on=account.active or None,
            rob_accepted_on=account.accepted or None,
            properties=[OAKS] if shares else [],
        )

    @rule(days=st.sampled_from([1, 30, 120]))
    def days_pass(self, days: int) -> None:
        self._becomes(later(self.account.today, days))

    @rule(days=st.sampled_from([90, 91]))
    def stays_away_after_an_unlock(self, days: int) -> None:
        self.is_unlocked_by_the_help_desk()
        self._becomes(later(self.account.in_use_since, days))
        self.logs_in("tracs_menu")

    @rule(turn=st.sampled_from(TURNS), days=st.sampled_from([0, -1]))
    def something_turns(self, turn: str, days: int) -> None:
        self._becomes(later(self.account.turns()[turn], days))
        self.logs_in("tracs_menu")

    def _becomes(self, day: str) -> None:
        if self.account.today < day < ENDS:
            self.account.today = day
            self.world.clock.put(day)

    @rule(entry=st.sampled_from(sorted(OPENS)))
    def logs_in(self, entry: str) -> None:
        expected, before = self.account.reasons(entry), self.world.entries()

        answer = self.world.gate.login(self.id, entry)

        assert codes(answer) == expected
        assert answer["decision"] == ("allow" if expected == ["OK"] else "lock")
        assert self.world.entries() == before + 1
        if expected == ["OK"]:
            self.account.active = self.account.today

    @rule()
    def accepts_the_rules(self) -> None:
        expected = self.account.reasons("rob")

        answer = self.world.gate.accepts(self.id).get_json()

        assert codes(answer) == expected
        if expected == ["OK"]:
            self.account.accepted = self.account.today

    @precondition(lambda self: not self.related)
    @rule()
    def is_assigned(self) -> None:
        answer = self._manages(self.coordinator, "/v1/staff", user_id=self.id)

        assert codes(answer) == ["OK"]
        self.related = True

    @precondition(lambda self: self.related)
    @rule()
    def is_unlocked_by_the_coordinator(self) -> None:
        expected = self.account.unlock_refused()

        answer = self._manages(self.coordinator, "/v1/unlocks", user_ids=[self.id])

        assert codes(answer) == expected
        if expected == ["OK"]:
            self.account.unlocked = self.account.today

    @rule()
    def is_unlocked_by_the_help_desk(self) -> None:
        expected = ["OK"] if self.account.idle else ["NOT_LOCKED"]

        answer = self._manages(self.help_desk, "/v1/unlocks", user_ids=[self.id])

        assert codes(answer) == expected
        if expected == ["OK"]:
            self.account.unlocked = self.account.today

    @precondition(lambda self: self.related)
    @rule()
    def is_certified(self) -> None:
        refused = self.account.certify_refused()

        answer = self._manages(self.coordinator, "/v1/certifications", user_id=self.id)

        assert answer["outcome"] == ("refused" if refused else "done")
        if refused:
            assert codes(answer) == refused
        else:
            self.account.requests.append(self.account.today)


def test_an_account_is_decided_as_the_domain_says_whatever_befell_it(world: World) -> None:
    lives = settings(
        max_examples=LIVES,
        derandomize="GATEHOUSE_LIVES" not in os.environ,
        stateful_step_count=STEPS,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    machine = type("Life", (Life,), {"world": world})

    run_state_machine_as_test(machine, settings=lives)
