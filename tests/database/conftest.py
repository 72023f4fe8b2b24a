"""What tests of the feed and of closing a window begin with."""

from pathlib import Path

import pytest

from service.wiring import Wiring
from tests.database.closer import Closer
from tests.database.feeds import Feed


@pytest.fixture
def feed(parts: Wiring, tmp_path: Path) -> Feed:
    """The WASS feed."""
    return Feed(parts, tmp_path / "feed")


@pytest.fixture
def closer(parts: Wiring) -> Closer:
    """Whoever closes a certification window."""
    return Closer(parts)
