"""What the documents say of the code is so."""

import re
from pathlib import Path

import click

from service.cli.main import gatehouse
from service.core.actions import facts_table
from service.ledger.receipts import signed_text
from service.settings import settings_from

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
AUTHORS = (ROOT / "policies" / "README.md").read_text()

#: What receipts begin with, which is no command.
SIGNED = signed_text("", "").decode().partition("\n")[0]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Every command below *group*, by its words."""
    found: set[tuple[str, ...]] = set()
    for name, command in group.commands.items():
        words = (*path, name)
        found |= commands(command, words) if isinstance(command, click.Group) else {words}
    return found


def test_the_authors_list_of_facts_is_the_one_the_rules_may_use():
    begin, end = '<!-- facts: made by "gatehouse policy facts" -->\n', "\n<!-- end of facts -->"

    listed = AUTHORS.partition(begin)[2].partition(end)[0]

    assert listed == facts_table()


def test_every_command_a_document_names_exists():
    known = commands(gatehouse)
    texts = (README + AUTHORS).replace(SIGNED, "")
    named = re.findall(r"gatehouse ([a-z]+)(?: ([a-z-]+))?", texts)

    strange = [each for each in named if not _known(each, known)]

    assert not strange


def test_every_command_explains_itself():
    for words in commands(gatehouse):
        command: click.Command = gatehouse
        for word in words:
            assert isinstance(command, click.Group)
            command = command.commands[word]
        assert command.help, words


def test_every_setting_stands_in_the_readme():
    settings = settings_from({})

    for name in settings.__dataclass_fields__:
        assert f"`GATEHOUSE_{name.upper()}`" in README


def test_every_file_of_the_story_of_a_login_exists():
    story = README.partition("## The story of one login")[2].partition("\n## ")[0]

    files = re.findall(r"`((?:service|core)/[a-z_/]+\.py)`", story)

    assert len(files) > 9
    for file in files:
        assert (ROOT / file).exists() or (ROOT / "service" / file).exists(), file


def _known(words: tuple[str, str], known: set[tuple[str, ...]]) -> bool:
    return words in known or (words[0],) in known
