"""Whatever way an editor saves while the folder is read, what is taken was meant, old or new."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from service.cli.checking import check_command
from service.core.findings import RulebookError
from service.core.rulebook import read_rulebook
from service.policy.folder import SHIPPED, read_texts
from tests.cli.command import NO

#: Of its rows the last may be missing, and the rest would still be a file of rules.
SAVED = "rules/open_property.csv"
SAVES = 60


def _in_place(file: Path, text: bytes) -> Iterator[None]:
    with file.open("wb") as opened:
        yield
        for part in re.split(rb"(?<=\n\n)|(?<=, )", text):
            opened.write(part)
            opened.flush()
            yield


def _by_renaming(file: Path, text: bytes) -> Iterator[None]:
    beside = file.with_name(f".{file.name}.new")
    yield from _in_place(beside, text)
    os.replace(beside, file)


def _anew(file: Path, text: bytes) -> Iterator[None]:
    file.unlink()
    yield
    yield from _in_place(file, text)


@pytest.mark.parametrize("save", [_in_place, _by_renaming, _anew])
def test_what_is_read_while_somebody_saves_is_the_old_the_new_or_refused(
    save: Callable[[Path, bytes], Iterator[None]], tmp_path: Path
) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.md"))
    old = (folder / SAVED).read_bytes()
    new = old.replace(b"r.property.role_removed", b"r.user.known")
    assert old != new
    both = [each for _ in range(SAVES) for each in (new, old)]
    saving = Thread(target=lambda: [list(save(folder / SAVED, each)) for each in both])
    found: dict[bytes | None, dict[str, bytes]] = {}

    def look() -> None:
        with suppress(RulebookError):
            texts = read_texts(folder)
            found[texts.get(SAVED)] = texts

    saving.start()
    while saving.is_alive():
        look()
    saving.join()
    look()
    for _ in save(folder / SAVED, new):  # and once more, step by step
        look()
    look()

    assert {old, new} <= found.keys()
    for half in found.keys() - {old, new}:
        with pytest.raises(RulebookError):
            read_rulebook(found[half])


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
    assert f"rules/login.csv:1: it cannot be read: {error.strerror}" in checked.stderr
