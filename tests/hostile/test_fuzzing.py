"""Rubbish that looks like the real thing: it is refused in words, or it is the real thing.

What was bytes of ours is cut, doubled, moved and changed; hypothesis finds what matters and makes
it small. GATEHOUSE_FUZZ says how often.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from service.core.findings import RulebookError
from service.core.rulebook import read_rulebook
from service.feed.importing import Progress, ShrinkError, import_feed
from service.feed.reading import FeedError
from service.ledger.notes import (
    Checkpoint,
    NoteError,
    NoteKey,
    open_note,
    read_checkpoint,
    sign_note,
)
from service.ledger.receipts import Signer
from service.policy.active import Courts
from tests.conftest import Callers, Clock
from tests.core.policy_texts import shipped
from tests.web.asking import ANY_DATABASE

often = settings(
    max_examples=int(os.environ.get("GATEHOUSE_FUZZ", "100")),
    derandomize="GATEHOUSE_FUZZ" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
Edit = Callable[[bytes], bytes]
_TROUBLE = (
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n", b"\n\n", b'"', b"'", b",", b"#", b"\\"),
    *(b" ", b"\t", b"-", b"0", b"9" * 40, b"nan", b"null", b"true", b"[", b"{", b"&a", b"*a"),
    *("\u202e".encode(), "\u00a0".encode(), "\u0661".encode(), "İ".encode(), b"allow", b"M10001"),
)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """Something done to bytes: here and there, once or a few times."""
    steps = draw(
        st.lists(
            st.tuples(
                st.sampled_from(("drop", "double", "put", "over", "move")),
                st.floats(0, 1, exclude_max=True),
                st.integers(0, 60),
                st.one_of(st.sampled_from(_TROUBLE), st.binary(max_size=6)),
            ),
            min_size=1,
            max_size=4,
        )
    )

    def edit(raw: bytes) -> bytes:
        for kind, where, length, bytes_ in steps:
            at = int(where * (len(raw) + 1))
            cut = raw[at : at + length]
            behind = raw[at + length :]
            raw = {
                "drop": raw[:at] + behind,
                "double": raw[:at] + cut + cut + behind,
                "put": raw[:at] + bytes_ + raw[at:],
                "over": raw[:at] + bytes_ + raw[at + len(bytes_) :],
                "move": raw[:at] + behind[:length] + cut + behind[length:],
            }[kind]
        return raw

    return edit


@often
@given(file=st.sampled_from(sorted(shipped())), edit=edits())
def test_a_policy_is_read_or_refused_with_file_and_line(file: str, edit: Edit) -> None:
    texts = shipped()
    texts[file] = edit(texts[file])

    try:
        read_rulebook(texts)
        findings = None
    except RulebookError as refused:
        findings = refused.findings

    assert findings is None or findings
    assert all(each.file and each.line >= 0 and each.message for each in findings or ())


@cache
def _signed() -> tuple[NoteKey, str]:
    private = Ed25519PrivateKey.generate()
    signer = Signer(private)
    key = NoteKey("gatehouse.example/fuzz", signer.raw_public_key)
    made = Checkpoint(key.name, 7, b"\x07" * 32, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    return key, sign_note(made.text(), key, signer.sign)


@often
@given(edit=edits())
def test_a_note_that_was_changed_says_what_was_signed_or_is_refused(edit: Edit) -> None:
    key, note = _signed()
    changed = edit(note.encode()).decode(errors="replace")

    try:
        text = open_note(changed, [key])
    except NoteError:
        return

    assert text == open_note(note, [key])


@often
@given(edit=edits())
def test_a_checkpoint_is_read_as_it_is_written_or_refused(edit: Edit) -> None:
    key, note = _signed()
    changed = edit(open_note(note, [key]).encode()).decode(errors="replace")

    try:
        found = read_checkpoint(changed)
    except NoteError:
        return

    assert found.text() == changed


@ANY_DATABASE
def test_only_the_token_itself_opens_the_door(http: FlaskClient, callers: Callers) -> None:
    real = callers["auditor"]["Authorization"]

    @often
    @given(edit=edits())
    def asks(edit: Edit) -> None:
        said = edit(real.encode()).decode("latin-1").translate(dict.fromkeys(b"\r\n\x00"))
        answer = http.get("/v1/policy", headers={"Authorization": said})
        same = said.split() == real.split() or said.lower().split() == real.lower().split()
        assert answer.status_code == 401 or (same and answer.status_code == 200), said

    asks()


_FEED = {
    "people.csv": b"id,population,coordinator,created_on,wass_status,wass_last_access_on,"
    b"password_changed_on,last_activity_on,rob_accepted_on\n"
    b"M10001,external,no,2015-01-05,active,2026-03-01,2026-02-01,2026-02-20,2025-12-01\n"
    b'M90001,external,yes,2015-01-05,active,2026-03-01,2026-02-01,2026-02-20,"2025-12-01"\n',
    "roles.csv": b"person_id,role\nM10001,TRACS\nM90001,TCC\n",
    "properties.csv": b'property_id,name,city,state\n800000001,"The ""Oaks""",Washington,DC\n',
    "contracts.csv": b"contract_number,property_id\nDC39S931002,800000001\n",
    "property_assignments.csv": b"person_id,property_id\nM10001,800000001\n",
    "business_partners.csv": b"coordinator_id,property_id\nM90001,800000001\n",
    "staff.csv": b"coordinator_id,user_id\nM90001,M10001\n",
    "certifications.csv": b"person_id,coordinator_id,requested_on\nM10001,M90001,2025-10-01\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a feed is put."""
    folder = tmp_path / "feed"
    folder.mkdir()
    return folder


def test_a_feed_is_taken_as_a_whole_or_refused_by_its_lines(
    engine: Engine, clock: Clock, warm_courts: Courts, folder: Path
) -> None:
    def takes(connection: Connection) -> None:
        import_feed(connection, folder, courts=warm_courts, as_of=clock(), progress=Progress())

    @often
    @given(file=st.sampled_from(sorted(_FEED)), edit=edits())
    def arrives(file: str, edit: Edit) -> None:
        for name, raw in _FEED.items():
            (folder / name).write_bytes(edit(raw) if name == file else raw)
        with engine.connect() as connection, connection.begin() as transaction:
            with suppress(FeedError, ShrinkError):
                takes(connection)
            transaction.rollback()

    arrives()
