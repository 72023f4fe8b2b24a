"""What tests of the subsystem over HTTP begin with."""

import pytest

from service.ledger.keys import use_key
from service.ledger.receipts import Signer
from service.wiring import Wiring


@pytest.fixture
def started(parts: Wiring, signer: Signer) -> None:
    """The service has started: the key of its receipts is published."""
    with parts.engine.begin() as connection:
        use_key(connection, signer, parts.clock())
