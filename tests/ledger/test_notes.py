"""Checkpoints are signed notes as others write and read them; what is forged nobody takes."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore._internal.trust import Keyring, RekorKeyring
from sigstore._utils import KeyID
from sigstore.errors import VerificationError
from sigstore_models.common.v1 import PublicKey, PublicKeyDetails

from service.ledger.notes import (
    Checkpoint,
    NoteError,
    NoteKey,
    open_note,
    read_checkpoint,
    sign_note,
)
from service.ledger.receipts import Signer
from tests.ledger.conftest import Ledger
from tests.web.asking import ANY_DATABASE

_SIGNER = Signer(Ed25519PrivateKey.generate())
_OTHER = Signer(Ed25519PrivateKey.generate())
_ORIGIN = "gatehouse/test"
_KEY = NoteKey(_ORIGIN, _SIGNER.raw_public_key)
_CHECKPOINT = Checkpoint(_ORIGIN, 7, bytes(range(32)), datetime(2026, 3, 2, 12, tzinfo=UTC))
_NOTE = sign_note(_CHECKPOINT.text(), _KEY, _SIGNER.sign)

#: Each makes another note of a good one.
FORGERIES: dict[str, Callable[[str], str]] = {
    "another size": lambda note: note.replace("\n7\n", "\n8\n"),
    "another root": lambda note: note.replace(
        b64encode(_CHECKPOINT.root).decode(), b64encode(bytes(32)).decode()
    ),
    "another origin": lambda note: note.replace(_ORIGIN, "gatehouse/tess"),
    "another time": lambda note: note.replace("T12:", "T13:"),
    "another signature": lambda note: _resigned(note, bytes(64)),
    "the signature of another key": lambda note: _resigned(
        note, _OTHER.sign(_CHECKPOINT.text().encode())
    ),
    "another key with its own signature": lambda _: sign_note(
        _CHECKPOINT.text(), NoteKey(_ORIGIN, _OTHER.raw_public_key), _OTHER.sign
    ),
    "no signature": lambda note: note.partition("\u2014")[0],
    "a line less": lambda note: note.replace("\n7\n", "\n"),
    "the end cut off": lambda note: note[:-5],
}


def _resigned(note: str, signature: bytes) -> str:
    """The note with *signature* in the place of its own."""
    line = b64encode(_KEY.key_id + signature).decode()
    return note[: note.rindex(" ") + 1] + line + "\n"


def _theirs(note: str, key: NoteKey) -> Checkpoint:
    """What the parser and the verifier of sigstore make of *note*, held to *key*.

    Its verifier finds keys by ids of another kind, so the ring has this key only.
    """
    read = SignedCheckpoint.from_text(note)
    read.signed_note.verify(_ring(key.public_key), KeyID(key.key_id))
    told = read.checkpoint
    made_at = datetime.fromisoformat(told.other_content[0].removeprefix("time "))
    return Checkpoint(told.origin, told.log_size, bytes.fromhex(told.log_hash), made_at)


def _ring(raw: bytes) -> RekorKeyring:
    key = Ed25519PublicKey.from_public_bytes(raw)
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    kind = PublicKeyDetails.PKIX_ED25519
    return RekorKeyring(Keyring([PublicKey(raw_bytes=b64encode(encoded), key_details=kind)]))


def _ours(note: str) -> Checkpoint:
    return read_checkpoint(open_note(note, [_KEY]))


@ANY_DATABASE
def test_the_checkpoints_we_give_out_are_taken_by_the_verifier_of_sigstore(ledger: Ledger) -> None:
    trees = []
    for _ in range(3):
        ledger.grows(5)
        trees.append(ledger.tree())
    origin = trees[0].origin
    key = NoteKey(origin, ledger.signer.raw_public_key)

    taken = [_theirs(note, key) for note in ledger.folder.notes(origin)]

    assert [(each.size, each.root) for each in taken] == [
        (tree.peaks.size, tree.peaks.root) for tree in trees
    ]


def test_a_good_note_is_taken_by_sigstore_and_by_us() -> None:
    assert _theirs(_NOTE, _KEY) == _ours(_NOTE) == _CHECKPOINT


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_note_is_refused_by_sigstore(how: str) -> None:
    forged = FORGERIES[how](_NOTE)

    assert forged != _NOTE
    with pytest.raises(VerificationError):
        _theirs(forged, _KEY)


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_note_is_refused_by_us(how: str) -> None:
    with pytest.raises(NoteError):
        _ours(FORGERIES[how](_NOTE))


def test_a_note_that_somebody_else_signed_too_is_taken() -> None:
    theirs = sign_note(_CHECKPOINT.text(), NoteKey("witness", _OTHER.raw_public_key), _OTHER.sign)
    both = _NOTE + theirs.rpartition("\n\n")[2]

    assert _theirs(both, _KEY) == _ours(both) == _CHECKPOINT


_CHECKPOINTS = st.builds(
    Checkpoint,
    origin=st.from_regex(r"[a-z][a-z0-9./-]{0,60}", fullmatch=True),
    size=st.integers(0, 2**63),
    root=st.binary(min_size=32, max_size=32),
    made_at=st.datetimes(timezones=st.just(UTC)),
)


@given(_CHECKPOINTS)
def test_a_checkpoint_that_is_signed_is_read_back_as_it_was_by_all(made: Checkpoint) -> None:
    key = NoteKey(made.origin, _SIGNER.raw_public_key)
    note = sign_note(made.text(), key, _SIGNER.sign)

    assert read_checkpoint(open_note(note, [key])) == made
    assert _theirs(note, key) == made


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("\n7\n", "\n-7\n"),
        ("\n7\n", "\n+7\n"),
        ("\n7\n", "\n07\n"),
        ("\n7\n", "\n1_0\n"),
        ("\n7\n", "\n\u0667\n"),
        ("\n7\n", f"\n{'7' * 5000}\n"),
        ("AAEC", "AAECAAEC"),
        ("AAEC", "\u0410AEC"),
        ("2026-03-02T12:00:00+00:00", "2026-03-02T12:00:00"),
        ("2026-03-02T12:00:00+00:00", "2026-03-02 12:00:00+00:00"),
        ("2026-03-02T12:00:00+00:00", "0001-01-01T00:00:00+14:00"),
        ("+00:00\n", "+00:00\nmore\n"),
    ],
)
def test_a_checkpoint_that_is_not_written_as_we_write_it_is_none(what: str, instead: str) -> None:
    text = _CHECKPOINT.text()
    assert what in text

    with pytest.raises(NoteError):
        read_checkpoint(text.replace(what, instead))


@given(st.text() | st.text("\n\u2014 +=1A\u0663"))
def test_rubbish_is_no_note(text: str) -> None:
    with pytest.raises(NoteError):
        open_note(text, [_KEY])
    with pytest.raises(NoteError):
        read_checkpoint(text)


@given(st.integers(0, len(_NOTE)), st.integers(0, len(_NOTE)), st.text(max_size=3))
def test_whatever_is_changed_in_a_note_it_is_refused_or_says_the_same(
    one: int, other: int, put: str
) -> None:
    changed = _NOTE[: min(one, other)] + put + _NOTE[max(one, other) :]
    try:
        said = _ours(changed)
    except NoteError:
        return
    assert said == _CHECKPOINT
