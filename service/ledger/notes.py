"""Signed notes (C2SP signed-note) and the checkpoints they carry (C2SP tlog-checkpoint). Pure.

A note is text that ends in a line break, an empty line, and a line for each signature: an em dash,
the signer's name, and in base64 four bytes that name the key with the signature behind them.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "\u2014 "
_TIME = "time "
_ID, _HASH = 4, 32
#: Signs bytes with Ed25519.
Sign = Callable[[bytes], bytes]


class NoteError(Exception):
    """The text is no note, or nobody who is known signed it; the message says which."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """Whose signature counts: a name without spaces or plus signs, and a raw public key."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a signature."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public_key
        return hashlib.sha256(named).digest()[:_ID]

    def signed(self, signature: bytes, text: str) -> bool:
        """Whether *signature* is this key's, over *text*."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        """The key as verifiers are given it (a vkey)."""
        key = b64encode(_ED25519 + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"


def read_key(vkey: str) -> NoteKey:
    """The key that is written *vkey*; raises NoteError."""
    name, _, told = vkey.partition("+")
    try:
        raw = b64decode(told.partition("+")[2], validate=True)
    except ValueError as error:
        raise NoteError(f"expected name, id and key with plus signs between: {error}") from None
    key = NoteKey(name, raw.removeprefix(_ED25519))
    if len(key.public_key) != _HASH or str(key) != vkey:
        raise NoteError("expected an Ed25519 key: name, id and key with plus signs between")
    return key


def sign_note(text: str, key: NoteKey, sign: Sign) -> str:
    """*text*, which ends in a line break, as a note signed with *key*."""
    signature = b64encode(key.key_id + sign(text.encode())).decode()
    return f"{text}\n{_DASH}{key.name} {signature}\n"


def open_note(note: str, keys: Iterable[NoteKey]) -> str:
    """The text of *note*, if one of *keys* signed it; raises NoteError."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise NoteError("expected a text, an empty line and signatures")
    known = {(key.name, key.key_id): key for key in keys}
    found = False
    for line in lines.removesuffix("\n").split("\n"):
        name, key_id, signature = _read(line)
        key = known.get((name, key_id))
        if key is not None and not key.signed(signature, text + "\n"):
            raise NoteError(f"the signature of {name} does not hold")
        found = found or key is not None
    if not found:
        raise NoteError("signed by no key that is known")
    return text + "\n"


def _read(line: str) -> tuple[str, bytes, bytes]:
    name, _, told = line.removeprefix(_DASH).partition(" ")
    try:
        raw = b64decode(told, validate=True)
    except ValueError as error:
        raise NoteError(f"expected base64 in a signature: {error}") from None
    if not line.startswith(_DASH) or not name or len(raw) <= _ID:
        raise NoteError("expected a signature: dash, name, base64")
    return name, raw[:_ID], raw[_ID:]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree at an instant: whose it is (*origin*), how many leaves it has, its root."""

    origin: str
    size: int
    root: bytes
    made_at: datetime

    def text(self) -> str:
        """The lines that are signed."""
        made_at = self.made_at.astimezone(UTC).isoformat()
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n{_TIME}{made_at}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's *text*; raises NoteError."""
    lines = text.split("\n")
    if len(lines) != 5 or lines[-1] or not lines[0] or not lines[3].startswith(_TIME):
        raise NoteError("expected four lines: origin, size, root, time")
    try:
        root = b64decode(lines[2], validate=True)
        made_at = datetime.fromisoformat(lines[3].removeprefix(_TIME))
        found = Checkpoint(lines[0], int(lines[1]), root, made_at)
        same = found.text() == text
    except (ValueError, OverflowError) as error:
        raise NoteError(f"expected size, root and time: {error}") from None
    if not same or len(root) != _HASH or found.size < 0:
        raise NoteError("expected size, root and time as they are written")
    return found
