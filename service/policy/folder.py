"""Reading a policy folder from disk: its texts, and nothing that is not one."""

from pathlib import Path

from service.core.findings import Findings
from service.core.rulebook import FILES, Rulebook, read_rulebook

#: The policies this Gatehouse ships.
SHIPPED = Path(__file__).resolve().parents[2] / "policies"
_BESIDE = {"README.md", "CHANGELOG.md", "scenarios", "rules"}


def read_texts(folder: Path) -> dict[str, bytes]:
    """The texts of *folder* by path; raises RulebookError for files that are none of its own."""
    findings = Findings()
    if not folder.is_dir():
        findings.add(str(folder), 1, "expected a policy folder; there is none")
    texts = {}
    for path in sorted([*folder.glob("*"), *folder.glob("rules/*")]):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            findings.add(name, 1, "expected a file, found a link")
        elif name in FILES and path.is_file():
            try:
                texts[name] = path.read_bytes()
            except OSError as error:  # not ours to read, or gone since we looked
                findings.add(name, 1, f"it cannot be read: {error.strerror}")
        elif name not in _BESIDE and not name.startswith("."):
            findings.add(name, 1, f"unexpected file; a rulebook has {', '.join(FILES)}")
    findings.raise_if_any()
    return texts


def read_folder(folder: Path) -> Rulebook:
    """The rulebook of *folder*; raises RulebookError with every mistake."""
    return read_rulebook(read_texts(folder))
