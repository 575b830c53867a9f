"""The types of the extension are reviewed: its generated stub is the stored one. With CALIBRANT_REWRITE set it is stored."""

import os
from pathlib import Path

import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

STORED = Path(__file__).parent / "golden/_core.pyi"


def test_the_stub_is_the_stored_one():
    made = (Path(calibrant.__file__).parent / "_core.pyi").read_text(encoding="utf-8")
    if os.environ.get("CALIBRANT_REWRITE"):
        STORED.parent.mkdir(exist_ok=True)
        STORED.write_text(made, encoding="utf-8")
    assert made == STORED.read_text(encoding="utf-8"), f"the binding changed its types: look at the difference, then CALIBRANT_REWRITE=1 pytest {__file__}"
