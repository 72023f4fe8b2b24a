"""What is wrong with a policy folder, said to its author: file, line, a sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake: where it stands and what was expected there."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class RulebookError(Exception):
    """The policy texts cannot be a rulebook; carries every finding, in order."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = sorted(set(findings))
        super().__init__("\n".join(str(each) for each in self.findings))


class Findings:
    """Gathers mistakes while reading, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, file: str, line: int, message: str) -> None:
        """Note one mistake and go on reading."""
        self._found.append(Finding(file, line, message))

    def raise_if_any(self) -> None:
        """Raise RulebookError when anything was noted."""
        if self._found:
            raise RulebookError(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)
