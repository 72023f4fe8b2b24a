"""The file of the key by which tokens are known: 64 hexadecimal digits, the same on every host."""

import re
import secrets
from pathlib import Path

from models.token_key import TokenKey, TokenKeyError
from service.secret_files import others_may_read, write_once

_SHAPE = re.compile(rb"[0-9a-f]{64}\n?")
_BYTES = 32


def make_token_key(path: Path) -> None:
    """Write a new key to *path*, unless there is one."""
    write_once(path, secrets.token_hex(_BYTES).encode() + b"\n")


def read_token_key(path: Path) -> TokenKey:
    """The key in *path*; raises TokenKeyError."""
    try:
        text, open_to_others = path.read_bytes(), others_may_read(path)
    except FileNotFoundError:
        raise TokenKeyError(
            f"{path}: there is no key to know tokens by; copy it from a host that has it, or name"
            " it in GATEHOUSE_TOKEN_KEY"
        ) from None
    except OSError as error:
        raise TokenKeyError(f"{path}: cannot be read: {error.strerror}") from None
    if open_to_others:
        raise TokenKeyError(f"{path}: others may read the key of the tokens; `chmod 600 {path}`")
    if not _SHAPE.fullmatch(text):
        raise TokenKeyError(f"{path}: expected 64 hexadecimal digits, the key of the tokens")
    return TokenKey(bytes.fromhex(text.decode()))
