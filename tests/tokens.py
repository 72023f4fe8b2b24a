"""The key by which the tokens of tests are known, and its file for commands and servers."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from models.token_key import TokenKey, keyed
from service.secret_files import write_once

_SECRET = bytes(range(32))
TOKEN_KEY = TokenKey(_SECRET)


@cache
def token_key_file() -> Path:
    """The file of the key; gone when the process ends."""
    folder = tempfile.mkdtemp(prefix="gatehouse-token-key-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_once(Path(folder, "token.key"), _SECRET.hex().encode())
    return Path(folder, "token.key")


def knowing(engine: Engine) -> Engine:
    """*engine*, through whose connections the tokens of tests are known."""
    return keyed(engine, lambda: TOKEN_KEY)
