"""The Python examples of README.md, of the how-to page and of the metric cards print what stands below them. With CALIBRANT_REWRITE set it is written there."""

import contextlib
import io
import os
import re
from pathlib import Path

import pytest

pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<output>.*?)```", re.DOTALL)
CARDS = sorted(str(card.relative_to(ROOT)) for card in ROOT.glob("integrations/huggingface/*/README.md"))
PAGES = ["README.md", "docs/how-to/python.md", "docs/how-to/compare.md", "docs/how-to/diff.md", "docs/how-to/gate.md", "docs/how-to/coming-from.md", *CARDS]


@pytest.mark.parametrize("page", PAGES)
def test_examples_print_what_the_page_shows(page, monkeypatch):
    if "huggingface" in page:
        pytest.importorskip("evaluate")
    monkeypatch.chdir(ROOT)
    text = Path(page).read_text(encoding="utf-8")
    names: dict = {}

    def run(example: re.Match) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example["code"], page, "exec"), names)
        return f"```python\n{example['code']}```\n\n```text\n{printed.getvalue()}```"

    renewed, count = EXAMPLE.subn(run, text)
    assert count == text.count("```python\n") > 0
    if os.environ.get("CALIBRANT_REWRITE"):
        Path(page).write_text(renewed, encoding="utf-8")
    assert renewed == text
