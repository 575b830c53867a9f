#!/usr/bin/env python3
"""Rewrites what the documentation takes from the command: the definitions of the metrics and calibrators, the JSON Schema, the command reference, the figure of the
example, and the output of every command that a page shows.

usage: generate_docs.py COMMAND [--check]      (--check changes nothing and fails if something is stale)
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pages.calibrator_sections import calibrator_sections  # noqa: E402: tools/ is no package
from pages.command_reference import command_reference  # noqa: E402
from pages.console_sessions import SessionError, with_output  # noqa: E402
from pages.coverage_tables import measured  # noqa: E402
from pages.metric_sections import metric_sections  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
README_COMMAND = "$ calibrant evaluate examples/predictions.csv --scores 'p_*' --probabilities\n"
EXAMPLE = ("evaluate", "examples/predictions.csv", "--scores", "p_*", "--probabilities")


def output(command: str, *arguments: str) -> str:
    plain = {**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "80"}
    return subprocess.run([command, *arguments], cwd=ROOT, env=plain, check=True, capture_output=True, text=True).stdout


def definitions(command: str, text: str) -> str:
    begin, end = "<!-- generated -->\n", "<!-- end -->"
    before, rest = text.split(begin)
    catalogue = json.loads(output(command, "metrics", "--json"))
    figures = json.loads(output(command, *EXAMPLE, "--metrics", "all", "--json", "-"))["metrics"]
    known = measured(ROOT / "docs/statistics", {entry["name"] for entry in catalogue})
    references = set(re.findall(r"^\| ([^|]+) \|", (ROOT / "docs/references.md").read_text(encoding="utf-8"), re.MULTILINE))
    return before + begin + metric_sections(catalogue, figures, known, references) + end + rest.split(end)[1]


def calibrators(command: str, text: str) -> str:
    begin, end = "<!-- generated -->\n", "<!-- end -->"
    before, rest = text.split(begin)
    return before + begin + calibrator_sections(json.loads(output(command, "calibrators", "--json"))) + end + rest.split(end)[1]


def readme(command: str, text: str) -> str:
    shown = output(command, *EXAMPLE).rstrip("\n")
    return re.sub(re.escape(README_COMMAND) + ".*?\n```", lambda _: README_COMMAND + shown + "\n```", text, flags=re.DOTALL)


def reference(command: str) -> str:
    return command_reference(lambda *name: output(command, *name, "--help"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    command = str(Path(options.command).resolve())

    wanted = {
        ROOT / "docs/definitions.md": lambda text: definitions(command, text),
        ROOT / "docs/calibrators.md": lambda text: calibrators(command, text),
        ROOT / "docs/formats/evaluation.schema.json": lambda _: output(command, "metrics", "--json-schema"),
        ROOT / "docs/reference/command.md": lambda _: reference(command),
        ROOT / "README.md": lambda text: readme(command, text),
        ROOT / "docs/images/reliability.svg": lambda _: output(command, "plot", "reliability", *EXAMPLE[1:], "-o", "-"),
    }
    for page in sorted((ROOT / "docs").rglob("*.md")):
        wanted.setdefault(page, lambda text: with_output(text, Path(command), ROOT))
    stale = []
    for path, make in wanted.items():
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        try:
            new = make(old)
        except SessionError as failure:
            print(f"{path.relative_to(ROOT)}: {failure}", file=sys.stderr)
            return 1
        if new == old:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if not options.check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(new, encoding="utf-8")
    if options.check and stale:
        print(f"stale: {', '.join(stale)}; run `make generated`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
