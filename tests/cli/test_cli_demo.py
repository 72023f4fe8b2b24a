"""gatehouse demo load --people N: a nation, or a refusal of nonsense."""

import pytest

from tests.cli.command import NO, WRONGLY_ASKED, YES, Shell


@pytest.mark.parametrize("number", ["0", "-5", "999", "10000001", "many", "1e6"])
def test_nonsense_is_refused(shell: Shell, number: str) -> None:
    assert shell("demo", "load", "--people", number).code == WRONGLY_ASKED


def test_a_nation_is_loaded_once_by_the_command(shell: Shell) -> None:
    loaded = shell("demo", "load", "--people", "1000", "--json")
    again = shell("demo", "load", "--people", "1000")

    assert (loaded.code, loaded.json["people"], loaded.json["properties"]) == (YES, 1000, 24)
    assert again.code == NO
