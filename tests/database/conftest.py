"""What tests of the feed begin with."""

from pathlib import Path

import pytest

from service.wiring import Wiring
from tests.database.feeds import Feed


@pytest.fixture
def feed(parts: Wiring, tmp_path: Path) -> Feed:
    """The WASS feed."""
    return Feed(parts, tmp_path / "feed")
