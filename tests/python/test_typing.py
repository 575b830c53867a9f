"""The package's types hold: mypy --strict over the package and over code that users would write."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
pytest.importorskip("mypy", reason="mypy comes with tools/requirements-dev.txt")

USER_CODE = '''
import numpy as np
import calibrant

scores = np.full((4, 2), 0.5, dtype=np.float32)
evaluation = calibrant.evaluate(scores, [0, 1, 0, 1], bins=10)
value: float | None = evaluation.ece.value
bounds: tuple[float, float] | None = evaluation["ece"].interval
worst: float = calibrant.metrics.maximum_calibration_error(scores, [0, 1, 0, 1])
metric = calibrant.metrics.Metric("ece", n_bins=15)
metric.update(scores, [0, 1, 0, 1])
total: float = metric.compute()
'''

# Files that are checked where what they import is there: `make test` has evaluate, `make test-torch` has torch.
NEEDS = {"torch": ("torch.py", "_torch_metric.py"), "evaluate": ("huggingface.py",)}


def test_mypy_is_content(tmp_path):
    (tmp_path / "user_code.py").write_text(USER_CODE, encoding="utf-8")
    package = Path(calibrant.__file__).parent
    sources = {file.name: str(file) for file in package.iterdir() if file.suffix in (".py", ".pyi")}
    for module, files in NEEDS.items():
        if importlib.util.find_spec(module) is None:
            for name in files:
                del sources[name]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), *sources.values(), "user_code.py"],
        cwd=tmp_path,
        env={"MYPYPATH": str(package.parent), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
