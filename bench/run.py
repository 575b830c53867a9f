#!/usr/bin/env python3
"""Times Calibrant against the packages people use today and against the time that reading the input takes.

Run by `make bench`, with the Python of .venv-bench. Writes OUTPUT/benchmarks.json and OUTPUT/benchmarks.md. A contender
that cannot run is listed as absent with the reason. Exit status 1 when contenders disagree on a value or when a
contender of Calibrant's own has no time; a target that is missed is reported, no failure.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from harness import machine, report, results
from harness.tasks import TASKS
from harness.turns import take_turns
from harness.workbench import Workbench

BENCH = Path(__file__).resolve().parent
REPOSITORY = BENCH.parent


def parse(arguments: list[str]) -> argparse.Namespace:
    names = [task.name for task in TASKS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--build", type=Path, default=REPOSITORY / "build/bench", help="build folder of the bench preset"
    )
    parser.add_argument("--output", type=Path, help="folder for the results; without it BUILD/results")
    parser.add_argument("--inputs", type=Path, help="folder for the input files, kept for the next run; BUILD/inputs")
    parser.add_argument(
        "--only", action="append", choices=names, metavar="TASK", help=f"one of {', '.join(names)}; repeatable"
    )
    parser.add_argument("--rounds", type=int, help="timed runs of each contender; without it 7, with --quick 3")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of every contender")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--document", type=Path, help="replace the block of tables in this Markdown file too")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 7)
    if options.rounds < 1 or options.threads < 1:
        parser.error("--rounds and --threads must be at least 1")
    options.output = options.output or options.build / "results"
    options.inputs = options.inputs or options.build / "inputs"
    return options


def run_task(task, bench: Workbench, rounds: int) -> results.TaskResult:
    result = results.TaskResult(task.name, task.title, task.about, [])
    for case in task.cases(bench):
        print(f"bench: {task.name}, {case.title}", file=sys.stderr, flush=True)
        timings = take_turns([entrant.runner for entrant in case.entrants], rounds, case.budget_seconds)
        result.cases.append(results.case_result(case, timings))
    return result


def write(options: argparse.Namespace, markdown: str, document: dict) -> None:
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "benchmarks.json").write_text(
        json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )
    (options.output / "benchmarks.md").write_text(markdown, encoding="utf-8")


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    description = machine.describe(REPOSITORY)  # before anything loads the machine
    settings = {"rounds": options.rounds, "threads": options.threads, "quick": options.quick}
    bench = Workbench(options.build.resolve(), BENCH, options.inputs.resolve(), options.threads, options.quick)
    measured = []
    for task in TASKS:
        if options.only and task.name not in options.only:
            continue
        measured.append(run_task(task, bench, options.rounds))
        # After every task, so that a run that is stopped leaves what it has.
        markdown = report.as_markdown(measured, description, settings)
        write(options, markdown, results.as_json(measured, description, settings))

    print(markdown)
    if options.document:
        old = options.document.read_text(encoding="utf-8")
        options.document.write_text(report.replace_block(old, markdown), encoding="utf-8")
    failed = results.failures(measured)
    for failure in failed:
        print(f"bench: {failure}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
