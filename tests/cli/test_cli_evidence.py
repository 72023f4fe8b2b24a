"""gatehouse ledger export --evidence: one certification window, for somebody else to check."""

import csv
import subprocess
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from service.core.rulebook import digest_of
from service.ledger.exporting import exported, exported_origin
from service.ledger.keys import use_key
from service.ledger.receipts import Signer
from service.ledger.tree import includes
from service.wiring import Wiring
from tests.cli.command import WRONGLY_ASKED, YES, Said, Shell
from tests.conftest import Callers, Clock
from tests.database.closer import Closer
from tests.database.wass import ELMS, OAKS, Somebody, Wass, extract_of
from tests.web.asking import ANY_DATABASE, Gate, Subsystem

OPENS, BEFORE = "2025-09-01", "2024-10-01"
IN_WINDOW, AFTERWARDS = "2025-10-01", "2026-01-02"
WINDOW = f"external-{OPENS}"
ROB = {"rob_accepted_on": "2025-06-01"}
pytestmark = ANY_DATABASE


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, by the ids of the decisions."""

    certified: str
    flagged: str
    withdrawn: str
    unassigned: str
    locked: str


@pytest.fixture
def story(
    parts: Wiring, signer: Signer, wass: Wass, gate: Gate, callers: Callers, clock: Clock
) -> Story:
    """A window in which one of five was certified here and one by an import."""
    with parts.engine.begin() as connection:
        use_key(connection, signer, parts.clock())
    users = [Somebody(id=f"M1000{n}", properties=[OAKS], **ROB) for n in (2, 3, 4, 7)]
    people = [
        Somebody(id="M10001", properties=[OAKS, ELMS], **ROB),
        *users,
        Somebody(id="M10005", properties=[OAKS], created_on="2025-10-01", **ROB),
        Somebody(id="M10006", properties=[OAKS], terminated=True, **ROB),
        Somebody(id="M10008", properties=[OAKS], created_on="2026-01-01", **ROB),
        Somebody(id="M90001", coordinator=True, roles=("TRACS", "TCR"), bpr=[OAKS, ELMS], **ROB),
        Somebody(id="H10001", population="hud_staff", **ROB),
    ]
    staff = [("M90001", f"M1000{n}") for n in (1, 2, 3, 4)]
    long_ago = [(f"M1000{n}", "M90001", BEFORE) for n in (1, 2, 3, 4, 7)]
    imported = [("M10007", "M90001", "2025-09-15")]
    wass.says(extract_of(*people, staff=staff, certified=[*long_ago, *imported]), day=OPENS)
    clock.put(IN_WINDOW)
    subsystem = Subsystem(gate.http, callers["subsystem"])
    certified = subsystem.posts("/v1/certifications", user_id="M10001")
    flagged = subsystem.posts("/v1/flags", user_id="M10003", items=["TRACS"], confirm=True)
    waiting = subsystem.posts("/v1/flags", user_id="M10004", items=["IMAX"], confirm=True)
    withdrawn = subsystem.deletes(f"/v1/flags/{waiting['flags'][0]['flag_id']}")
    unassigned = subsystem.deletes("/v1/staff/M90001/M10004")
    gate.login("M10005")  # a new user; it is the window before that had closed last
    clock.put(AFTERWARDS)
    assert gate.login("M10001")["decision"] == "allow"
    locked = gate.login("M10002", property_id=OAKS)
    answers = (certified, flagged, withdrawn, unassigned, locked)
    return Story(*(each["decision_id"] for each in answers))


def _export(shell: Shell, folder: Path, window: str = WINDOW) -> Said:
    return shell("ledger", "export", "--evidence", window, folder, "--json")


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_says_who_was_due_and_who_was_certified(
    shell: Shell, story: Story, tmp_path: Path
) -> None:
    told = _export(shell, tmp_path / "evidence")

    assert told.code == YES, told.err
    due = {each["user_id"]: each for each in _table(tmp_path / "evidence", "due")}
    assert {i: each["certified"] for i, each in due.items()} == {
        "M10001": "yes",
        **dict.fromkeys(("M10002", "M10003", "M10004", "M10005"), "no"),
        "M10007": "yes",
    }
    assert (due["M10001"]["by"], due["M10001"]["last_requested_on"]) == ("M90001", IN_WINDOW)
    assert (due["M10002"]["by"], due["M10002"]["last_requested_on"]) == ("", "")
    assert told.json["rows"] == {"due": 6, "certifications": 2, "removed": 3, "locked": 1}


def test_it_says_who_certified_whom_when_and_for_which_properties(
    shell: Shell, story: Story, tmp_path: Path
) -> None:
    _export(shell, tmp_path / "evidence")

    here, imported = _table(tmp_path / "evidence", "certifications")
    assert (here["coordinator_id"], here["user_id"]) == ("M90001", "M10001")
    assert (here["asked_on"], here["asked_at"]) == (IN_WINDOW, "2025-10-01T16:00:00+00:00")
    assert (here["properties"], here["counts"]) == (f"{OAKS} {ELMS}", "yes")
    assert here["decision_id"] == story.certified
    assert (imported["user_id"], imported["asked_on"]) == ("M10007", "2025-09-15")
    assert (imported["asked_at"], imported["decision_id"]) == ("", "")


def test_it_says_what_was_removed_and_why(shell: Shell, story: Story, tmp_path: Path) -> None:
    _export(shell, tmp_path / "evidence")

    rows = {each["what"]: each for each in _table(tmp_path / "evidence", "removed")}
    role, flag, relation = rows["role"], rows["flag"], rows["relation"]
    assert (role["user_id"], role["item"], role["properties"]) == ("M10003", "TRACS", "whole")
    assert (role["on"], role["by"]) == ("2026-01-01", "M90001")
    assert role["why"] == "flagged for removal by M90001 on 2025-10-01"
    assert role["decision_ids"] == story.flagged
    assert (flag["user_id"], flag["item"]) == ("M10004", "IMAX")
    assert (flag["why"], flag["decision_ids"]) == ("flag taken back by M90001", story.withdrawn)
    assert (relation["user_id"], relation["item"]) == ("M10004", "M90001")
    assert relation["decision_ids"] == story.unassigned


def test_it_says_which_logins_were_locked_for_it_and_not_for_the_window_before(
    shell: Shell, story: Story, tmp_path: Path
) -> None:
    _export(shell, tmp_path / "evidence")
    _export(shell, tmp_path / "before", "external-2024")

    (row,) = _table(tmp_path / "evidence", "locked")
    assert (row["user_id"], row["entry"]) == ("M10002", "tracs_menu")
    assert (row["property_id"], row["reasons"]) == (str(OAKS), "NOT_CERTIFIED")
    assert row["decision_id"] == story.locked
    (earlier,) = _table(tmp_path / "before", "locked")
    assert (earlier["user_id"], earlier["reasons"]) == ("M10005", "NEW_USER_NOT_CERTIFIED")


def test_it_holds_the_rulebooks_the_entries_and_the_proof_of_each(
    shell: Shell, story: Story, tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    assert shell("ledger", "checkpoint").code == YES

    _export(shell, folder)

    for rulebook in (folder / "rulebook").iterdir():
        files = [each for each in rulebook.rglob("*") if each.is_file()]
        texts = {each.relative_to(rulebook).as_posix(): each.read_bytes() for each in files}
        assert digest_of(texts) == rulebook.name
    kept = {each.entry_id: each for each in exported(folder / "entries.txt")}
    assert set(kept) == set(decisions_of(story))
    proofs = [orjson.loads(each) for each in (folder / "proofs.jsonl").read_text().splitlines()]
    assert {each["entry_id"] for each in proofs} == set(kept)
    newest = (folder / "checkpoints.txt").read_text().splitlines()
    assert newest[0] == exported_origin(folder / "entries.txt")
    for proof in proofs:
        assert str(proof["size"]) == newest[1]
        leaf = kept[proof["entry_id"]].leaf_hash
        path = [b64decode(each) for each in proof["path"]]
        assert includes(leaf, proof["index"], proof["size"], path, b64decode(newest[2]))
    keys = orjson.loads((folder / "keys.json").read_bytes())["keys"]
    assert {each.key_id for each in kept.values()} <= {each["key_id"] for each in keys}


def test_what_the_closing_of_the_window_recorded_is_among_the_entries(
    shell: Shell, story: Story, parts: Wiring, tmp_path: Path
) -> None:
    closer = Closer(parts)
    removed = closer.closes().removed

    _export(shell, tmp_path / "evidence")

    kept = {each.entry_id for each in exported(tmp_path / "evidence" / "entries.txt")}
    assert kept == {*decisions_of(story), *closer.found().entries}
    rows = _table(tmp_path / "evidence", "removed")
    roles = [[r["user_id"], r["item"], r["properties"]] for r in rows if r["what"] == "role"]
    assert roles == removed


def decisions_of(story: Story) -> list[str]:
    """The decisions the rows name."""
    return [getattr(story, name) for name in Story.__slots__]


def test_the_manifest_names_every_file_and_its_hash(
    shell: Shell, story: Story, tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    _export(shell, folder)

    checking = ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST.sha256"]
    checked = subprocess.run(checking, cwd=folder, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
    named = {line[66:] for line in (folder / "MANIFEST.sha256").read_text().splitlines()}
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert named == files - {"MANIFEST.sha256"}
    (folder / "due.csv").write_text("nobody\n")
    assert subprocess.run(checking, cwd=folder, capture_output=True, check=False).returncode != 0


def test_a_folder_that_is_not_empty_is_left_alone(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")

    told = shell("ledger", "export", "--evidence", WINDOW, tmp_path)

    assert told.code == WRONGLY_ASKED
    assert "expected a folder that is empty or not there" in told.err
    assert {each.name for each in tmp_path.iterdir() if each.is_file()} >= {"kept.txt"}
    assert not list(tmp_path.glob("*.csv"))


@pytest.mark.parametrize("name", [WINDOW, "external-2025", OPENS])
def test_a_window_is_named_by_population_and_year_or_day_or_by_a_day_alone(
    shell: Shell, tmp_path: Path, name: str
) -> None:
    told = _export(shell, tmp_path / "evidence", name)

    assert (told.code, told.json["window"]) == (YES, WINDOW)


@pytest.mark.parametrize("name", ["2025", "external-2016", "2022-09-01", "external-2099"])
def test_no_window_or_several_is_asked_wrongly_and_nothing_is_written(
    shell: Shell, tmp_path: Path, name: str
) -> None:
    told = _export(shell, tmp_path / "evidence", name)

    assert told.code == WRONGLY_ASKED
    assert WINDOW in told.err
    assert not (tmp_path / "evidence").exists()


def test_people_are_told_how_much_was_written(shell: Shell, tmp_path: Path) -> None:
    told = shell("ledger", "export", "--evidence", WINDOW, tmp_path / "evidence")

    assert told.out.startswith(f"{WINDOW}: 0 due, 0 certifications, 0 removed, 0 locked;")
