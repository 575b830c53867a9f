"""The package's types hold: mypy --strict and pyright over the package and over code that users would write."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

PACKAGE = Path(calibrant.__file__).parent

USER_CODE = '''
import numpy as np
import calibrant
import calibrant.sklearn

scores = np.full((4, 2), 0.5, dtype=np.float32)
evaluation = calibrant.evaluate(scores, [0, 1, 0, 1], bins=10)
value: float | None = evaluation.ece.value
bounds: tuple[float, float] | None = evaluation["ece"].interval
worst: float = calibrant.metrics.maximum_calibration_error(scores, [0, 1, 0, 1])
metric = calibrant.metrics.Metric("ece", n_bins=15)
metric.update(scores, [0, 1, 0, 1])
total: float = metric.compute()
kept: dict[str, object] = metric.state_dict()
metric.load_state_dict(kept)
table: calibrant.Evaluation = calibrant.evaluate_table("predictions.csv", scores="p_*", bins=10)
svg: str = table.figure("class", of_class="a").svg
fitted = calibrant.TemperatureScaling().fit(scores, [0, 1, 0, 1])
fitted.save("model.calibrant")
scorer = calibrant.sklearn.Scorer("ece")
'''

# Files that are checked where what they import is there: `make test` has evaluate, `make test-torch` torch, `make test-app` gradio.
NEEDS = {"torch": ("torch.py", "_torch_metric.py"), "evaluate": ("huggingface.py",), "gradio": ("app/",)}


@pytest.fixture
def sources(tmp_path) -> list[str]:
    """What can be checked here, and the user's code."""
    (tmp_path / "user_code.py").write_text(USER_CODE, encoding="utf-8")
    absent = tuple(name for module, names in NEEDS.items() if importlib.util.find_spec(module) is None for name in names)
    files = (path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".pyi"))
    return [*(str(path) for path in files if not path.relative_to(PACKAGE).as_posix().startswith(absent or "/")), "user_code.py"]


def check(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "MYPYPATH": str(PACKAGE.parent), "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_is_content(sources, tmp_path):
    pytest.importorskip("mypy", reason="mypy comes with tools/requirements-dev.txt")
    check(["mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), *sources], tmp_path)


def test_pyright_is_content(sources, tmp_path):
    pytest.importorskip("pyright", reason="pyright comes with tools/requirements-dev.txt")
    # Packages without types of their own, and those that only some environments have, are Any.
    options = {"extraPaths": [str(PACKAGE.parent)], "reportMissingImports": False, "reportMissingModuleSource": False, "reportMissingTypeStubs": False}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({**options, "include": sources}), encoding="utf-8")
    check(["pyright", "--pythonpath", sys.executable], tmp_path)
