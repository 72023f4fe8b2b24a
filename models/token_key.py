"""What is kept of a token: keyed by a secret that is not in the database.

So whoever has the database alone can neither try tokens against it nor write a row that lets
somebody in. The key is applied to the token's SHA-256, which is what was kept of it before there
was a key: the rows of then could be keyed without their tokens.
"""

import hashlib
import hmac
from collections.abc import Callable

from sqlalchemy import Connection, Engine

#: Execution option of a connection through which tokens are known.
_TOKEN_KEY = "gatehouse_token_key"
_NAMED = b"gatehouse token key v1"
_ID_LENGTH = 16


class TokenKeyError(Exception):
    """The key of the tokens cannot be used; the text names the file and the cure."""


class TokenKey:
    """The secret tokens are kept by; *key_id* names it, and gives nothing of it away."""

    def __init__(self, secret: bytes) -> None:
        # A copy of one begun before is made in a third of the time of a new one.
        self._begun = hmac.new(secret, digestmod="sha256")
        self.key_id = self.mac_of(_NAMED)[:_ID_LENGTH]

    def mac(self, token: str) -> str:
        """What is kept of *token*: an HMAC-SHA256, in hex."""
        return self.mac_of(hashlib.sha256(token.encode()).digest())

    def mac_of(self, digest: bytes) -> str:
        """What is kept of a token whose SHA-256 is *digest*."""
        begun = self._begun.copy()
        begun.update(digest)
        return begun.hexdigest()


def keyed(engine: Engine, find: Callable[[], TokenKey]) -> Engine:
    """The same engine, through whose connections tokens are known by the key that *find* finds."""
    return engine.execution_options(**{_TOKEN_KEY: find})


def alike(engine: Engine, other: Engine) -> Engine:
    """The same engine, through whose connections tokens are known as through those of *other*."""
    find = other.get_execution_options().get(_TOKEN_KEY)
    return keyed(engine, find) if find else engine


def token_key_of(connection: Connection) -> TokenKey:
    """The key by which tokens are known through *connection*; raises TokenKeyError."""
    find: Callable[[], TokenKey] | None = connection.get_execution_options().get(_TOKEN_KEY)
    if find is None:
        raise TokenKeyError("GATEHOUSE_TOKEN_KEY: expected the file of a key, none is named")
    return find()
