"""Where and on what a benchmark ran."""

import os
import platform
import subprocess
import time
from pathlib import Path


def output_of(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def last_level_cache_bytes() -> int:
    """Of the first processor; 0 when the system does not say."""
    sizes = [0]
    for level in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        text = level.read_text().strip()
        sizes.append(int(text.rstrip("KM")) * {"K": 1 << 10, "M": 1 << 20}.get(text[-1], 1))
    return max(sizes)


def commit(repository: Path) -> str:
    """Short hash, with "+ changes" when the tree differs from it."""
    name = output_of("git", "-C", str(repository), "rev-parse", "--short", "HEAD")
    changed = output_of("git", "-C", str(repository), "status", "--porcelain", "--", "include", "src", "cli", "bench")
    return (name or "unknown") + (" + changes" if changed else "")


def describe(repository: Path) -> dict:
    compiler = output_of("c++", "--version").splitlines()
    return {
        "cpu": cpu_model(),
        "processors": len(os.sched_getaffinity(0)),
        "last_level_cache_bytes": last_level_cache_bytes(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": ".".join(platform.release().split(".")[:2]),
        "compiler": compiler[0] if compiler else "unknown",
        "commit": commit(repository),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "load_average": os.getloadavg()[0],
    }
