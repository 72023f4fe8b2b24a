"""The ledger: whether it is sealed and signed, who was told, and the key it is signed with."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from service.checks.database import age
from service.checks.finding import Finding, note, ok, wrong
from service.ledger.checkpoints import DivergedError, hold_to, newest_given, newest_of
from service.ledger.delivery import receiver_of
from service.ledger.delivery import waiting_since as untold_since
from service.ledger.keys import newest_signer, public_keys
from service.ledger.outside import Folder, OutsideError
from service.ledger.receipts import KeyFileError, read_signer
from service.ledger.sealing import head, waiting, waiting_since

_LATE = timedelta(seconds=60)
_SEALS = "each host seals as long as `gatehouse serve` runs; its log says what keeps it"


def backlog(connection: Connection, now: datetime) -> Finding:
    """Whether entries wait for their place in the tree for longer than they should."""
    since = waiting_since(connection)
    if since is None:
        return ok("ledger", f"all {head(connection).peaks.size} entries are sealed")
    found = f"{waiting(connection)} entries wait to be sealed, the oldest made {age(since, now)}"
    return wrong("ledger", found, _SEALS) if now - since > _LATE else ok("ledger", found)


def signed(connection: Connection, now: datetime) -> Finding:
    """Whether the tree was signed lately."""
    given = newest_given(connection)
    if given is None:
        return note("checkpoint", "none was made yet", _SEALS)
    found = f"the newest, of {given.size} entries, was made {age(given.made_at, now)}"
    late = now - given.made_at > _LATE
    return wrong("checkpoint", found, _SEALS) if late else ok("checkpoint", found)


def told(connection: Connection, url: str, now: datetime) -> Finding:
    """Whether the receiver at *url* knows the checkpoints."""
    receiver, since = receiver_of(url), untold_since(connection, url)
    if since is None or now - since < _LATE:
        return ok("checkpoints", f"{receiver} was told")
    found = f"{receiver} was told none since {since.isoformat()}"
    return wrong("checkpoints", found, "see why it refuses; it is told all of them later")


def outside(connection: Connection, folder: Folder | None) -> Finding:
    """Whether the database goes on from the newest checkpoint in *folder*, and may be added to."""
    if folder is None:
        return note("folder", "no checkpoint is kept outside", "name GATEHOUSE_CHECKPOINT_DIR")
    tree = head(connection)
    try:
        newest = newest_of(connection, tree.origin, folder)
        hold_to(connection, tree, newest)
    except (DivergedError, OutsideError) as error:
        return wrong("folder", str(error), "`gatehouse ledger verify` says which entries")
    there = folder.path if folder.path.exists() else folder.path.parent
    if not os.access(there, os.W_OK | os.X_OK):
        return wrong("folder", f"{folder.path} cannot be written", "let the service's user write")
    if newest is None:
        return note("folder", f"no checkpoint is in {folder.path} yet")
    return ok("folder", f"the database goes on from the newest of {folder.path}")


def key(connection: Connection, file: Path) -> Finding:
    """Whether the key in *file* can sign, and is the one that signs here."""
    try:
        signer = read_signer(file)
    except KeyFileError as error:
        return wrong("key", str(error))
    known, newest = {each.key_id for each in public_keys(connection)}, newest_signer(connection)
    if known and signer.key_id not in known:
        cure = "meant as a new one, it becomes known when it is first used"
        return note("key", f"{signer.key_id} never signed here", cure)
    if newest and newest != signer.key_id:
        cure = "while keys are changed that is so until all hosts have the new one"
        return note("key", f"it is {signer.key_id}; the newest entry is signed by {newest}", cure)
    return ok("key", f"{signer.key_id} in {file}, for its owner alone")
