"""What attacks begin with."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import Callers
from tests.web.asking import Subsystem


@pytest.fixture
def subsystem(http: FlaskClient, callers: Callers) -> Subsystem:
    """The subsystem, in which M90001 acts."""
    return Subsystem(http, callers["subsystem"])
