"""Contenders that take turns: each runs once per round, so that a slow minute of the machine meets all of them alike."""

import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

PAUSE_SECONDS = 0.05  # threads of the contender before may spin that long after their work


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


class Worker:
    """A process that keeps its input in memory and runs when told to."""

    def __init__(self, name: str, command: list):
        self.timing = Timing(name)
        self._command = [str(word) for word in command]
        self._process = None

    def start(self) -> None:
        self._complaints = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints, text=True
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
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        self._process.communicate()
        self._complaints.seek(0)
        complaint = self._complaints.read().strip().splitlines()
        raise ContenderFailed(complaint[-1] if complaint else f"ended with status {self._process.returncode}")


class Command:
    """A command that is started anew in each round; its time is that of the whole process."""

    def __init__(self, name: str, command: list):
        self.timing = Timing(name)
        self._command = [str(word) for word in command]

    def start(self) -> None:
        pass

    def run(self) -> float:
        start = time.perf_counter()
        process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            lines = complaint.decode(errors="replace").strip().splitlines()
            raise ContenderFailed(f"exit status {process.returncode}: {lines[-1] if lines else 'no message'}")
        self.timing.peak_bytes = max(self.timing.peak_bytes or 0, usage.ru_maxrss * 1024)
        return seconds

    def stop(self) -> None:
        pass

    def abandon(self) -> None:
        pass


def python_worker(python: Path, contender: Path, scores: Path, labels: Path) -> Worker:
    worker = Path(__file__).with_name("worker.py")
    return Worker(contender.stem, [python, worker, contender, "--scores", scores, "--labels", labels])


def take_turns(contenders: list, rounds: int, budget_seconds: float = 60.0) -> list[Timing]:
    """Runs every contender once per round. The first round warms up and is not counted, unless one run takes longer than
    `budget_seconds` / 10. A contender whose runs add up to `budget_seconds` drops out; one that fails is reported as absent."""
    running = []
    for contender in contenders:
        try:
            contender.start()
            running.append(contender)
        except ContenderFailed as failure:
            contender.timing.absent = str(failure)
    spent = dict.fromkeys(running, 0.0)
    for turn in range(rounds + 1):
        for contender in list(running):
            time.sleep(PAUSE_SECONDS)
            try:
                seconds = contender.run()
            except ContenderFailed as failure:
                contender.timing.absent = str(failure)
                contender.timing.seconds.clear()
                contender.abandon()
                running.remove(contender)
                continue
            spent[contender] += seconds
            if turn > 0 or seconds > budget_seconds / 10:
                contender.timing.seconds.append(seconds)
            if spent[contender] > budget_seconds and contender.timing.seconds:
                contender.stop()
                running.remove(contender)
    for contender in running:
        contender.stop()
    return [contender.timing for contender in contenders]
