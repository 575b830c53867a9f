"""The command as the tests of its faces run it: in a folder of its own, with an environment that says nothing."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.path.abspath(os.environ.get("CALIBRANT_COMMAND", str(ROOT / "build" / "release" / "bin" / "calibrant")))
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TERM": "xterm"}

# Where the tests run in the background of a shell, interruptions are ignored and the command would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Calibrant:
    """Runs the command in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.command = COMMAND
        self.environment = ENVIRONMENT

    @classmethod
    def what_states_keep(cls, result):
        """A result without skce, which is of pairs of rows: a state keeps no rows, and another order of them makes other pairs."""
        if isinstance(result, dict):
            return {key: cls.what_states_keep(part) for key, part in result.items() if key != "skce"}
        return [cls.what_states_keep(part) for part in result] if isinstance(result, list) else result

    def listing(self) -> dict[str, bytes | None]:
        """Every path below the folder with the bytes of the file; None for what is no regular file."""
        return {str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else None for path in self.folder.rglob("*")}

    def run(self, *arguments: str, environment: dict[str, str] | None = None, **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            [COMMAND, *map(str, arguments)], cwd=self.folder, env=ENVIRONMENT | (environment or {}), capture_output=True, timeout=120, **options
        )

    def output(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        done = self.run(*arguments, environment=environment)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b"", "nothing to say on success"
        return done.stdout.decode()

    def evaluate(self, *arguments: str, environment: dict[str, str] | None = None) -> dict:
        """The result, which is everything that `--json -` writes to standard output."""
        return json.loads(self.output("evaluate", *arguments, "--json", "-", environment=environment))

    def refusal(self, *arguments: str, status: int = 3) -> str:
        """The one sentence with which the command refuses; nothing else is said or written."""
        before = self.listing()
        done = self.run(*arguments)
        text = done.stderr.decode()
        assert done.returncode == status, f"exit status {done.returncode}, {text}"
        assert done.stdout == b"", "standard output stays empty"
        assert text.startswith("calibrant: ") and text.endswith("\n") and text.count("\n") == 1, text
        sentence = text.removeprefix("calibrant: ").rstrip("\n")
        assert not sentence.startswith("calibrant ") and not sentence.endswith("."), sentence
        assert self.listing() == before, "files are as they were"
        return sentence


@pytest.fixture
def calibrant(tmp_path: Path) -> Calibrant:
    return Calibrant(tmp_path)


class Predictions:
    """Seeded rows of an over-confident model, and ways to write them down."""

    def __init__(self, rows: int = 200, classes: int = 3, seed: int = 1, kind: str = "probabilities") -> None:
        random = np.random.default_rng(seed)
        z = random.normal(size=(rows, classes)) * 2
        truth = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        self.labels = (truth.cumsum(axis=1) > random.random((rows, 1))).argmax(axis=1)
        logits = 1.5 * z
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.scores = logits if kind == "logits" else exponentials / exponentials.sum(axis=1, keepdims=True)
        self.names = [f"c{k}" for k in range(classes)]
        self.extra: dict[str, list] = {}

    def columns(self) -> dict[str, list]:
        table = {f"p_{name}": self.scores[:, k].tolist() for k, name in enumerate(self.names)}
        return table | {"label": [self.names[y] for y in self.labels]} | self.extra

    def csv(self, path: Path, separator: str = ",", encoding: str = "utf-8", end: str = "\n") -> Path:
        columns = self.columns()
        lines = [separator.join(columns)]
        lines += [separator.join(repr(x) if isinstance(x, float) else str(x) for x in row) for row in zip(*columns.values(), strict=True)]
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return path

    def parquet(self, path: Path, **options) -> Path:
        pq.write_table(pa.table(self.columns()), path, **options)
        return path

    def npy(self, folder: Path, dtype: str = "f8") -> tuple[Path, Path]:
        scores, labels = folder / "scores.npy", folder / "labels.npy"
        np.save(scores, self.scores.astype(dtype))
        np.save(labels, np.array([self.names[y] for y in self.labels]))
        return scores, labels

    def rows(self, first: int, last: int) -> "Predictions":
        part = Predictions.__new__(Predictions)
        part.scores, part.labels, part.names = self.scores[first:last], self.labels[first:last], self.names
        part.extra = {name: values[first:last] for name, values in self.extra.items()}
        return part


@pytest.fixture(scope="session")
def predictions() -> Callable[..., Predictions]:
    return Predictions


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A table that can be evaluated with --probabilities --scores 'p_*'."""
    return Predictions().csv(tmp_path / "good.csv")
