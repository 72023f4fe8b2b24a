"""Policy texts by a name people give: a folder, `active`, a revision's digest, a git revision."""

import subprocess
from pathlib import Path

from sqlalchemy import Connection, select

from models.policy import Revision
from service.core.findings import Findings
from service.core.rulebook import FILES
from service.policy.folder import SHIPPED, read_texts
from service.policy.revisions import active_digest, stored_texts

#: The name of whatever is active.
ACTIVE = "active"
_SHORTEST = 7


def texts_named(name: str, connection: Connection | None) -> dict[str, bytes]:
    """The texts of the folder, of the stored or active revision, or of the git revision *name*.

    Raises RulebookError when there is none of them.
    """
    if Path(name).is_dir():
        return read_texts(Path(name))
    texts = _stored(name, connection) if connection is not None else None
    texts = texts or _of_git(name)
    if texts is None:
        findings = Findings()
        findings.add(
            name, 1, "expected a policy folder, `active`, a revision's digest or a git revision"
        )
        findings.raise_if_any()
    assert texts is not None
    return texts


def digest_named(name: str, connection: Connection) -> str:
    """The digest of the revision *name*: `active`, a digest or its beginning; '' if none."""
    if name == ACTIVE:
        return active_digest(connection)
    if len(name) < _SHORTEST or not name.isalnum():
        return ""
    found = select(Revision.digest).where(Revision.digest.startswith(name, autoescape=True))
    digests = list(connection.scalars(found))
    return digests[0] if len(digests) == 1 else ""


def _stored(name: str, connection: Connection) -> dict[str, bytes] | None:
    digest = digest_named(name, connection)
    return stored_texts(connection, digest) if digest else None


def _of_git(name: str) -> dict[str, bytes] | None:
    """The shipped folder as the git revision *name* has it."""
    if name.startswith("-"):
        return None
    texts = {path: _show(f"{name}:./{path}") for path in FILES}
    return {p: raw for p, raw in texts.items() if raw is not None} or None


def _show(what: str) -> bytes | None:
    try:
        shown = subprocess.run(
            ["git", "show", what], cwd=SHIPPED, capture_output=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return shown.stdout if shown.returncode == 0 else None
