"""What tests of the feed and of closing a window begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.engine import open_engine
from service.wiring import Wiring
from tests.conftest import copied
from tests.database.closer import Closer
from tests.database.feeds import Feed


@pytest.fixture
def feed(parts: Wiring, tmp_path: Path) -> Feed:
    """The WASS feed."""
    return Feed(parts, tmp_path / "feed")


@pytest.fixture
def another(prepared_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    """A second database."""
    folder = tmp_path / "another"
    folder.mkdir()
    engine = open_engine(copied(prepared_sqlite, folder))
    yield engine
    engine.dispose()


@pytest.fixture
def closer(parts: Wiring) -> Closer:
    """Whoever closes a certification window."""
    return Closer(parts)
