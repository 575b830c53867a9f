"""Runs one command and says, as JSON, how it ended, how long it took and the peak of its memory.

usage: alone.py LIMIT_SECONDS COMMAND [ARGUMENT ...]

The kernel counts what the process that starts a program holds at that moment as memory of the program, so a driver
that holds much cannot measure it; this one holds little."""

import json
import os
import subprocess
import sys
import threading
import time


def main() -> None:
    limit_seconds = float(sys.argv[1])
    start = time.perf_counter()
    try:
        process = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as failure:
        print(json.dumps({"failure": f"{sys.argv[2]}: {failure.strerror}"}))
        return
    timer = threading.Timer(limit_seconds, process.kill)
    timer.start()
    lines = process.stderr.read().decode(errors="replace").strip().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    failure = ""
    if process.returncode < 0 and seconds >= limit_seconds:
        failure = f"no end within {limit_seconds:g} s"
    elif process.returncode != 0:
        failure = f"exit status {process.returncode}: {lines[-1] if lines else 'no message'}"
    print(json.dumps({"failure": failure, "seconds": seconds, "peak_bytes": usage.ru_maxrss * 1024}))


main()
