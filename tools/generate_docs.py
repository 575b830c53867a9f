#!/usr/bin/env python3
"""Rewrites what the documentation takes from the command: the table of metrics, the JSON Schema, the output in the README.

usage: generate_docs.py COMMAND [--check]      (--check changes nothing and fails if something is stale)
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README_COMMAND = "$ calibrant evaluate examples/predictions.csv --scores 'p_*' --probabilities\n"


def output(command: str, *arguments: str) -> str:
    plain = {**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "80"}
    return subprocess.run([command, *arguments], cwd=ROOT, env=plain, check=True, capture_output=True, text=True).stdout


def definitions(command: str, text: str) -> str:
    begin, end = "<!-- generated -->\n", "<!-- end -->"
    before, rest = text.split(begin)
    return before + begin + output(command, "metrics", "--markdown") + end + rest.split(end)[1]


def readme(command: str, text: str) -> str:
    shown = output(command, "evaluate", "examples/predictions.csv", "--scores", "p_*", "--probabilities").rstrip("\n")
    return re.sub(re.escape(README_COMMAND) + ".*?\n```", lambda _: README_COMMAND + shown + "\n```", text, flags=re.DOTALL)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    command = str(Path(options.command).resolve())

    wanted = {
        ROOT / "docs/definitions.md": lambda text: definitions(command, text),
        ROOT / "docs/formats/evaluation.schema.json": lambda _: output(command, "metrics", "--json-schema"),
        ROOT / "README.md": lambda text: readme(command, text),
    }
    stale = []
    for path, make in wanted.items():
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        new = make(old)
        if new == old:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if not options.check:
            path.write_text(new, encoding="utf-8")
    if options.check and stale:
        print(f"stale: {', '.join(stale)}; run `make generated`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
