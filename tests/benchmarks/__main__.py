"""All that is measured, one after the other, and how it stands beside what we aim at.

Run by `make bench`: half an hour on two cores, and ten gigabytes of disk for a while. What is
compared is asked in turn in one run; absolute figures are of this machine and this hour.
"""

import argparse
import os
import platform
from collections.abc import Callable

from tests.benchmarks import (
    evaluations,
    impact,
    importing,
    judgement,
    outlook,
    properties,
    reports,
    serving,
    size,
    verifying,
)
from tests.benchmarks.targets import Target, show

_PARTS: dict[str, Callable[[], list[Target]]] = {
    "One judgement": judgement.main,
    "A whole durable login": lambda: serving.main([]),
    "The same on a slow disk": lambda: serving.main(["--slow"]),
    "A hundred questions at once": lambda: evaluations.main([]),
    "Very many properties": properties.main,
    "Flat in size": lambda: size.main([]),
    "Reports": reports.main,
    "Impact of a change": lambda: impact.main([]),
    "Outlook and forecast": lambda: outlook.main([]),
    "Imports": lambda: importing.main([]),
    "Proof of the ledger": lambda: verifying.main([]),
}


def main() -> None:
    """Measure everything, or the parts that are named, and print a table of all targets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="*", help=f"one of {', '.join(_PARTS)}")
    asked = parser.parse_args().part or list(_PARTS)
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}.")
    targets: list[Target] = []
    for name in asked:
        print(f"\n### {name}\n", flush=True)
        targets += _PARTS[name]()
    print("\n### What we aim at\n")
    show(targets)


if __name__ == "__main__":
    main()
