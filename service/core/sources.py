"""What authority lines may name (sources.yaml)."""

import re
from collections.abc import Mapping

from service.core.findings import Findings
from service.core.strict_yaml import Shape, read_mapping

SOURCES_FILE = "sources.yaml"
Sources = Mapping[str, str]
_ASIDE = re.compile(r"\([^()]*\)")


def read_sources(text: str, findings: Findings) -> Sources:
    """The titles by the names authority lines use; what is wrong goes to *findings*."""
    file = Shape(SOURCES_FILE, read_mapping(SOURCES_FILE, text, findings), findings)
    file.only("sources")
    found = {}
    for name, shape in file.inner_all("sources").items():
        shape.only("title")
        found[name] = shape.text("title")
    return found


def unknown_in(authority: str, sources: Sources) -> list[str]:
    """The parts of *authority* that begin with no known source."""
    parts = [part.strip() for part in _ASIDE.sub("", authority).split(";")]
    return [part for part in parts if not any(_names(part, source) for source in sources)]


def _names(part: str, source: str) -> bool:
    return part == source or part.startswith((f"{source} ", f"{source},"))
