"""Two at once about the same person: always as if one had come after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from models.certification import Flag
from models.people import Standing
from service.core.call import Call
from service.core.inquiry import Inquiry
from service.feed.putting import put_person
from service.login.gate import accept_rob, log_in
from service.login.gather import active_court
from service.people.caller import Caller
from service.people.extract import Extract
from service.people.standing import rewrite
from service.people.wass import speak
from service.policy.folder import SHIPPED, read_texts
from service.policy.revisions import Hand, install
from service.recertification.manage import manage
from service.wiring import Wiring
from tests.conftest import Clock
from tests.database.wass import (
    ELMS,
    IN_LAST_WINDOW,
    OAKS,
    TODAY,
    Somebody,
    Wass,
    coordinator,
    extract_of,
)
from tests.faults.races import TEAMS, Outcome, Race, Team, Work

ANN, BOB, HELP_DESK = "M90001", "M90002", "H90001"
YESTERDAY = "2026-03-01"
LONG_AGO = "2025-10-20"
NINETY_DAYS_BEFORE_YESTERDAY = "2025-12-01"
CALLER = Caller("test")
LIMIT = b"""
weekly_coordinator_limit:
  coordinators: 1
  days: 7
  until: 2026-12-31
  authority: a test

windows:
"""
#: Ways to the rows of a table: in the order of the IDs, and in the order they lie in.
BY_INDEX = ("enable_seqscan = off", "enable_bitmapscan = off")
AS_THEY_LIE = ("enable_indexscan = off", "enable_bitmapscan = off", "enable_indexonlyscan = off")
Racing = Callable[..., Race]
Check = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Doing:
    """What may be done at once; people are known by their number in the team of the round."""

    parts: Wiring
    wass: Wass

    def calls(self, action: str, by: str | int, *numbers: int, **more: Any) -> Work:
        """A management call of *by* that names the people of these *numbers*, in this order."""

        def work(connection: Connection, team: Team) -> str:
            named = tuple(team[n] for n in numbers or (0,))
            actor = by if isinstance(by, str) else team[by]
            call = Call(action=action, actor_id=actor, user_ids=named, **more)
            as_of, courts = self.parts.clock(), self.parts.courts
            return manage(
                connection, call, courts=courts, as_of=as_of, caller=CALLER
            ).written.entry_id

        return work

    def logs_in(self, *, day: str = TODAY) -> Work:
        """A login at the menu, at noon of *day*."""
        as_of = Clock(day).at

        def work(connection: Connection, team: Team) -> str:
            inquiry = Inquiry(user_id=team[0], entry="tracs_menu")
            courts = self.parts.courts
            return log_in(
                connection, inquiry, courts=courts, as_of=as_of, caller=lambda *_: CALLER
            ).written.entry_id

        return work

    def accepts(self) -> Work:
        """An acceptance of the Rules of Behavior."""
        as_of = self.parts.clock()

        def work(connection: Connection, team: Team) -> str:
            courts = self.parts.courts
            return accept_rob(
                connection, team[0], courts=courts, as_of=as_of, caller=CALLER
            ).written.entry_id

        return work

    def puts(self, property_id: int) -> Work:
        """What WASS says of one person, with this property."""
        as_of = self.parts.clock()

        def work(connection: Connection, team: Team) -> str:
            extract = extract_of(Somebody(id=team[0], properties=(property_id,)))
            courts = self.parts.courts
            alone = replace(extract, properties=None, contracts=None)
            _, written = put_person(connection, alone, courts=courts, as_of=as_of, caller=CALLER)
            return written.entry_id

        return work

    def knows(
        self, *, size: int = 1, certified: bool = True, **differently: Any
    ) -> Sequence[Team]:
        """Teams of people, all staff of Ann and of Bob, who look after the same properties."""
        people = [
            Somebody(id=f"M{10000 + n}", **{"properties": (OAKS,), **differently})
            for n in range(size * TEAMS)
        ]
        ids = [each.id for each in people]
        self.wass.knows(
            *people,
            coordinator(ANN),
            coordinator(BOB),
            staff=[(by, i) for by in (ANN, BOB) for i in ids],
            certified=[(i, ANN, IN_LAST_WINDOW) for i in ids if certified],
        )
        return [ids[n : n + size] for n in range(0, len(ids), size)]

    def knows_coordinators(self, **differently: Any) -> Sequence[Team]:
        """Teams of a coordinator who is *differently* and one of the staff; and a help desk."""
        teams = [(f"M{10000 + n}", f"M{40000 + n}") for n in range(TEAMS)]
        self.wass.knows(
            *(replace(coordinator(by), **differently) for by, _ in teams),
            *(Somebody(id=i, properties=(OAKS,)) for _, i in teams),
            Somebody(id=HELP_DESK, population="hud_staff", roles=("HELP_DESK",)),
            staff=teams,
        )
        return teams


@pytest.fixture
def doing(parts: Wiring, wass: Wass) -> Doing:
    """What may be done at once."""
    return Doing(parts, wass)


@pytest.fixture
def racing(database_url: str) -> Iterator[Racing]:
    """Makes a race of two calls; its connections are given back in the end."""
    races: list[Race] = []

    def race(first: Work, second: Work, **more: Any) -> Race:
        races.append(Race(database_url, (first, second), **more))
        return races[-1]

    yield race
    for each in races:
        each.close()


@pytest.fixture
def is_serial(database_url: str, record_property: Callable[[str, object], None]) -> Check:
    """Fails unless every round was as one after the other, and each came first at times."""

    def check(outcome: Outcome) -> None:
        print(f"\n{database_url.partition(':')[0]}: {outcome}")
        record_property("figures", str(outcome))
        assert not outcome.anomalies, str(outcome)
        assert all(outcome.orders), f"one never came first: {outcome}"

    return check


def answers(race: Race) -> list[list[str]]:
    """What both are answered when the first came first, and when the second did."""
    return [[said(call) for call in each["calls"]] for each in race.serial]


def said(call: dict[str, Any]) -> str:
    """Outcome and reason of an entry."""
    return f"{call['outcome']} {call['reason']}"


def after(race: Race, number: int = 0) -> list[dict[str, Any]]:
    """What is known of a person in the end, in both orders."""
    return [each["people"][f"person {number}"] for each in race.serial]


def evidence(entry: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """The standing an entry of the ledger says it was judged on."""
    found = entry["evidence"]
    person = found["people"][f"person {number}"] if "people" in found else found
    return dict(person["standing"])


def test_an_unlock_and_a_login(doing: Doing, racing: Racing, is_serial: Check) -> None:
    teams = doing.knows(last_activity_on=LONG_AGO)
    race = racing(doing.calls("unlock", ANN), doing.logs_in())

    outcome = race.run(teams)

    assert answers(race) == [["done OK", "allow OK"], ["done OK", "lock INACTIVE"]]
    logins = [each["calls"][1] for each in race.serial]
    assert [evidence(each)["unlocked_on"] for each in logins] == [TODAY, ""]
    assert [each["activity"][0]["last_on"] for each in after(race)] == [TODAY, LONG_AGO]
    is_serial(outcome)


def test_an_unlock_and_a_login_of_the_day_before(
    doing: Doing, racing: Racing, is_serial: Check
) -> None:
    """The two hosts' clocks stand on both sides of midnight, and so of the ninetieth day."""
    teams = doing.knows(last_activity_on=NINETY_DAYS_BEFORE_YESTERDAY)
    race = racing(doing.calls("unlock", ANN), doing.logs_in(day=YESTERDAY))

    outcome = race.run(teams)

    assert answers(race) == [["done OK", "allow OK"], ["refused NOT_LOCKED", "allow OK"]]
    logins = [each["calls"][1] for each in race.serial]
    assert [evidence(each)["unlocked_on"] for each in logins] == [TODAY, ""]
    assert [len(each["unlock"]) for each in after(race)] == [1, 0]
    is_serial(outcome)


def test_an_unlock_of_a_coordinator_and_what_that_coordinator_asks(
    doing: Doing, racing: Racing, is_serial: Check
) -> None:
    teams = doing.knows_coordinators(last_activity_on=LONG_AGO)
    flags = doing.calls("flag", 0, 1, items=("IMAX",), confirm=True)
    race = racing(doing.calls("unlock", HELP_DESK, 0), flags)

    outcome = race.run(teams)

    assert answers(race) == [["done OK", "done OK"], ["done OK", "refused ACTOR_LOCKED"]]
    assert [len(each["flag"]) for each in after(race, 1)] == [1, 0]
    is_serial(outcome)


def test_a_request_and_the_end_of_the_relationship(
    doing: Doing, racing: Racing, is_serial: Check
) -> None:
    teams = doing.knows(certified=False)
    race = racing(doing.calls("certify", ANN), doing.calls("unassign_staff", ANN))

    outcome = race.run(teams)

    assert answers(race) == [["done OK", "done OK"], ["refused NOT_ASSIGNED", "done OK"]]
    requests = [each["calls"][0] for each in race.serial]
    assert [each["evidence"]["assigned"] for each in requests] == [["person 0"], []]
    counted = [[r["counts"] for r in each["certification_request"]] for each in after(race)]
    assert counted == [[True], []]
    assert [[s["coordinator_id"] for s in each["staff"]] for each in after(race)] == [[BOB]] * 2
    is_serial(outcome)


def test_requests_by_two_where_only_one_may(
    doing: Doing, racing: Racing, is_serial: Check
) -> None:
    limit_to_one(doing.parts)
    teams = doing.knows(certified=False)
    race = racing(doing.calls("certify", ANN), doing.calls("certify", BOB))

    outcome = race.run(teams)

    done, late = "done OK", "refused WEEKLY_LIMIT"
    assert answers(race) == [[done, late], [late, done]]
    by = [[r["coordinator_id"] for r in each["certification_request"]] for each in after(race)]
    assert by == [[ANN], [BOB]]
    is_serial(outcome)


def test_two_requests_by_the_same_on_the_same_day(
    doing: Doing, racing: Racing, is_serial: Check
) -> None:
    teams = doing.knows(certified=False)
    race = racing(doing.calls("certify", ANN), doing.calls("certify", ANN))

    outcome = race.run(teams)

    early, late = "done OK", "done WINDOW_NOT_OPEN"
    assert answers(race) == [[early, late], [late, early]]
    assert [len(each["certification_request"]) for each in after(race)] == [1, 1]
    is_serial(outcome)


def test_a_flag_and_a_request_by_two(doing: Doing, racing: Racing, is_serial: Check) -> None:
    teams = doing.knows(certified=False)
    flags = doing.calls("flag", ANN, items=("IMAX",), confirm=True)
    race = racing(flags, doing.calls("certify", BOB))

    outcome = race.run(teams)

    assert answers(race) == [["done OK", "done OK"]] * 2
    seen = [[evidence(each) for each in order["calls"]] for order in race.serial]
    assert [[len(f["requests"]), len(r["flags"])] for f, r in seen] == [[0, 1], [1, 0]]
    kept = [(len(e["flag"]), len(e["certification_request"])) for e in after(race)]
    assert kept == [(1, 1), (1, 1)]
    is_serial(outcome)


def test_a_flag_and_taking_it_back(doing: Doing, racing: Racing, is_serial: Check) -> None:
    teams = doing.knows()
    wait_for_the_window(doing.parts, teams, "IMAX")
    flags = doing.calls("flag", ANN, items=("IMAX", "TRACS"), confirm=True)
    race = racing(flags, doing.calls("withdraw_flag", ANN, items=("IMAX",)))

    outcome = race.run(teams)

    assert answers(race) == [["done OK", "done OK"]] * 2
    waiting = [[flag[0] for flag in each["row"]["flags"]] for each in after(race)]
    assert waiting == [["TRACS"], ["IMAX", "TRACS"]]
    is_serial(outcome)


def test_unlocks_that_name_some_of_the_same_in_the_opposite_order(
    doing: Doing, racing: Racing, is_serial: Check
) -> None:
    """Whichever is first opens all it names; the other opens nobody, not even its own last one.

    Both find the rows on different ways, so that only what the calls themselves say about the
    order keeps them from holding on to what the other waits for.
    """
    teams = doing.knows(size=5, certified=False, last_activity_on=LONG_AGO)
    lay_from_the_last_to_the_first(doing.parts)
    race = racing(
        doing.calls("unlock", ANN, 0, 1, 2, 3),
        doing.calls("unlock", BOB, 4, 3, 2, 1),
        planners=(BY_INDEX, AS_THEY_LIE),
        kept=2,
    )

    outcome = race.run(teams)

    done, late = "done OK", "refused NOT_LOCKED"
    assert answers(race) == [[done, late], [late, done]]
    unlocks = [[len(p["unlock"]) for p in order["people"].values()] for order in race.serial]
    assert unlocks == [[1, 1, 1, 1, 0], [0, 1, 1, 1, 1]]
    is_serial(outcome)


def test_a_feed_and_a_request(doing: Doing, racing: Racing, is_serial: Check) -> None:
    teams = doing.knows(certified=False)
    race = racing(doing.calls("certify", ANN), assigns_another(doing.parts, teams))

    outcome = race.run(teams)

    requests = [each["calls"][0] for each in race.serial]
    assert [each["result"]["properties"] for each in requests] == [[OAKS], [OAKS, ELMS]]
    kept = [(e["row"]["properties"], len(e["row"]["requests"])) for e in after(race)]
    assert kept == [([OAKS, ELMS], 1)] * 2
    is_serial(outcome)


def test_a_feed_and_an_acceptance(doing: Doing, racing: Racing, is_serial: Check) -> None:
    teams = doing.knows(rob_accepted_on="")
    race = racing(doing.accepts(), says_a_password(doing, teams))

    outcome = race.run(teams)

    kept = [(e["row"]["rob_accepted_on"], e["row"]["password_changed_on"]) for e in after(race)]
    assert kept == [(TODAY, YESTERDAY)] * 2
    is_serial(outcome)


def test_two_who_say_at_once_who_somebody_new_is(
    doing: Doing, racing: Racing, is_serial: Check
) -> None:
    doing.knows()
    teams = [(f"M{60000 + n}",) for n in range(TEAMS)]
    race = racing(doing.puts(OAKS), doing.puts(ELMS))

    outcome = race.run(teams)

    assert [each["row"]["properties"] for each in after(race)] == [[ELMS], [OAKS]]
    is_serial(outcome)


def says_a_password(doing: Doing, teams: Sequence[Team]) -> Work:
    """The feed: all people as they are, but for the password of whoever has his turn."""
    people = {i: Somebody(id=i, rob_accepted_on="").said() for team in teams for i in team}
    for by in (ANN, BOB):
        people[by] = coordinator(by).said()
    with doing.parts.engine.begin() as connection:
        catalogue = active_court(connection, doing.parts.courts).book.catalogue

    def work(connection: Connection, team: Team) -> str:
        people[team[0]] = replace(people[team[0]], password_changed_on=YESTERDAY)
        speak(connection, Extract(people=people), day=TODAY, catalogue=catalogue)
        return ""

    return work


def assigns_another(parts: Wiring, teams: Sequence[Team]) -> Work:
    """The feed: the property assignments of everybody, with one more for whoever has his turn."""
    assigned = {(i, OAKS) for team in teams for i in team}
    with parts.engine.begin() as connection:
        catalogue = active_court(connection, parts.courts).book.catalogue

    def work(connection: Connection, team: Team) -> str:
        assigned.add((team[0], ELMS))
        extract = Extract(property_assignments=frozenset(assigned))
        speak(connection, extract, day=TODAY, catalogue=catalogue)
        return ""

    return work


def limit_to_one(parts: Wiring) -> None:
    """Let one coordinator a week request for a person."""
    texts = read_texts(SHIPPED)
    calendar = texts["calendar.yaml"].replace(b"\nwindows:\n", LIMIT, 1)
    changed = {**texts, "calendar.yaml": calendar}
    with parts.engine.begin() as connection:
        install(connection, changed, Hand(by="test", note="one a week", as_of=parts.clock()))


def wait_for_the_window(parts: Wiring, teams: Sequence[Team], item: str) -> None:
    """A flag of Ann's on *item* waits on everybody."""
    ids = [i for team in teams for i in team]
    flag = {"item": item, "coordinator_id": ANN, "flagged_on": YESTERDAY}
    with parts.engine.begin() as connection:
        connection.execute(insert(Flag), [{"person_id": i, **flag} for i in ids])
        rewrite(connection, ids)


def lay_from_the_last_to_the_first(parts: Wiring) -> None:
    """Let the standings lie in the file of the database against the order of their IDs."""
    if parts.engine.dialect.name == "sqlite":
        return
    with parts.engine.begin() as connection:
        ids = sorted(connection.scalars(select(Standing.person_id)), reverse=True)
        for person_id in ids:
            again = update(Standing).where(Standing.person_id == person_id)
            connection.execute(again.values(version=Standing.version))
        lie = connection.exec_driver_sql("SELECT person_id FROM standing ORDER BY ctid")
        assert list(lie.scalars()) == ids
