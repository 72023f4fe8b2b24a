"""An export: the whole ledger as text, for whoever verifies it elsewhere.

It is in UTF-8 with a line break (LF) after every line. The first line is
`gatehouse ledger export v1 ` and the origin. Then comes a line for each entry, sealed ones in the
order of the tree and the others behind them, of five fields with one space between:
index (`-` while it is not sealed), entry id, the entry's exact bytes in base64, the id of the key
that signed it and the signature in base64 (`-` and `-` where it is not signed).
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection

from service.ledger.reading import AT_ONCE, Kept, kept
from service.ledger.sealing import head
from service.ledger.tree import leaf_hash

_FORMAT = "gatehouse ledger export v1 "
_NOTHING = "-"


class ExportError(Exception):
    """The file is no export; the message says where."""


def export(connection: Connection, out: TextIO) -> Iterator[Kept]:
    """Write the ledger to *out*, yielding each entry that was written.

    Raises ExportError when an entry is gone.
    """
    out.write(f"{_FORMAT}{head(connection).origin}\n")
    for each in kept(connection):
        out.write(_line(each))
        yield each


def export_some(connection: Connection, ids: Sequence[str], out: TextIO) -> Iterator[Kept]:
    """Write the entries *ids* alone as an export does, yielding each; raises ExportError."""
    out.write(f"{_FORMAT}{head(connection).origin}\n")
    found = (kept(connection, only=ids[n : n + AT_ONCE]) for n in range(0, len(ids), AT_ONCE))
    for each in chain.from_iterable(found):
        out.write(_line(each))
        yield each


def _line(each: Kept) -> str:
    if each.body is None:
        raise ExportError(f"the entry {each.entry_id} is gone; `gatehouse ledger verify`")
    index = _NOTHING if each.index is None else str(each.index)
    body = b64encode(each.body).decode()
    signature = b64encode(each.signature).decode() or _NOTHING
    return f"{index} {each.entry_id} {body} {each.key_id or _NOTHING} {signature}\n"


def exported_origin(file: Path) -> str:
    """The origin of the export in *file*; raises ExportError."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        first = lines.readline()
    if not first.startswith(_FORMAT) or not first.endswith("\n"):
        raise ExportError(f"{file}:1: expected `{_FORMAT}ORIGIN`")
    return first.removeprefix(_FORMAT).strip()


def exported(file: Path) -> Iterator[Kept]:
    """The entries of the export in *file*; raises ExportError."""
    with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if number > 1:
                yield _read(line, f"{file}:{number}")


def _read(line: str, place: str) -> Kept:
    fields = line.removesuffix("\n").split(" ")
    if len(fields) != 5 or not line.endswith("\n"):
        raise ExportError(f"{place}: expected five fields and the end of the line")
    index, entry_id, body, key_id, signature = fields
    try:
        raw = b64decode(body, validate=True)
        signed = b"" if signature == _NOTHING else b64decode(signature, validate=True)
        at = None if index == _NOTHING else int(index)
    except (Base64Error, ValueError) as error:
        raise ExportError(f"{place}: {error}") from None
    return Kept(at, entry_id, leaf_hash(raw), key_id.strip(_NOTHING), signed, raw, None)
