"""On PostgreSQL the service's role owns nothing and cannot change what is only ever added to, and
a reader's can do nothing but read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, delete, text, update
from sqlalchemy.exc import ProgrammingError

from models.base import Base
from models.grants import ADDED_TO_ONLY
from models.partitions import partitions
from service.ledger.entries import Entry, append
from service.ledger.receipts import Signer
from service.wiring import Wiring
from tests.cli.command import NO_ANSWER, WRONGLY_ASKED, YES, Shell
from tests.conftest import Clock
from tests.database.postgres import Databases, Server
from tests.database.roles import Roles, roles_on
from tests.database.wass import Wass

AS_OF = datetime(2026, 3, 2, 17, tzinfo=UTC)
REFUSED = r"permission denied|must be owner|must be member"
LATER = "entry_2091_07"


@pytest.fixture(scope="module")
def roles(postgres: Server, signer: Signer) -> Iterator[Roles]:
    """The roles of production, with an entry, and a partition that was made later."""
    with roles_on(postgres, signer, AS_OF) as made:
        with made.owner.begin() as owner:
            assert owner.scalar(text("SELECT entry_partition('2091-07-01')"))
        for year in (2026, 2091):
            with made.service.begin() as connection:
                at = AS_OF.replace(year=year, month=7)
                append(connection, Entry(kind="test", as_of=at, outcome="done", said={}))
        yield made


def _ledger(roles: Roles) -> list[str]:
    """The ledger and each of its partitions."""
    with roles.owner.connect() as connection:
        return ["entry", *sorted(partitions(connection))]


def _refused(engine: Engine, statement: str) -> bool:
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    except ProgrammingError as error:
        return re.search(REFUSED, str(error)) is not None
    return False


def test_the_service_does_its_work_with_its_grants(roles: Roles, clock: Clock) -> None:
    wass = Wass(Wiring(roles.service, clock))

    user = wass.knows_a_user()

    with roles.service.begin() as connection:
        append(connection, Entry(kind="test", as_of=AS_OF, outcome="done", said={"user": user}))


@pytest.mark.parametrize("name", sorted(ADDED_TO_ONLY))
def test_the_service_may_not_change_or_remove_what_is_only_added_to(
    roles: Roles, name: str
) -> None:
    table = Base.metadata.tables[name]
    column = next(iter(table.c))
    for statement in (
        update(table).values({column: column}),
        delete(table),
        text(f"TRUNCATE {name}"),
        text(f"ALTER TABLE {name} DISABLE TRIGGER ALL"),
        text(f"DROP TABLE {name}"),
    ):
        with (
            pytest.raises(ProgrammingError, match=REFUSED),
            roles.service.begin() as connection,
        ):
            connection.execute(statement)


def test_the_service_may_do_nothing_to_a_partition_and_not_even_read_it(roles: Roles) -> None:
    ledger = _ledger(roles)[1:]
    assert {"entry_default", LATER} < set(ledger)
    tried = (
        "SELECT FROM {0}",
        "INSERT INTO {0} SELECT * FROM entry",
        "UPDATE {0} SET outcome = 'allow'",
        "DELETE FROM {0}",
        "TRUNCATE {0}",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "DROP TRIGGER entry_append_only ON {0}",
        "DROP TABLE {0}",
        "ALTER TABLE entry DETACH PARTITION {0}",
    )

    done = [
        t
        for name in ledger
        for each in tried
        if not _refused(roles.service, t := each.format(name))
    ]

    assert done == []


def test_the_service_may_make_no_table_and_no_partition_but_those_ahead(roles: Roles) -> None:
    owner = roles.name("owner")
    for statement in (
        "CREATE TABLE mine (id text)",
        "CREATE TABLE mine PARTITION OF entry FOR VALUES FROM ('a') TO ('b')",
        "SELECT entry_partition('2027-01-01')",
        "SELECT entry_default_sorted_in()",
        "ALTER FUNCTION entry_partitions_ahead() SET search_path = public",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$",
        "DROP TRIGGER entry_append_only ON entry",
        f"SET ROLE {owner}",
    ):
        assert _refused(roles.service, statement), statement

    with roles.service.begin() as connection:
        assert connection.scalar(text("SELECT entry_partitions_ahead()")) == 0


def test_what_runs_as_the_owner_is_led_astray_by_nobody(roles: Roles) -> None:
    fixed = text(
        "SELECT proname FROM pg_proc WHERE prosecdef "
        "AND proconfig @> ARRAY['search_path=pg_catalog, pg_temp']"
    )
    with roles.owner.connect() as connection:
        definers = connection.scalars(text("SELECT proname FROM pg_proc WHERE prosecdef")).all()

        assert definers == ["entry_partitions_ahead"]
        assert connection.scalars(fixed).all() == definers
    for role in (roles.stranger, roles.reader):
        assert _refused(role, "SELECT entry_partitions_ahead()")


def test_even_the_owner_is_stopped_by_the_trigger_of_the_ledger_and_of_each_partition(
    roles: Roles,
) -> None:
    for name in _ledger(roles):
        for statement in (
            f"DELETE FROM {name}",
            f"TRUNCATE {name}",
            f"UPDATE {name} SET outcome = 'allow'",
        ):
            with (
                pytest.raises(Exception, match="the ledger is append-only"),
                roles.owner.begin() as connection,
            ):
                connection.execute(text(statement))


def test_an_upgrade_by_the_service_leaves_to_the_owner_what_is_the_owners(roles: Roles) -> None:
    said = Shell(roles.url("service"))("db", "upgrade", "--json")

    assert (said.code, said.json["status"]) == (YES, "ready"), said.err


def test_a_stranger_sees_nothing(roles: Roles) -> None:
    seen = [n for n in Base.metadata.tables if not _refused(roles.stranger, f"SELECT FROM {n}")]

    assert seen == []


def test_the_reader_reads_all_but_what_only_a_caller_may_know(roles: Roles) -> None:
    hidden = {n for n in Base.metadata.tables if _refused(roles.reader, f"SELECT * FROM {n}")}

    assert hidden == {"client", "idempotency"}
    assert _refused(roles.reader, "SELECT token_digest FROM client")
    assert not _refused(roles.reader, "SELECT name, scopes, created_at, revoked_at FROM client")


def test_the_reader_writes_nothing_and_makes_nothing(roles: Roles) -> None:
    tried = [
        each.format(name)
        for name in [*Base.metadata.tables, *_ledger(roles)[1:]]
        for each in ("INSERT INTO {0} DEFAULT VALUES", "DELETE FROM {0}", "TRUNCATE {0}")
    ]
    tried += [
        "UPDATE person SET terminated = true",
        "UPDATE client SET revoked_at = NULL",
        "SELECT FROM person FOR UPDATE",
        "SELECT nextval('checkpoint_id_seq')",
        "CREATE TABLE mine (id text)",
        "CREATE TEMPORARY TABLE mine (id text)",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ]

    done = [each for each in tried if not _refused(roles.reader, each)]

    assert done == []


def test_the_reader_verifies_and_exports_the_ledger_and_reviews(
    roles: Roles, tmp_path: Path
) -> None:
    shell = Shell(roles.url("reader"))

    verified = shell("ledger", "verify", "--json")
    exported = shell("ledger", "export", tmp_path / "ledger.txt", "--json")
    others = [
        shell(*words)
        for words in (
            ("client", "list"),
            ("ledger", "decisions"),
            ("review", "unlocks"),
            ("policy", "history"),
            ("login", "M10001", "--entry", "rob", "--json"),
        )
    ]

    assert (verified.code, verified.json["intact"]) == (YES, True)
    assert exported.json["entries"] == verified.json["entries"] > 2
    assert [each.err for each in others] == [""] * len(others)


def test_a_reader_is_made_by_the_owner_and_again(roles: Roles) -> None:
    shell, name = Shell(roles.url("service")), roles.name("reader")

    said = shell("db", "reader", name, "--json", GATEHOUSE_OWNER_URL=roles.url("owner"))
    told = shell("db", "reader", name, GATEHOUSE_OWNER_URL=roles.url("owner"))

    assert said.code == told.code == YES
    assert said.json["role"] == name
    assert "entry" in said.json["reads"]
    assert "idempotency" not in said.json["reads"]
    assert told.out.startswith(f"{name} may read ")


@pytest.mark.parametrize(
    ("role", "by", "why"),
    [
        ("nobody_of_that_name", "owner", "CREATE ROLE nobody_of_that_name LOGIN"),
        ("{service}", "owner", "{service} has other rights already: DELETE on activ"),
        ("{owner}", "owner", "{owner} has other rights already"),
        ("{stranger}", "service", "GATEHOUSE_OWNER_URL"),
    ],
)
def test_who_can_be_no_reader_is_told_why_and_stays_as_he_was(
    roles: Roles, role: str, by: str, why: str
) -> None:
    names = {each: roles.name(each) for each in ("owner", "service", "stranger")}
    shell = Shell(roles.url("service"))

    said = shell("db", "reader", role.format(**names), GATEHOUSE_OWNER_URL=roles.url(by))

    assert (said.code, said.out) == (WRONGLY_ASKED, "")
    assert why.format(**names) in said.err
    assert _refused(roles.stranger, "SELECT FROM entry")
    assert not _refused(roles.service, "UPDATE delivery SET through = 0")


@pytest.mark.parametrize(
    ("given", "taken", "told"),
    [
        ("GRANT {owner} TO {stranger}", "REVOKE {owner} FROM {stranger}", "ALL of {owner}"),
        (
            "GRANT UPDATE (outcome) ON entry TO {stranger}",
            "REVOKE ALL ON entry FROM {stranger}",
            "UPDATE on entry",
        ),
        (
            "GRANT SELECT (token_digest) ON client TO {stranger}",
            "REVOKE ALL ON client FROM {stranger}",
            "SELECT on client.token_digest",
        ),
        (
            "GRANT CREATE ON SCHEMA public TO {stranger}",
            "REVOKE ALL ON SCHEMA public FROM {stranger}",
            "CREATE on schema public",
        ),
        ("ALTER ROLE {stranger} CREATEROLE", "ALTER ROLE {stranger} NOCREATEROLE", "CREATEROLE"),
    ],
)
def test_who_could_do_more_is_no_reader(
    roles: Roles, postgres: Server, given: str, taken: str, told: str
) -> None:
    names = {each: roles.name(each) for each in ("owner", "stranger")}
    admin = create_engine(postgres.url.set(database=roles.owner.url.database))
    shell = Shell(roles.url("service"))
    with admin.begin() as connection:
        connection.execute(text(given.format(**names)))

    said = shell("db", "reader", names["stranger"], GATEHOUSE_OWNER_URL=roles.url("owner"))

    with admin.begin() as connection:
        connection.execute(text(taken.format(**names)))
    admin.dispose()
    assert (said.code, said.out) == (WRONGLY_ASKED, "")
    assert told.format(**names) in said.err
    assert _refused(roles.stranger, "SELECT FROM person")


def test_only_postgresql_has_readers_and_only_of_this_schema(
    tmp_path: Path, postgres: Server, prepared_postgres: Databases
) -> None:
    embedded = Shell(f"sqlite:///{tmp_path / 'gatehouse.db'}")
    embedded("db", "upgrade")
    empty = postgres.url.set(database="postgres").render_as_string(hide_password=False)

    of_a_file = embedded("db", "reader", "auditor")
    of_nothing = Shell(empty)("db", "reader", "auditor")
    of_no_server = Shell("postgresql://gate@127.0.0.1:1/none")("db", "reader", "auditor")

    assert (of_a_file.code, of_nothing.code) == (WRONGLY_ASKED, WRONGLY_ASKED)
    assert "only PostgreSQL has roles" in of_a_file.err
    assert "gatehouse db upgrade" in of_nothing.err
    assert of_no_server.code == NO_ANSWER
