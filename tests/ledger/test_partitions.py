"""On PostgreSQL each month of the ledger has a partition, and no entry ever waits for one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select, text
from structlog.testing import capture_logs

from models.engine import open_engine, reading
from models.ledger import Entry as EntryRow
from models.partitions import make_ahead, partitions
from models.schema import at_head, differences, upgrade
from service.ledger.entries import Entry, append, read_entry
from service.ledger.keys import use_key
from service.ledger.outside import Folder
from service.ledger.reading import kept
from service.ledger.receipts import Signer
from service.ledger.searching import Search, newest_about, newest_first, oldest_first
from service.recertification.replay import KINDS
from service.sealer.ahead import look_ahead
from tests.conftest import Clock
from tests.database.migrating import upgrade_to
from tests.database.postgres import Databases, Server
from tests.database.roles import roles_on
from tests.ledger.conftest import Ledger

AS_OF = datetime(2026, 3, 2, 17, tzinfo=UTC)
POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
MANY = 40
OF_A_MONTH = 3000
_MILLISECOND = timedelta(milliseconds=1)
_MONTH = "date_trunc('month', now() AT TIME ZONE 'UTC') + interval '{} months'"


def _month(connection: Connection, ahead: int) -> datetime:
    """The first instant of this month or of one to come, by the server's clock."""
    found = connection.scalar(text(f"SELECT {_MONTH.format(ahead)}"))
    assert found is not None
    return found.replace(tzinfo=UTC)


def _name(month: datetime) -> str:
    return f"entry_{month:%Y_%m}"


def _writes(connection: Connection, as_of: datetime, **said: Any) -> str:
    entry = Entry(kind="login", as_of=as_of, outcome="lock", said=said, person_id="M10001")
    return append(connection, entry).entry_id


def _place(connection: Connection, entry_id: str) -> str:
    """The partition an entry is in."""
    where = text("SELECT tableoid::regclass::text FROM entry WHERE id = :id")
    return str(connection.scalar(where, {"id": entry_id}))


def _drop(connection: Connection, month: datetime) -> None:
    """Take the partition of *month* away, as if it had never been made."""
    connection.execute(text(f"DROP TABLE {_name(month)}"))


# An older database


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of the schema before there were partitions."""
    url = f"sqlite:///{tmp_path / 'older.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("prepared_postgres").empty()
    engine = open_engine(url)
    with engine.begin() as connection:
        upgrade_to(connection, "0007")
    yield engine
    engine.dispose()


def _rows(connection: Connection) -> list[Any]:
    return list(connection.execute(select(EntryRow.__table__).order_by(EntryRow.id)))


def test_an_older_database_keeps_every_row_and_goes_on(
    older: Engine, signer: Signer, clock: Clock, tmp_path: Path
) -> None:
    with older.begin() as connection:
        use_key(connection, signer, clock())
    ledger = Ledger(older, signer, Folder(tmp_path / "outside"), clock, clock())
    ledger.grows(MANY)
    with older.connect() as connection:
        before = _rows(connection)

    with older.begin() as connection:
        upgrade(connection)

    with older.connect() as connection:
        assert at_head(connection)
        assert differences(connection) == []
        assert _rows(connection) == before
    ledger.grows(MANY)
    assert ledger.verified(held=True).intact
    assert ledger.verified().entries == 1 + 2 * MANY


@pytest.fixture
def older_postgres(prepared_postgres: Databases) -> Iterator[Engine]:
    """The same, on PostgreSQL, with some entries."""
    engine = open_engine(prepared_postgres.empty())
    with engine.begin() as connection:
        upgrade_to(connection, "0007")
        for _ in range(MANY):
            _writes(connection, AS_OF)
    yield engine
    engine.dispose()


def test_no_row_is_moved_or_written_anew(older_postgres: Engine) -> None:
    places = text("SELECT id, ctid::text, xmin::text FROM entry ORDER BY id")
    files = text(
        "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relname IN "
        "('entry', 'leaf', 'signature') OR relname LIKE 'entry_before%' AND relkind = 'r'"
    )
    with older_postgres.begin() as connection:
        before = connection.execute(places).all(), {f for _, f in connection.execute(files)}

        upgrade(connection)

        after = connection.execute(places).all(), {f for _, f in connection.execute(files)}
    assert after == before


def test_what_lies_ahead_of_the_clock_is_within_the_first_partition_too(
    older_postgres: Engine,
) -> None:
    with older_postgres.begin() as connection:
        ahead = _writes(connection, datetime(2077, 3, 2, tzinfo=UTC))

        upgrade(connection)

        assert _place(connection, ahead) == "entry_before_2077_04"
        assert partitions(connection) == {"entry_before_2077_04", "entry_default"}


def test_who_could_read_the_ledger_can_go_on_and_reaches_no_partition(
    older_postgres: Engine, postgres: Server, signer: Signer
) -> None:
    with roles_on(postgres, signer, AS_OF) as roles, older_postgres.begin() as connection:
        for right, role in (("SELECT", "stranger"), ("SELECT, INSERT", "service")):
            connection.execute(text(f"GRANT {right} ON entry TO {roles.name(role)}"))

        upgrade(connection)

        may = text(
            "SELECT c.relname, privilege_type FROM pg_class c, aclexplode(c.relacl) "
            "WHERE c.relname LIKE 'entry%' AND grantee = CAST(:role AS regrole)"
        )
        for right, role in ((["SELECT"], "stranger"), (["INSERT", "SELECT"], "service")):
            found = connection.execute(may, {"role": roles.name(role)}).all()
            assert sorted(map(tuple, found)) == [("entry", each) for each in right]
        for role in ("stranger", "service"):
            connection.execute(text(f"REVOKE ALL ON entry FROM {roles.name(role)}"))


# As time goes by


@POSTGRES
def test_the_tables_are_what_the_models_say_however_many_partitions_there_are(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        assert len(partitions(connection)) == 5
        assert differences(connection) == []


@POSTGRES
def test_an_entry_of_any_time_is_written_and_found(engine: Engine) -> None:
    times = [datetime(year, 7, 1, tzinfo=UTC) for year in (1971, 2026, 2027, 2095)]
    with engine.begin() as connection:
        ids = {at: _writes(connection, at, year=at.year) for at in times}

        assert _place(connection, ids[times[-1]]) == "entry_default"
        for at, entry_id in ids.items():
            found = read_entry(connection, entry_id)
            assert found is not None
            assert found["year"] == at.year


@POSTGRES
def test_a_month_begins_with_its_first_millisecond_in_utc(engine: Engine) -> None:
    with engine.begin() as connection:
        first, second = _month(connection, 1), _month(connection, 2)
        times = first - _MILLISECOND, first, second - _MILLISECOND
        places = [_place(connection, _writes(connection, at)) for at in times]

    assert places == [f"entry_before_{first:%Y_%m}", _name(first), _name(first)]


@POSTGRES
def test_ids_are_compared_bytewise_whatever_the_language_of_the_database(engine: Engine) -> None:
    columns = text(
        "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_collation l ON l.oid = a.attcollation WHERE c.relkind IN ('r', 'p') "
        "AND a.attname = CASE WHEN c.relname LIKE 'entry%' THEN 'id' ELSE 'entry_id' END "
        "AND l.collname = 'C' ORDER BY 1"
    )
    with engine.connect() as connection:
        found = set(connection.scalars(columns))

        assert found == {"entry", "leaf", "signature", *partitions(connection)}


@POSTGRES
def test_what_is_missing_ahead_is_made_once_however_many_make_it(
    engine: Engine, database_url: str
) -> None:
    with engine.begin() as connection:
        before = partitions(connection)
        for ahead in (1, 3):
            _drop(connection, _month(connection, ahead))
    together = Barrier(2)

    def makes(_: int) -> int:
        other = open_engine(database_url)
        together.wait()
        with other.begin() as connection:
            made = make_ahead(connection)
        other.dispose()
        return made

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(makes, range(2))) == [0, 2]

    with engine.connect() as connection:
        assert partitions(connection) == before


@POSTGRES
def test_a_partition_is_made_while_entries_are_being_written(engine: Engine) -> None:
    with engine.begin() as connection:
        _drop(connection, _month(connection, 3))

    with engine.begin() as writer:
        entry_id = _writes(writer, AS_OF)
        look_ahead(engine)

    with engine.connect() as connection:
        assert _name(_month(connection, 3)) in partitions(connection)
        assert read_entry(connection, entry_id) is not None


@POSTGRES
def test_a_partition_made_too_late_leaves_what_the_default_one_took_until_the_owner_sorts_it_in(
    ledger: Ledger,
) -> None:
    with ledger.engine.begin() as connection:
        months = [_month(connection, ahead) for ahead in (1, 2, 3)]
        for month in months:
            _drop(connection, month)
        far = _writes(connection, datetime(2095, 7, 1, tzinfo=UTC))
    ledger.at = months[1]
    late = ledger.grows(MANY)

    look_ahead(ledger.engine)

    with ledger.engine.begin() as connection:
        assert {_name(months[0]), _name(months[2])} < partitions(connection)
        assert {_place(connection, each) for each in late} == {"entry_default"}

        upgrade(connection)

        assert {_place(connection, each) for each in late} == {_name(months[1])}
        assert _place(connection, far) == "entry_default"
        assert differences(connection) == []
    assert ledger.verified(held=True).intact
    for table in ("entry_default", _name(months[1])):
        with (
            pytest.raises(Exception, match="append-only"),
            ledger.engine.begin() as connection,
        ):
            connection.execute(text(f"TRUNCATE {table}"))


@POSTGRES
def test_what_is_no_id_of_ours_stays_in_the_default_partition_and_stops_nothing(
    engine: Engine,
) -> None:
    strange = {"id": "zz", "kind": "", "as_of": AS_OF, "person_id": "", "outcome": ""}
    with engine.begin() as connection:
        connection.execute(EntryRow.__table__.insert(), {**strange, "reason": "", "body": b""})

        upgrade(connection)

        assert _place(connection, "zz") == "entry_default"


def test_without_the_right_to_make_partitions_nothing_breaks(
    postgres: Server, signer: Signer
) -> None:
    with capture_logs() as logged, roles_on(postgres, signer, AS_OF) as roles:
        with roles.owner.begin() as connection:
            last = _month(connection, 3)
            _drop(connection, last)
            function = "FUNCTION entry_partitions_ahead()"
            connection.execute(text(f"REVOKE ALL ON {function} FROM {roles.name('service')}"))

        look_ahead(roles.service)

        with roles.service.begin() as connection:
            entry_id = _writes(connection, last)
            assert read_entry(connection, entry_id) is not None
        with roles.owner.connect() as connection:
            assert _place(connection, entry_id) == "entry_default"
    assert ["gatehouse db upgrade" in each["cure"] for each in logged] == [True]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_has_one_table(engine: Engine) -> None:
    with capture_logs() as logged:
        look_ahead(engine)

    with engine.begin() as connection:
        assert partitions(connection) == set()
    assert not logged


# Archives


@POSTGRES
def test_a_detached_partition_is_missed_unless_it_is_said_to_be_archived(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        end = _month(connection, 1)
    old = ledger.grows(MANY)
    ledger.at = end
    ledger.grows(MANY)
    with ledger.engine.begin() as connection:
        first = f"entry_before_{end:%Y_%m}"
        archived = connection.scalar(text(f"SELECT count(*) FROM {first}"))
        connection.execute(text(f"ALTER TABLE entry DETACH PARTITION {first}"))

    missed = ledger.verified(held=True)
    told = ledger.verified(held=True, archived_before=end)
    early = ledger.verified(held=True, archived_before=end - timedelta(days=400))

    assert missed.damage is not None
    assert early.damage is not None
    assert told.damage is None
    assert (told.archived, told.entries) == (archived, archived + MANY)
    assert archived >= len(old)


@POSTGRES
@pytest.mark.parametrize("covered", [True, False])
def test_an_archive_hides_no_damage(ledger: Ledger, covered: bool) -> None:
    with ledger.engine.connect() as connection:
        end = _month(connection, 1)
    old = ledger.grows(MANY) if covered else ledger.writes(MANY)
    ledger.at = end
    ledger.seals()
    with ledger.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE entry DETACH PARTITION entry_before_{end:%Y_%m}"))
        if covered:
            connection.execute(text("ALTER TABLE leaf DISABLE TRIGGER USER"))
            forged = text("UPDATE leaf SET leaf_hash = sha256('x') WHERE entry_id = :id")
            connection.execute(forged, {"id": old[7]})

    found = ledger.verified(archived_before=end).damage

    assert found is not None
    assert found.entry_id == old[7] if covered else found.how == "missing"


# How questions are answered

_Plan = dict[str, Any]


@pytest.fixture(scope="module")
def filled(prepared_postgres: Databases) -> Iterator[Engine]:
    """A ledger of four months, each with a partition and some thousand entries."""
    engine = open_engine(prepared_postgres.copy())
    with engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO entry SELECT
              entry_bound(month) || '-7000-8000-' || lpad(to_hex(n), 12, '0'),
              CASE WHEN mod(n, 50) = 0 THEN 'unlock' ELSE 'login' END, month,
              'M' || 10000 + mod(n, 500), 'lock', CASE WHEN mod(n, 90) = 0 THEN 'RARE' ELSE '' END,
              convert_to('{"id": "' || n || '"}', 'UTF8')
            FROM generate_series(1, :many) AS n, LATERAL (
              SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + ahead * interval '1 month')
                ::date AS month FROM generate_series(0, 3) AS ahead) AS months
            """),
            {"many": OF_A_MONTH},
        )
        connection.execute(text("ANALYZE"))
    yield engine
    engine.dispose()


def _plans(engine: Engine, ask: Callable[[Connection], object]) -> list[_Plan]:
    """How the server answers each statement of *ask*."""
    asked: list[tuple[str, Any]] = []
    with reading(engine).begin() as connection:
        event.listen(
            connection, "before_cursor_execute", lambda *told: asked.append((told[2], told[3]))
        )
        ask(connection)
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).scalar_one()
            for sql, values in asked
        ]
    return [each[0]["Plan"] for each in found]


def _parts(plan: _Plan) -> Iterator[_Plan]:
    yield plan
    for each in plan.get("Plans", []):
        yield from _parts(each)


def _read(plans: list[_Plan]) -> set[str]:
    """The tables that are read."""
    parts = [part for plan in plans for part in _parts(plan)]
    return {part["Relation Name"] for part in parts if "Relation Name" in part}


def _sorted(plans: list[_Plan]) -> int:
    """The most rows that are sorted, as the server reckons."""
    parts = [part for plan in plans for part in _parts(plan)]
    return max((p["Plans"][0]["Plan Rows"] for p in parts if "Sort" in p["Node Type"]), default=0)


def _read_whole(plans: list[_Plan]) -> set[str]:
    """The tables that are read from beginning to end."""
    parts = [part for plan in plans for part in _parts(plan)]
    return {part["Relation Name"] for part in parts if part["Node Type"] == "Seq Scan"}


def _id(connection: Connection, ahead: int) -> str:
    return str(connection.scalar(text(f"SELECT max(id) FROM {_name(_month(connection, ahead))}")))


def test_an_entry_is_looked_for_in_its_month_alone(filled: Engine) -> None:
    with filled.connect() as connection:
        entry_id, month = _id(connection, 2), _name(_month(connection, 2))

    for ask in (
        lambda c: read_entry(c, entry_id),
        lambda c: list(kept(c, only=[entry_id])),
    ):
        assert _read(_plans(filled, ask)) - {"leaf", "signature"} == {month}


def test_a_page_is_read_in_order_and_no_more_is_sorted_than_a_few(filled: Engine) -> None:
    with filled.connect() as connection:
        before, month = _id(connection, 2), _month(connection, 2)
    asks: list[Callable[[Connection], object]] = [
        lambda c: next(newest_first(c, Search(kinds=KINDS))),
        lambda c: next(newest_first(c, Search(kinds=KINDS, before=before))),
        lambda c: next(newest_first(c, Search(kinds=KINDS, reason="RARE"))),
        lambda c: next(oldest_first(c, Search(kinds=KINDS, since=month))),
        lambda c: next(newest_first(c, Search(kinds=("unlock",)))),
    ]

    for ask in asks:
        plans = _plans(filled, ask)
        assert _sorted(plans) < OF_A_MONTH / 10
        assert _read_whole(plans) <= {"entry_default"}


def test_what_one_person_did_is_found_by_an_index_in_each_month(filled: Engine) -> None:
    search = Search(kinds=KINDS, person_id="M10007")

    plans = _plans(filled, lambda c: list(islice(newest_about(c, search, bool), 9)))

    assert _read_whole(plans) <= {"entry_default"}


def test_a_stretch_of_time_is_looked_for_in_its_months_alone(filled: Engine) -> None:
    with filled.connect() as connection:
        since, until = _month(connection, 1), _month(connection, 3) - timedelta(hours=1)
    search = Search(kinds=KINDS, since=since, until=until)

    plans = _plans(filled, lambda c: next(oldest_first(c, search)))

    assert _read(plans) == {_name(since), _name(_month_after(since))}


def _month_after(month: datetime) -> datetime:
    return (month + timedelta(days=32)).replace(day=1)
