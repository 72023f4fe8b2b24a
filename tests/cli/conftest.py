"""What tests of the command line begin with."""

import pytest

from tests.cli.command import Shell


@pytest.fixture
def shell(database_url: str) -> Shell:
    """A shell on a fresh database with the schema and the shipped policies."""
    return Shell(database_url)
