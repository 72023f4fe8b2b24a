"""What tests of the subsystem over HTTP begin with."""

import pytest
from flask.testing import FlaskClient

from service.ledger.keys import use_key
from service.ledger.receipts import Signer
from service.wiring import Wiring
from tests.conftest import Callers
from tests.web.asking import Subsystem


@pytest.fixture
def subsystem(http: FlaskClient, callers: Callers) -> Subsystem:
    """The subsystem, in which M90001 acts."""
    return Subsystem(http, callers["subsystem"])


@pytest.fixture
def started(parts: Wiring, signer: Signer) -> None:
    """The service has started: the key of its receipts is published."""
    with parts.engine.begin() as connection:
        use_key(connection, signer, parts.clock())
