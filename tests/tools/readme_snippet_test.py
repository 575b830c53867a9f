"""C++ shown in the README is taken from an example, which is built and run."""

import re
import textwrap
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_the_readme_shows_lines_of_an_example():
    snippets = re.findall(r"```cpp\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert snippets
    examples = [path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "examples/cpp").glob("*.cpp"))]
    for snippet in snippets:
        assert any(textwrap.indent(snippet, "  ") in example for example in examples), snippet
