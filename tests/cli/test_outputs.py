"""Outputs are whole or not there: full disks, folders that cannot be written, signals, links and devices."""

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

PATTERN = ("--probabilities", "--scores", "p_*")
OUTPUTS = ("--json", "out.json", "--markdown", "out.md", "--state", "out.cstate")


def test_every_output_is_written(calibrant, good) -> None:
    panel = calibrant.output("evaluate", "good.csv", *PATTERN, *OUTPUTS)
    assert panel.startswith("  ") and "Metrics" in panel
    assert set(calibrant.listing()) == {"good.csv", "out.json", "out.md", "out.cstate"}
    json.loads((calibrant.folder / "out.json").read_text())
    assert (calibrant.folder / "out.md").read_text().startswith("## Calibration: ")


def test_quiet_says_nothing(calibrant, good) -> None:
    assert calibrant.output("evaluate", "good.csv", *PATTERN, *OUTPUTS, "--quiet") == ""


@pytest.mark.parametrize("limit", [0, 100, 3000])
def test_a_full_disk_leaves_nothing(calibrant, good, limit: int) -> None:
    """No file may grow beyond the limit, as on a disk without room; the last of the three outputs may fit or not."""
    (calibrant.folder / "out.md").write_text("old")
    before = calibrant.listing()

    def without_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = calibrant.run("evaluate", "good.csv", *PATTERN, *OUTPUTS, preexec_fn=without_room)
    assert done.returncode == 3 and done.stdout == b""
    assert done.stderr.count(b"\n") == 1 and b"out.json: writing it failed (File too large)" in done.stderr
    assert b"nothing was changed" in done.stderr
    assert calibrant.listing() == before


def test_a_full_disk_behind_standard_output(calibrant, good) -> None:
    for arguments in (("evaluate", "good.csv", *PATTERN), ("evaluate", "good.csv", *PATTERN, "--json", "-"), ("metrics",), ("man",), ("--help",)):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([calibrant.command, *arguments], cwd=calibrant.folder, env=calibrant.environment, stdout=full, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 3, arguments
        assert done.stderr.startswith(b"calibrant: standard output: No space left on device, expected") and done.stderr.count(b"\n") == 1


def test_a_device_is_written_to_and_never_replaced(calibrant, good) -> None:
    """Through links, so that a defect would replace them and not the devices of this machine."""
    (calibrant.folder / "full").symlink_to("/dev/full")
    (calibrant.folder / "null").symlink_to("/dev/null")
    assert "full: writing it failed (No space left on device)" in calibrant.refusal("evaluate", "good.csv", *PATTERN, "--json", "full", "--state", "s")
    calibrant.output("evaluate", "good.csv", *PATTERN, "--json", "null")
    for name in ("full", "null"):
        assert (calibrant.folder / name).is_symlink() and stat.S_ISCHR((calibrant.folder / name).stat().st_mode)


def test_a_link_is_followed(calibrant, good) -> None:
    (calibrant.folder / "results").mkdir()
    (calibrant.folder / "latest.json").symlink_to("results/1.json")
    (calibrant.folder / "results" / "1.json").write_text("old")
    calibrant.output("evaluate", "good.csv", *PATTERN, "--json", "latest.json")
    assert (calibrant.folder / "latest.json").is_symlink()
    json.loads((calibrant.folder / "results" / "1.json").read_text())


def test_permissions_follow_the_mask_and_the_old_file(calibrant, good) -> None:
    (calibrant.folder / "out.md").write_text("old")
    (calibrant.folder / "out.md").chmod(0o600)
    done = calibrant.run("evaluate", "good.csv", *PATTERN, *OUTPUTS, preexec_fn=lambda: os.umask(0o027))
    assert done.returncode == 0
    assert stat.S_IMODE((calibrant.folder / "out.json").stat().st_mode) == 0o640
    assert stat.S_IMODE((calibrant.folder / "out.md").stat().st_mode) == 0o600


@pytest.mark.parametrize(("path", "says"), [
    ("no/out", "no/out: cannot write it (No such file or directory)"),
    ("good.csv/out", "good.csv/out: cannot write it ("),
    ("folder", "folder: cannot write it (it is a folder)"),
    ("", ": cannot write it (the name is empty)"),
])
@pytest.mark.parametrize("option", ["--json", "--markdown", "--state"])
def test_a_place_that_cannot_be_written(calibrant, good, option: str, path: str, says: str) -> None:
    (calibrant.folder / "folder").mkdir()
    sentence = calibrant.refusal("evaluate", "good.csv", *PATTERN, option, path)
    assert says in sentence and sentence.endswith(f"choose another with {option}")


def test_a_place_that_cannot_be_written_is_told_before_the_work(calibrant) -> None:
    """The outputs are looked at first: the absent input is not mentioned."""
    assert "no/out" in calibrant.refusal("evaluate", "absent.csv", *PATTERN, "--json", "no/out")


@pytest.fixture
def nobody(calibrant):
    """A folder and a way to run the command in it without the rights of root."""
    folder = Path(tempfile.mkdtemp(prefix="calibrant-"))
    folder.chmod(0o755)
    options = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}

    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([calibrant.command, *arguments], cwd=folder, env=calibrant.environment, capture_output=True, timeout=60, **options)

    try:
        try:
            usable = run("--version").returncode == 0
        except PermissionError:
            usable = False
        if not usable:
            pytest.skip("the command stands where only root can run it")
        yield folder, run
    finally:
        shutil.rmtree(folder)


def test_without_permission(nobody, predictions) -> None:
    folder, run = nobody
    predictions().csv(folder / "good.csv")
    predictions().csv(folder / "locked.csv").chmod(0)
    (folder / "closed").mkdir(mode=0o555)
    if os.geteuid() == 0:
        os.chown(folder / "locked.csv", 0, 0)
    for arguments, says in (
        (("locked.csv", *PATTERN), b"locked.csv: Permission denied; give the path of a file that can be read"),
        (("good.csv", *PATTERN, "--json", "closed/out"), b"closed/out: cannot write it (folder closed: Permission denied)"),
    ):
        done = run("evaluate", *arguments)
        assert done.returncode == 3 and done.stdout == b"", done.stderr
        assert says in done.stderr and done.stderr.count(b"\n") == 1
    assert list((folder / "closed").iterdir()) == []


def test_an_interruption_while_writing_leaves_whole_files(calibrant, good) -> None:
    """The second output is a pipe that nobody reads, so the command waits in the middle of its outputs."""
    os.mkfifo(calibrant.folder / "pipe")
    command = [calibrant.command, "evaluate", "good.csv", *PATTERN, "--json", "out.json", "--markdown", "pipe", "--state", "out.cstate"]
    with subprocess.Popen(command, cwd=calibrant.folder, env=calibrant.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while not (calibrant.folder / "out.json").exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert set(calibrant.listing()) == {"good.csv", "pipe", "out.json"}
    json.loads((calibrant.folder / "out.json").read_text())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_at_any_time_leaves_whole_files(calibrant, predictions, number: signal.Signals) -> None:
    predictions(rows=40000, classes=5).csv(calibrant.folder / "x.csv")
    calibrant.output("evaluate", "x.csv", *PATTERN, "--quiet", "--state", "whole.cstate", "--threads", "1")
    whole = (calibrant.folder / "whole.cstate").read_bytes()
    ended = set()
    for delay in (0.0, 0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5):
        with subprocess.Popen([calibrant.command, "evaluate", "x.csv", *PATTERN, *OUTPUTS, "--quiet"], cwd=calibrant.folder, env=calibrant.environment) as process:
            time.sleep(delay)
            process.send_signal(number)
            process.wait(timeout=60)
        ended.add(process.returncode)
        assert process.returncode in (0, -number)
        for path in calibrant.folder.iterdir():
            assert path.name in ("x.csv", "whole.cstate", "out.json", "out.md", "out.cstate"), "a temporary file is left"
        if (calibrant.folder / "out.json").exists():
            json.loads((calibrant.folder / "out.json").read_text())
        if (calibrant.folder / "out.cstate").exists():
            assert (calibrant.folder / "out.cstate").read_bytes() == whole
        for name in ("out.json", "out.md", "out.cstate"):
            (calibrant.folder / name).unlink(missing_ok=True)
    assert -number in ended
