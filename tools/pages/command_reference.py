"""docs/reference/command.md from `calibrant --help` and the help of every command.

Help has one entry per option: the name, indented by two, and its explanation in a fixed column, which may start on the next line and go on there.
"""

import re
from collections.abc import Callable

INDENT = " " * 2
COLUMN = 28


def cell(text: str) -> str:
    return re.sub(r"([|*_<\\`$])", r"\\\1", text)


def code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def entries(lines: list[str]) -> list[list[str]] | None:
    """Pairs of a name and its explanation; None if the lines are something else."""
    found: list[list[str]] = []
    for line in lines:
        if line.startswith(" " * COLUMN):
            if not found:
                return None
            found[-1][1] = (found[-1][1] + " " + line.strip()).lstrip()
        elif line[COLUMN - 2 : COLUMN] == "  " and line[COLUMN:].strip():
            found.append([line[:COLUMN].strip(), line[COLUMN:].strip()])
        elif line.startswith(INDENT):
            found.append([line.strip(), ""])
        else:
            return None
    return found if all(text for _, text in found) else None


def part(paragraph: str) -> str:
    first, *rest = paragraph.splitlines()
    if first.endswith(":") and rest:
        heading = f"**{first[0].upper()}{first[1:-1]}**\n\n"
        rows = entries(rest)
        if rows is None:
            return heading + "```text\n" + "\n".join(rest) + "\n```\n"
        return heading + "| | |\n| :-- | :-- |\n" + "".join(f"| {code(name)} | {cell(text)} |\n" for name, text in rows)
    if first.startswith("usage: "):
        return f"```text\n{paragraph.removeprefix('usage: ')}\n```\n"
    if first.startswith(INDENT):
        return f"```text\n{paragraph}\n```\n"
    return cell(" ".join([first, *rest])) + "\n"


def help_section(text: str) -> str:
    return "\n".join(part(paragraph) for paragraph in text.rstrip("\n").split("\n\n"))


def command_reference(help_of: Callable[..., str]) -> str:
    """`help_of()` is the help of the command as a whole, `help_of(name)` that of one of its commands."""
    whole = help_of()
    names = re.findall(r"^  (\w+) ", whole.split("\ncommands:\n")[1].split("\n\n")[0], re.MULTILINE)
    sections = [f"## calibrant {name}\n\n{help_section(help_of(name))}" for name in names]
    return f"# Command reference\n\n{help_section(whole)}\n" + "\n".join(sections)
