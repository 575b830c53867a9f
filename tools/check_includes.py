#!/usr/bin/env python3
"""Checks the dependency direction of the modules over every include of include/, src/, cli/ and python/bindings/.

usage: check_includes.py [REPOSITORY]

Exit status 0: every include follows the direction. 1: each offence on its own line, as path:line: sentence.
"""

import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

# What each module may include directly, below it in the direction of the house.
MODULES = ["core", "math", "stats", "metrics", "calibrators", "catalog", "evaluation", "figures", "io", "report"]
ALLOWED = {module: set(MODULES[: i + 1]) for i, module in enumerate(MODULES)}
ALLOWED["calibrators"].discard("metrics")
ALLOWED["simd"] = {"core", "simd"}
ALLOWED["cli"] = {"cli", *MODULES}
ALLOWED["python"] = {"python", *MODULES}
# Kernels are private: .cpp files of these modules may call them, no public header may.
SIMD_USERS = {"simd", "stats", "calibrators", "evaluation"}
# Third parties that are confined to some modules; a public header may name none of them.
THIRD_PARTIES = {
    "hwy/": {"simd"},
    "boost/": {"math"},
    "CLI/": {"cli"},
    "fmt/": {"io", "cli"},
    "simdjson": {"io"},
    "nlohmann/": {"io"},
    "toml++/": {"io"},
    "openssl/": {"io"},
    "zlib.h": {"io"},
    "arrow/": {"io"},
    "parquet/": {"io"},
    "nanobind/": {"python"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Offence(NamedTuple):
    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def sources(root: Path) -> Iterator[tuple[Path, str, bool]]:
    """Each file with its module and whether it is a public header. Headers of no module count as core."""
    for path in sorted((root / "include" / "calibrant").rglob("*.hpp")):
        parts = path.relative_to(root / "include" / "calibrant").parts
        yield path, parts[0] if len(parts) > 1 else "core", True
    for suffix in ("*.hpp", "*.cpp"):
        for path in sorted((root / "src").rglob(suffix)):
            yield path, path.relative_to(root / "src").parts[0], False
        for path in sorted((root / "cli").rglob(suffix)):
            yield path, "cli", False
        for path in sorted((root / "python").rglob(suffix)):
            yield path, "python", False


def target_of(root: Path, path: Path, quoted: bool, included: str) -> tuple[str | None, bool]:
    """The module that an include reaches (None: outside the project) and whether it is a private part of it."""
    parts = Path(included).parts
    if parts[0] == "calibrant":
        return (parts[1] if len(parts) > 2 else "core"), False
    if not quoted:
        return None, False
    beside = (path.parent / included).resolve()
    for base in (root / "src", root / "cli"):
        if beside.exists() and beside.is_relative_to(base.resolve()):
            relative = beside.relative_to(base.resolve())
            return ("cli" if base.name == "cli" else relative.parts[0]), True
    if (root / "src" / included).exists():
        return parts[0], True
    if parts[0] in ("cli", "python"):
        return parts[0], True
    return None, False


def check_file(root: Path, path: Path, module: str, public: bool) -> Iterator[Offence]:
    shown = path.relative_to(root)
    if module not in ALLOWED:
        yield Offence(shown, 1, f"module '{module}' is unknown, expected one of {', '.join(sorted(ALLOWED))}")
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        match = INCLUDE.match(line)
        if not match:
            continue
        included = match.group(2)
        for prefix, users in THIRD_PARTIES.items():
            if included.startswith(prefix):
                if public:
                    yield Offence(shown, number, f"a public header includes <{included}>; only .cpp files may")
                elif module not in users:
                    yield Offence(shown, number, f"{module} includes <{included}>; only {', '.join(sorted(users))} may")
        target, private = target_of(root, path, match.group(1) == '"', included)
        if target is None:
            if match.group(1) == '"':
                yield Offence(shown, number, f'"{included}" is no file of the project')
        elif private and public:
            yield Offence(shown, number, f"a public header includes the private '{included}'")
        elif target == "simd" and module in SIMD_USERS:
            continue
        elif target not in ALLOWED[module]:
            yield Offence(shown, number, f"{module} includes '{included}' of {target}, against the direction")
        elif private and target != module:
            yield Offence(shown, number, f"{module} includes '{included}', a private part of {target}")


def check(root: Path) -> list[Offence]:
    return [offence for path, module, public in sources(root) for offence in check_file(root, path, module, public)]


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).parent.parent
    files = list(sources(root))
    if not files:
        print(f"{root}: no sources found", file=sys.stderr)
        return 1
    offences = check(root)
    for offence in offences:
        print(offence)
    print(f"check_includes: {len(files)} files, {len(offences)} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
