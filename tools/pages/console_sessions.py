"""Console blocks of the pages: their commands are run, and what they print is put below them.

A page is one session in a folder of its own, in the order of its blocks. A block ```` ```console ```` holds lines that start with "$ " (a command, continued by
"> ") and the output. Comments before a block change it:

    <!-- file: NAME -->     the block (of any language) is not run but written to the file NAME
    <!-- show: A | B -->    only paragraphs of the output that start with A or B are shown; "top" is the first one
    <!-- exit: 3 -->        the last command of the block ends with this status
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

COLUMNS = "80"
BLOCK = re.compile(
    r"(?P<head>(?:<!-- (?P<key>file|show|exit): (?P<value>[^\n]*?) -->\n)?```(?P<language>\w+)\n)(?P<body>.*?)(?P<end>^```$)", re.DOTALL | re.MULTILINE
)


class SessionError(Exception):
    """A command of a page did not end as the page says."""


class Session:
    """A folder where the commands of one page run, with `calibrant`, `python` and `examples/` at hand."""

    def __init__(self, folder: Path, command: Path, root: Path) -> None:
        self.folder = folder / "session"
        self.folder.mkdir()
        (self.folder / "examples").symlink_to(root / "examples")
        programs = folder / "programs"
        programs.mkdir()
        (programs / "calibrant").symlink_to(command)
        for name in ("python", "python3"):
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
            (programs / name).chmod(0o755)
        self.environment = {"PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": COLUMNS, "HOME": str(folder)}

    def run(self, command: str) -> tuple[str, int]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
        )
        return done.stdout, done.returncode


def commands_of(body: str) -> list[list[str]]:
    """The lines of each command as the page shows them; output is left out."""
    commands: list[list[str]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            commands.append([line])
        elif line.startswith("> ") and commands:
            commands[-1].append(line)
    return commands


def shown_parts(output: str, parts: list[str]) -> str:
    """The paragraphs that start with one of the names; "…" stands for what is left out."""
    kept: list[str] = []
    for number, paragraph in enumerate(output.rstrip("\n").split("\n\n")):
        if (number == 0 and "top" in parts) or any(paragraph.lstrip().startswith(part) for part in parts):
            kept.append(paragraph)
        elif not kept or kept[-1] != "…":
            kept.append("…")
    return "\n\n".join(kept) + "\n"


def body_with_output(session: Session, body: str, key: str | None, value: str | None) -> str:
    text = ""
    commands = commands_of(body)
    for number, lines in enumerate(commands):
        output, status = session.run("\n".join(line[2:] for line in lines))
        wanted = int(value or 0) if key == "exit" and number + 1 == len(commands) else 0
        if status != wanted:
            raise SessionError(f"{lines[0]}: exit status {status}, expected {wanted}:\n{output}")
        if key == "show" and output:
            output = shown_parts(output, [part.strip() for part in (value or "").split("|")])
        text += "\n".join(lines) + "\n" + output
        if output and not output.endswith("\n"):
            text += "\n"
    return text


def with_output(page: str, command: Path, root: Path) -> str:
    """The page with the output of its commands as they print it now."""
    if "```console\n" not in page:
        return page
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder), command, root)

        def renewed(block: re.Match) -> str:
            if block["key"] == "file":
                (session.folder / block["value"]).write_text(block["body"], encoding="utf-8")
                return block[0]
            if block["language"] != "console":
                return block[0]
            return block["head"] + body_with_output(session, block["body"], block["key"], block["value"]) + block["end"]

        return BLOCK.sub(renewed, page)
