#!/usr/bin/env python3
"""Builds the documentation site: Doxygen reads the public headers, Sphinx makes HTML of docs/ and of what it says about them. Warnings are errors.

usage: build_site.py --output FOLDER      (the site is FOLDER/html; everything else there is intermediate)
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADERS = ROOT / "include/calibrant"
# What is not written for the site but shown in it.
PROJECT_PAGES = {"CHANGELOG.md": "changelog.md", "HACKING.md": "hacking.md"}
MODULES = {
    "core": "Vocabulary: matrix views, probabilities and logits, class names, weights, bin edges, errors, the thread pool.",
    "math": "Exact and compensated sums, distributions, root finding.",
    "stats": "The states that rows are added to, and inference on their cells: intervals, null expectations.",
    "metrics": "One metric per header, each a pure function of a state.",
    "catalog": "The one table of metrics that feeds every face.",
    "evaluation": "The pass over the data, the panel, groups, the headline, warnings. No input or output.",
    "figures": "Figures of an evaluation as SVG text: the table of them, scales, the writer. No input or output.",
    "report": "A page of an evaluation: one HTML file with all figures and numbers.",
    "io": "Readers, the state file, JSON, files written all or nothing.",
}
# Lines of a comment that are indented hold a formula: the filter makes each a line of code.
DOXYGEN = """
INPUT                = include/calibrant
RECURSIVE            = YES
FILE_PATTERNS        = *.hpp
STRIP_FROM_INC_PATH  = include
STRIP_FROM_PATH      = include
FULL_PATH_NAMES      = YES
OUTPUT_DIRECTORY     = {output}
GENERATE_XML         = YES
XML_PROGRAMLISTING   = NO
GENERATE_HTML        = NO
GENERATE_LATEX       = NO
MARKDOWN_SUPPORT     = YES
JAVADOC_AUTOBRIEF    = YES
AUTOLINK_SUPPORT     = NO
EXTRACT_ALL          = YES
HIDE_FRIEND_COMPOUNDS = YES
ENABLE_PREPROCESSING = YES
INPUT_FILTER         = "sed -E 's@^( *)///   +(.*)$@\\1///\\n\\1/// `\\2`\\n\\1///@'"
QUIET                = YES
WARN_IF_UNDOCUMENTED = NO
WARN_AS_ERROR        = FAIL_ON_WARNINGS
"""


def put(path: Path, content: str | bytes) -> None:
    """Writes a file unless it holds this already: Sphinx reads only what changed."""
    wanted = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != wanted:
        path.write_bytes(wanted)


def read_headers(output: Path) -> None:
    """Doxygen's XML of the public headers, made again when one of them changed."""
    stamp = output / "doxygen.stamp"
    newest = max(path.stat().st_mtime_ns for path in [*HEADERS.rglob("*.hpp"), Path(__file__)])
    if stamp.exists() and stamp.read_text() == str(newest):
        return
    shutil.rmtree(output / "xml", ignore_errors=True)
    # Sphinx does not know that its pages depend on the XML.
    shutil.rmtree(output / "doctrees", ignore_errors=True)
    if subprocess.run(["doxygen", "-"], cwd=ROOT, input=DOXYGEN.format(output=output), text=True, check=False).returncode != 0:
        sys.exit("build_site: Doxygen refuses the headers, see above")
    name_files_by_path(output / "xml")
    stamp.write_text(str(newest))


def name_files_by_path(xml: Path) -> None:
    """Doxygen's index names a file without its folder; breathe looks for the whole path, which is unique."""

    def renamed(compound: re.Match) -> str:
        location = re.search(r'<location file="([^"]+)"/>', (xml / f"{compound[2]}.xml").read_text(encoding="utf-8"))
        return f"{compound[1]}{location[1]}" if location else compound[0]

    index = xml / "index.xml"
    text = index.read_text(encoding="utf-8")
    index.write_text(re.sub(r'(<compound refid="([^"]+)" kind="file"><name>)[^<]+', renamed, text), encoding="utf-8")


def modules() -> list[str]:
    found = sorted(path.name for path in HEADERS.iterdir() if path.is_dir())
    # In the order of the dependencies as far as it is known.
    return [name for name in MODULES if name in found] + [name for name in found if name not in MODULES]


def api_pages(source: Path) -> None:
    """One page per module with every public header of it."""
    names = modules()
    for name in names:
        headers = sorted((HEADERS / name).glob("*.hpp"))
        text = f"# {name}\n\n{MODULES.get(name, '')}\n"
        for header in headers:
            path = f"calibrant/{name}/{header.name}"
            text += f"\n## {header.stem}\n\n`#include <{path}>`\n\n```{{eval-rst}}\n.. doxygenfile:: {path}\n   :project: calibrant\n```\n"
        put(source / "api" / f"{name}.md", text)
    rows = "".join(f"| [{name}]({name}.md) | {MODULES.get(name, '')} |\n" for name in names)
    entries = "\n".join(names)
    introduction = (
        "# C++ API\n\nEvery public header, by module. A module includes only those above it. Complete programs are in `examples/cpp`; "
        "how the parts work together is in [Hacking](../hacking.md).\n\n"
    )
    put(source / "api/index.md", f"{introduction}| module | holds |\n| :-- | :-- |\n{rows}\n```{{toctree}}\n:hidden:\n\n{entries}\n```\n")


def without_links_to_files(text: str) -> str:
    """Links of a project page to files that are not part of the site become plain code."""
    return re.sub(r"\[([^\]]+)\]\((?!https?:|#)([^)]+)\)", r"`\2`", text)


def with_file_names(text: str) -> str:
    """A block that a reader saves as a file says so above its code; in the Markdown a comment does."""
    return re.sub(r"<!-- file: (\S+) -->\n```(\w+)\n", r"```{code-block} \2\n:caption: \1\n\n", text)


def assemble(source: Path) -> None:
    """The folder that Sphinx reads: docs/, the API pages, and pages of the project."""
    wanted = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    for path in sorted(wanted):
        content = (ROOT / "docs" / path).read_bytes()
        put(source / path, with_file_names(content.decode()) if path.suffix == ".md" else content)
    for name, page in PROJECT_PAGES.items():
        put(source / page, without_links_to_files((ROOT / name).read_text(encoding="utf-8")))
    api_pages(source)
    wanted |= {Path(page) for page in PROJECT_PAGES.values()} | {Path("api") / f"{name}.md" for name in [*modules(), "index"]}
    there = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for path in there - wanted:
        (source / path).unlink()
    names = "\n".join(sorted(str(path) for path in wanted))
    listing = source.parent / "pages.txt"
    if not listing.exists() or listing.read_text(encoding="utf-8") != names:
        # A page that was read before another one came or went keeps its links as they were then.
        shutil.rmtree(source.parent / "doctrees", ignore_errors=True)
        listing.write_text(names, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    output = parser.parse_args().output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    read_headers(output)
    source = output / "source"
    assemble(source)
    environment = {**os.environ, "CALIBRANT_DOXYGEN_XML": str(output / "xml")}
    sphinx = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", str(output / "doctrees"), str(source), str(output / "html")]
    return subprocess.run(sphinx, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
