"""Files that keep a secret: written whole or not at all, readable by their owner only."""

import os
from pathlib import Path

_OWNER_ONLY = 0o600


def write_once(path: Path, secret: bytes) -> None:
    """Write *secret* to *path*, unless there is one already."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(
            os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY), "wb"
        ) as f:
            f.write(secret)
            f.flush()
            os.fsync(f.fileno())
        os.link(beside, path)  # whole or not at all, and never over a secret that is there
    except FileExistsError:
        pass
    finally:
        beside.unlink(missing_ok=True)


def others_may_read(path: Path) -> bool:
    """Whether anybody but its owner may read *path*; raises OSError."""
    return bool(path.stat().st_mode & 0o077)
