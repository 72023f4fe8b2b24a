"""Every damaged folder of the corpus is refused, with its file, its line and a sentence."""

import re
import shutil

import pytest
from click.testing import CliRunner

from service.cli.checking import check_command
from service.policy.folder import SHIPPED
from tests.cli.command import NO
from tests.corpus.damages import corpus

CORPUS = corpus()


def test_the_corpus_has_more_than_sixty_kinds_of_damage():
    assert len(CORPUS) > 300


@pytest.mark.parametrize("name", CORPUS)
def test_a_damaged_folder_is_refused(name, tmp_path):
    damaged, folder = CORPUS[name], tmp_path / "policies"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.md"))
    damaged.do(folder)

    checked = CliRunner().invoke(check_command, [str(folder)])

    file = damaged.file or str(folder)
    said = re.findall(rf"^{re.escape(file)}:[0-9]+: .*$", checked.stderr, re.MULTILINE)
    assert checked.exit_code == NO
    assert any(damaged.word in each for each in said), checked.output
