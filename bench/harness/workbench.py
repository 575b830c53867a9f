"""What every task needs: where the programs are, how big to measure, and the input files."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.cases import Entrant, Role
from harness.turns import Command, Worker, python_worker

INPUTS = Path(__file__).with_name("inputs.py")
QUICK_FRACTION = 10  # a quick run takes this part of the rows


@dataclass(frozen=True)
class Scores:
    """An input file by what is in it."""

    rows: int
    classes: int
    dtype: str = "float32"
    content: str = "probabilities"
    suffix: str = ".npy"

    @property
    def count(self) -> int:
        return self.rows * self.classes

    @property
    def shape(self) -> str:
        return f"{self.rows:,} x {self.classes:,}"

    @property
    def file_name(self) -> str:
        # A changed generator makes other files.
        version = hashlib.sha256(INPUTS.read_bytes()).hexdigest()[:8]
        return f"{self.content}-{self.rows}x{self.classes}-{self.dtype}-{version}{self.suffix}"


@dataclass(frozen=True)
class Workbench:
    build: Path  # of the bench preset
    bench: Path  # the folder with the contenders
    inputs: Path
    threads: int
    quick: bool = False

    def rows(self, full: int) -> int:
        return full // QUICK_FRACTION if self.quick else full

    def make(self, scores: Scores) -> Path:
        """The input file, made by a process of its own unless it is there from an earlier run. The driver itself stays
        small on purpose: the peak memory that the system reports of a command is at least that of its starter."""
        path = self.inputs / scores.file_name
        if not path.exists():
            print(f"bench: making {path.name}", file=sys.stderr, flush=True)
            arguments = ["--rows", scores.rows, "--classes", scores.classes, "--dtype", scores.dtype]
            arguments += ["--content", scores.content]
            subprocess.run([sys.executable, INPUTS, path, *map(str, arguments)], check=True)
        return path

    def program(self, name: str) -> Path:
        return self.build / "bin" / name

    def version(self) -> str:
        """Of the command, and of the programs that were built with it."""
        try:
            shown = subprocess.run([self.program("calibrant"), "--version"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return ""  # a command that does not start is reported as absent when its turn comes
        return shown.stdout.strip().removeprefix("calibrant ")

    def panel(self, scores: Scores, metrics: str, name: str, bootstrap: int = 0) -> Entrant:
        """Our pass over an array in memory, for these metrics, each with so many replicates of the rows."""
        path = self.make(scores)
        command = [self.program("bench_panel_calibrant"), "--scores", path, "--labels", path.with_suffix(".labels.npy")]
        command += ["--kind", scores.content, "--metrics", metrics, "--threads", self.threads]
        command += ["--bootstrap", bootstrap]
        return Entrant(Worker(name, command), Role.OURS, scores.count)

    def read(self, scores: Scores) -> Entrant:
        """The limit of whatever looks at every score of an array."""
        command = [self.program("bench_panel_read"), "--scores", self.make(scores), "--threads", self.threads]
        return Entrant(Worker("read", command), Role.LIMIT, scores.count)

    def array_program(self, task: str, name: str, scores: Scores) -> Entrant:
        """Program NAME of a task over an array in memory; `copy` is its limit."""
        path = self.make(scores)
        command = [self.program(f"bench_{task}_{name}"), "--scores", path, "--labels", path.with_suffix(".labels.npy")]
        command += ["--threads", self.threads]
        return Entrant(Worker(name, command), Role.LIMIT if name == "copy" else Role.OURS, scores.count)

    def strided(self, scores: Scores, gap_bytes: int, order: str, name: str) -> Entrant:
        """Our whole panel over rows that lie apart in memory."""
        path = self.make(scores)
        command = [self.program("bench_shapes_strided"), "--scores", path, "--labels", path.with_suffix(".labels.npy")]
        command += ["--gap", gap_bytes, "--order", order, "--threads", self.threads]
        return Entrant(Worker(name, command), Role.OURS, scores.count)

    def peers(self, task: str, scores: Scores) -> list[Entrant]:
        """Every peer in the folder of the task."""
        path = self.make(scores)
        contenders = sorted((self.bench / task).glob("*.py"))
        return [
            Entrant(
                python_worker(Path(sys.executable), contender, path, path.with_suffix(".labels.npy"), self.threads),
                Role.PEER,
                scores.count,
            )
            for contender in contenders
        ]

    def package(self, contender: str, scores: Scores) -> Entrant:
        """A file of `bench` that imports the Python package."""
        path = self.make(scores)
        labels, modules = path.with_suffix(".labels.npy"), self.build / "python"
        worker = python_worker(Path(sys.executable), self.bench / contender, path, labels, self.threads, modules)
        return Entrant(worker, Role.OURS, scores.count)

    def fixed_memory_panel(self) -> str:
        """The metrics of the default panel whose memory does not grow with the data, for --metrics."""
        states = {"scores", "confidence_scores", "top_label", "classwise"}
        catalogue = json.loads(subprocess.run([self.program("calibrant"), "metrics", "--json"], check=True, capture_output=True).stdout)
        return ",".join(entry["name"] for entry in catalogue if entry["default_panel"] and states.issuperset(entry["reads"]))

    def evaluate(self, scores: Scores, name: str, metrics: str | None = None) -> Entrant:
        """The command over a file, from start to exit."""
        path = self.make(scores)
        command = [
            self.program("calibrant"),
            "evaluate",
            path,
            f"--{scores.content}",
            "--threads",
            self.threads,
            "--quiet",
        ]
        if metrics is not None:
            command += ["--metrics", metrics]
        if scores.suffix == ".npy":
            command += ["--labels", path.with_suffix(".labels.npy")]
        else:
            command += ["--scores", "p_*"]
        return Entrant(Command(name, command, self.version()), Role.OURS, scores.count)

    def drain(self, scores: Scores) -> Entrant:
        """The limit of whatever evaluates a file: the same reader takes every batch."""
        command = [self.program("bench_decode_drain"), "--file", self.make(scores), "--scores", "p_*"]
        return Entrant(Command("decode", command, self.version()), Role.LIMIT, scores.count)
