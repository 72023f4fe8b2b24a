"""YAML as policy files use it: text, whole numbers, yes/no, lists and mappings, nothing else.

Refuses duplicate keys, anchors, tags, several documents and a file that does not end with `...`
(so a half-written file is noticed). Days stay text; every mapping knows its lines.
"""

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from service.core.findings import Findings

# Six times as fast as Python's; it composes by recursion in C, so depth is looked at first.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 20
_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


class Section(dict[str, Any]):
    """A mapping that knows the line it begins on and the line of each of its keys."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


def read_mapping(
    file: str, text: str, findings: Findings, *, ends: bool = True, nothing: bool = False
) -> Section:
    """The mapping *text* holds; what is wrong goes to *findings* and reads as an empty one.

    *ends*: the last line must be `...`. *nothing*: `null` and `~` are None and not text.
    """
    if ends and not text.endswith("\n...\n"):
        findings.add(file, text.count("\n"), "expected `...` as the last line; is the file cut?")
    try:
        _refuse_references(file, text, findings)
        node = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        findings.add(file, _line_of(error), _said(error))
        return Section(1)
    if not isinstance(node, MappingNode):
        findings.add(file, 1, "expected `key: value` lines")
        return Section(1)
    return _Reading(file, findings, nothing).mapping(node)


class Shape:
    """Reads the known keys of one section and notes every missing, unknown or mistyped one."""

    def __init__(self, file: str, section: Any, findings: Findings, line: int = 0) -> None:
        self._file = file
        self._findings = findings
        if not isinstance(section, Section):
            findings.add(file, line or 1, "expected `key: value` lines here")
            section = Section(line or 1)
        self.section: Section = section
        self._line = line or section.line

    def note(self, message: str, key: str = "") -> None:
        """Note a mistake at *key*, or at the beginning of the section."""
        self._findings.add(self._file, self.line(key), message)

    def line(self, key: str = "") -> int:
        """The line of *key*, or the one that names the section."""
        return self.section.lines.get(key, self._line)

    def only(self, *known: str) -> None:
        """Note every key that is not one of *known*."""
        for key in self.section:
            if key not in known:
                self.note(f"unknown key `{key}`; known: {', '.join(known)}", key)

    def text(self, key: str, default: str | None = None) -> str:
        """The text at *key*; missing is a mistake unless a *default* is given."""
        value = self.section.get(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        self.note(f"expected a text as `{key}`, found `{value}`", key)
        return ""

    def yes(self, key: str) -> bool:
        """Whether *key* says true; absent means no."""
        value = self.section.get(key, False)
        if not isinstance(value, bool):
            self.note(f"expected true or false as `{key}`, found `{value}`", key)
        return value is True

    def number(self, key: str) -> int:
        """The whole number at *key*."""
        value = self.section.get(key)
        if type(value) is int:
            return value
        self.note(f"expected a whole number as `{key}`, found `{value}`", key)
        return 0

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts at *key*; absent means none."""
        value = self.section.get(key, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        self.note(f"expected a list of texts as `{key}`, found `{value}`", key)
        return ()

    def inner(self, key: str) -> "Shape":
        """The section at *key*."""
        return Shape(self._file, self.section.get(key), self._findings, self.line(key))

    def inner_all(self, key: str) -> dict[str, "Shape"]:
        """Every section inside the one at *key*, by its name."""
        outer = self.inner(key)
        return {name: outer.inner(name) for name in outer.section}

    def items(self, key: str) -> list["Shape"]:
        """The list of sections at *key*."""
        value = self.section.get(key)
        if not isinstance(value, list):
            self.note(f"expected a list as `{key}`", key)
            return []
        return [Shape(self._file, each, self._findings) for each in value]


def _refuse_references(file: str, text: str, findings: Findings) -> None:
    """Note every anchor, alias and tag; raises MarkedYAMLError for what is nested too deep."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            problem = f"expected at most {_DEEPEST} levels"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            line = event.start_mark.line + 1
            findings.add(file, line, "expected plain values, found an anchor, alias or tag")


def _line_of(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _said(error: Exception) -> str:
    return f"expected readable YAML: {getattr(error, 'problem', None) or error}"


class _Reading:
    def __init__(self, file: str, findings: Findings, nothing: bool) -> None:
        self._file = file
        self._findings = findings
        self._nothing = nothing

    def mapping(self, node: MappingNode) -> Section:
        section = Section(node.start_mark.line + 1)
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = key.value if isinstance(key, ScalarNode) else ""
            if not name or name in section:
                message = f"expected each key once, found `{name}` again"
                self._findings.add(self._file, line, message)
            section[name] = self._value(value)
            section.lines[name] = line
        return section

    def _value(self, node: Node) -> Any:
        if isinstance(node, MappingNode):
            return self.mapping(node)
        if isinstance(node, SequenceNode):
            return [self._value(each) for each in node.value]
        assert isinstance(node, ScalarNode)
        if self._nothing and not node.style and node.value in ("null", "~"):
            return None
        return _scalar(node)


def _scalar(node: ScalarNode) -> str | int | bool:
    if node.style in ("'", '"', "|", ">"):
        return str(node.value)
    if _WHOLE_NUMBER.fullmatch(node.value):
        return int(node.value)
    if node.value in ("true", "false"):
        return bool(node.value == "true")
    return str(node.value)
