"""One Python contender as the driver sees it; bench/harness/worker.hpp is the same for C++.

usage: worker.py CONTENDER.py --scores F.npy --labels F.npy

A contender is a file with
    PACKAGE                          name of the distribution whose version is reported, or VERSION, that version
    prepare(probabilities, labels)   returns a function without arguments that computes the metric once, as a float
The arrays are float32 n x K and int64 n. What `prepare` does (changing containers, encoding labels) is not timed.
"""

import argparse
import gc
import importlib.metadata
import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy as np


def peak_bytes() -> int:
    """Highest resident memory of this process so far."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def load_contender(path: Path):
    # A name of its own: several contenders are called like the package they import.
    spec = importlib.util.spec_from_file_location("contender", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def say(answer: dict) -> None:
    print(json.dumps(answer), file=ANSWERS, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("contender", type=Path)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    options = parser.parse_args()

    contender = load_contender(options.contender)
    measure = contender.prepare(np.load(options.scores), np.load(options.labels))
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark starts again from what is resident now
    before = peak_bytes()
    known = getattr(contender, "VERSION", None)
    say({"version": known or importlib.metadata.version(contender.PACKAGE)})
    for line in sys.stdin:
        if line.strip() != "run":
            break
        start = time.perf_counter()
        value = measure()
        seconds = time.perf_counter() - start
        say({"seconds": seconds, "values": {"value": float(value)}})
    say({"peak_bytes": peak_bytes() - before})


if __name__ == "__main__":
    # Answers keep standard output to themselves; whatever a package prints goes to standard error.
    ANSWERS = sys.stdout
    sys.stdout = sys.stderr
    main()
