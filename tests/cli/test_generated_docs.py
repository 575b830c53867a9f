"""What the documentation takes from the command is current."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("CALIBRANT_COMMAND", str(ROOT / "build" / "release" / "bin" / "calibrant"))


def test_generated_parts_are_current() -> None:
    check = subprocess.run([sys.executable, str(ROOT / "tools" / "generate_docs.py"), COMMAND, "--check"], capture_output=True, text=True)
    assert check.returncode == 0, check.stderr
