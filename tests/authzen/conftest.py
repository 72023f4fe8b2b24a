"""What the AuthZEN cases are played against: one served gate, and the same as an application."""

import os
import sys
from collections.abc import Iterator

import pytest

from service.app import create_app
from service.ledger.receipts import read_signer
from service.settings import settings_from
from service.wiring import wire
from tests.authzen.asking import Gate, over_a_socket, to_an_application
from tests.authzen.world import House, furnish
from tests.benchmarks.served import running
from tests.conftest import PATIENT
from tests.database.postgres import free_port
from tests.tokens import token_key_file

BASE = "https://pdp.hud.example"
_SERVE = [sys.executable, "-c", "from service.cli.main import main; main()", "serve"]


def _names(house: House, port: int) -> dict[str, str]:
    return {
        "GATEHOUSE_DATABASE_URL": house.url,
        "GATEHOUSE_SIGNING_KEY": str(house.key),
        "GATEHOUSE_TOKEN_KEY": str(token_key_file()),
        "GATEHOUSE_BIND": f"127.0.0.1:{port}",
        "GATEHOUSE_WORKERS": "1",
        "GATEHOUSE_PUBLIC_URL": BASE,
    }


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The world of the cases."""
    assert not [name for name in os.environ if name.startswith("GATEHOUSE_DATABASE")]
    return furnish(tmp_path_factory.mktemp("authzen"))


@pytest.fixture(scope="session")
def served_gate(house: House) -> Iterator[Gate]:
    """A gate under gunicorn."""
    port = free_port()
    with running(_SERVE, port, "/readyz", _names(house, port)):
        yield Gate(over_a_socket(port), house.token, house.auditor, BASE)


@pytest.fixture(scope="session")
def gate_at_hand(house: House) -> Iterator[Gate]:
    """The same, as an application of this process."""
    parts = wire(settings_from(_names(house, free_port())), patience=PATIENT)
    application = create_app(parts, read_signer(house.key))
    yield Gate(to_an_application(application), house.token, house.auditor, BASE)
    parts.engine.dispose()
