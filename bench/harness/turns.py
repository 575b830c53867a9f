"""Contenders that take turns: each runs once per round, so that a slow minute of the machine meets them all alike."""

import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

PAUSE_SECONDS = 0.05  # threads of the contender before may spin that long after their work
LIMIT_SECONDS = 600.0  # of one run; who needs longer is absent
PINNED_PROCESSOR = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # set, they make NumPy run the code of an older processor

THREAD_COUNTS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass
class Timing:
    """What was measured of one contender."""

    name: str
    version: str = ""
    seconds: list[float] = field(default_factory=list)
    peak_bytes: int | None = None  # workers: above their input; commands: the whole process
    values: dict[str, float] = field(default_factory=dict)
    absent: str = ""  # why there is no timing

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) if self.seconds else float("nan")

    @property
    def fastest(self) -> float:
        return min(self.seconds) if self.seconds else float("nan")

    def as_json(self) -> dict:
        numbers = {"median_seconds": self.median, "min_seconds": self.fastest} if self.seconds else {}
        return {**asdict(self), **numbers}


class ContenderFailed(Exception):
    pass


def launch(command: list[str], settings: dict[str, str], **streams) -> subprocess.Popen:
    """Starts the command, with every processor feature open to numerical libraries."""
    environment = {name: value for name, value in os.environ.items() if name not in PINNED_PROCESSOR} | settings
    try:
        return subprocess.Popen(command, env=environment, **streams)
    except OSError as failure:
        raise ContenderFailed(f"{command[0]}: {failure.strerror}") from failure


class Worker:
    """A process that keeps its input in memory and runs when told to."""

    limit_seconds = LIMIT_SECONDS

    def __init__(self, name: str, command: list, environment: dict[str, str] | None = None):
        self.timing = Timing(name)
        self._command = [str(word) for word in command]
        self._environment = environment or {}
        self._process = None

    def start(self) -> None:
        self._complaints = tempfile.TemporaryFile("w+")
        self._process = launch(
            self._command,
            self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        self.timing.version = self._answer()["version"]

    def run(self) -> float:
        answer = self._ask("run")
        self.timing.values = answer["values"]
        return answer["seconds"]

    def stop(self) -> None:
        self.timing.peak_bytes = self._ask("end")["peak_bytes"]
        self._process.communicate()

    def abandon(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def _ask(self, word: str) -> dict:
        try:
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the answer below says why
        return self._answer()

    def _answer(self) -> dict:
        # One line answers one word, so nothing waits in the buffer that select cannot see.
        if not select.select([self._process.stdout], [], [], self.limit_seconds)[0]:
            raise ContenderFailed(f"no answer within {self.limit_seconds:g} s")
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        self._process.communicate()
        self._complaints.seek(0)
        complaint = self._complaints.read().strip().splitlines()
        raise ContenderFailed(complaint[-1] if complaint else f"ended with status {self._process.returncode}")


class Command:
    """A command that is started anew in each round; its time is that of the whole process."""

    limit_seconds = LIMIT_SECONDS

    def __init__(self, name: str, command: list, version: str = ""):
        self.timing = Timing(name, version)
        self._command = [str(word) for word in command]

    def start(self) -> None:
        pass

    def run(self) -> float:
        alone = [sys.executable, "-I", "-S", Path(__file__).with_name("alone.py"), str(self.limit_seconds)]
        process = launch(alone + self._command, {}, stdout=subprocess.PIPE)
        answer = json.loads(process.communicate()[0])
        if answer["failure"]:
            raise ContenderFailed(answer["failure"])
        self.timing.peak_bytes = max(self.timing.peak_bytes or 0, answer["peak_bytes"])
        return answer["seconds"]

    def stop(self) -> None:
        pass

    def abandon(self) -> None:
        pass


def python_worker(
    python: Path, contender: Path, scores: Path, labels: Path, threads: int, module_path: Path | None = None
) -> Worker:
    """`module_path`: where the contender finds modules that are not installed."""
    worker = Path(__file__).with_name("worker.py")
    command = [python, worker, contender, "--scores", scores, "--labels", labels]
    environment = {name: str(threads) for name in THREAD_COUNTS}
    if module_path is not None:
        environment["PYTHONPATH"] = str(module_path)
    return Worker(contender.stem, command, environment)


def take_turns(contenders: list, rounds: int, budget_seconds: float = 60.0) -> list[Timing]:
    """Runs every contender once per round. The first round warms up and is not counted, unless one run takes longer
    than `budget_seconds` / 10. Who has run for more than `budget_seconds` in all drops out; who fails is absent."""
    running = [contender for contender in contenders if attempt(contender, contender.start)[0]]
    spent = dict.fromkeys(running, 0.0)
    for turn in range(rounds + 1):
        for contender in list(running):
            time.sleep(PAUSE_SECONDS)
            done, seconds = attempt(contender, contender.run)
            if not done:
                running.remove(contender)
                continue
            spent[contender] += seconds
            if turn > 0 or seconds > budget_seconds / 10:
                contender.timing.seconds.append(seconds)
            if spent[contender] > budget_seconds and contender.timing.seconds:
                attempt(contender, contender.stop)
                running.remove(contender)
    for contender in running:
        attempt(contender, contender.stop)
    return [contender.timing for contender in contenders]


def attempt(contender, step) -> tuple[bool, float | None]:
    """Whether the step succeeded, and what it returned. A failure makes the contender absent, with its reason."""
    try:
        return True, step()
    except ContenderFailed as failure:
        contender.timing.absent = str(failure)
        contender.timing.seconds.clear()
        contender.abandon()
        return False, None
