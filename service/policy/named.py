"""Policy texts by a name people give: a folder, a revision's digest, or a git revision."""

import subprocess
from pathlib import Path

from sqlalchemy import Connection, select

from models.policy import Revision
from service.core.findings import Findings
from service.core.rulebook import FILES
from service.policy.folder import SHIPPED, read_texts
from service.policy.revisions import stored_texts

_SHORTEST = 7


def texts_named(name: str, connection: Connection | None) -> dict[str, bytes]:
    """The texts of the folder, of the stored revision or of the git revision *name*.

    Raises RulebookError when there is none of them.
    """
    if Path(name).is_dir():
        return read_texts(Path(name))
    texts = _stored(name, connection) if connection is not None else None
    texts = texts or _of_git(name)
    if texts is None:
        findings = Findings()
        findings.add(name, 1, "expected a policy folder, a revision's digest or a git revision")
        findings.raise_if_any()
    assert texts is not None
    return texts


def _stored(name: str, connection: Connection) -> dict[str, bytes] | None:
    if len(name) < _SHORTEST or not name.isalnum():
        return None
    found = select(Revision.digest).where(Revision.digest.startswith(name, autoescape=True))
    digests = list(connection.scalars(found))
    return stored_texts(connection, digests[0]) if len(digests) == 1 else None


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
