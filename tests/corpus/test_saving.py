"""Whatever way an editor saves while the folder is read, what is taken was meant, old or new."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from service.cli.checking import check_command
from service.core.findings import RulebookError
from service.core.rulebook import read_rulebook
from service.policy.folder import SHIPPED, read_texts
from tests.cli.command import NO

LOGIN = "rules/login.csv"
SAVES = 60


def _in_place(file: Path, text: bytes) -> None:
    with file.open("wb") as opened:
        for begin in range(0, len(text), 1000):
            opened.write(text[begin : begin + 1000])
            opened.flush()


def _by_renaming(file: Path, text: bytes) -> None:
    beside = file.with_name(f".{file.name}.new")
    _in_place(beside, text)
    os.replace(beside, file)


def _anew(file: Path, text: bytes) -> None:
    file.unlink()
    _in_place(file, text)


@pytest.mark.parametrize("save", [_in_place, _by_renaming, _anew])
def test_what_is_read_while_somebody_saves_is_the_old_the_new_or_refused(
    save: Callable[[Path, bytes], None], tmp_path: Path
) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.md"))
    old = (folder / LOGIN).read_bytes()
    new = old.replace(b"r.user.days_idle > 90", b"r.user.days_idle > 60")
    assert old != new
    saving = Thread(
        target=lambda: [save(folder / LOGIN, each) for _ in range(SAVES) for each in (new, old)]
    )

    found, refused = set[bytes](), set[str]()
    saving.start()
    while saving.is_alive():
        try:
            found.add(read_texts(folder)[LOGIN])
        except (RulebookError, KeyError) as error:
            refused.add(type(error).__name__)
    saving.join()
    found.add(read_texts(folder)[LOGIN])

    texts = read_texts(folder)
    for half in found - {old, new}:
        with pytest.raises(RulebookError):
            read_rulebook({**texts, LOGIN: half})
    assert old in found


@pytest.mark.parametrize("error", [FileNotFoundError(2, "gone"), PermissionError(13, "not yours")])
def test_a_file_that_cannot_be_read_is_named(
    error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def fails_once_looked_at(path: Path) -> bytes:
        if path.name == "login.csv":
            raise error
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", fails_once_looked_at)

    checked = CliRunner().invoke(check_command, [str(SHIPPED)])

    assert checked.exit_code == NO
    assert f"{LOGIN}:1: it cannot be read: {error.strerror}" in checked.stderr
