"""What a person sees: colour and progress on a terminal alone, every width, names that cannot steer the terminal."""

import os
import re
import signal
import subprocess
import time
import unicodedata

import pexpect
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PATTERN = ("--probabilities", "--scores", "p_*")
ESCAPE = "\x1b["


def on_terminal(calibrant, *arguments: str, columns: int = 80, **environment: str) -> str:
    """Everything that the command writes to a terminal of that many columns."""
    child = pexpect.spawn(
        calibrant.command, list(arguments), cwd=str(calibrant.folder), env=calibrant.environment | environment, dimensions=(50, columns), encoding="utf-8", timeout=60
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return child.before


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\r\n", "\n")


def columns_of(line: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_colour_only_on_a_terminal(calibrant, good) -> None:
    piped = calibrant.output("evaluate", "good.csv", *PATTERN)
    shown = on_terminal(calibrant, "evaluate", "good.csv", *PATTERN)
    assert ESCAPE not in piped
    assert f"{ESCAPE}1m" in shown
    assert plain(shown) == piped, "colour is all that differs"


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"NO_COLOR": "anything"}, {"TERM": "dumb"}], ids=str)
def test_no_colour_on_request(calibrant, good, environment: dict[str, str]) -> None:
    assert ESCAPE not in on_terminal(calibrant, "evaluate", "good.csv", *PATTERN, **environment)


def test_an_empty_no_color_is_none(calibrant, good) -> None:
    """https://no-color.org: present and not an empty string."""
    assert ESCAPE in on_terminal(calibrant, "evaluate", "good.csv", *PATTERN, NO_COLOR="")


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100, 160, 300])
def test_lines_fit_the_width(calibrant, predictions, columns: int) -> None:
    data = predictions(rows=400, classes=12)
    data.names = ["a name that goes on and on", "東京都", *data.names[2:]]
    data.extra = {"g": ["north", "south of the border"] * 200}
    data.csv(calibrant.folder / "x.csv")
    width = min(max(columns, 40), 160)
    for text in (
        plain(on_terminal(calibrant, "evaluate", "x.csv", *PATTERN, "--group", "g", columns=columns)),
        calibrant.output("evaluate", "x.csv", *PATTERN, "--group", "g", environment={"COLUMNS": str(columns)}),
    ):
        longest = max(text.splitlines(), key=columns_of)
        assert columns_of(longest) <= width, longest


def test_columns_goes_before_the_terminal(calibrant, good) -> None:
    wide = calibrant.output("evaluate", "good.csv", *PATTERN, environment={"COLUMNS": "120"})
    assert plain(on_terminal(calibrant, "evaluate", "good.csv", *PATTERN, columns=60, COLUMNS="120")) == wide
    for nonsense in ("0", "-5", "many", ""):
        assert calibrant.output("evaluate", "good.csv", *PATTERN, environment={"COLUMNS": nonsense}) == calibrant.output("evaluate", "good.csv", *PATTERN)


@pytest.mark.parametrize(("locale", "unicode"), [({"LC_ALL": "C"}, False), ({"LC_ALL": "", "LANG": "de_DE.UTF-8"}, True), ({"LC_ALL": "C.utf8"}, True), ({"LC_ALL": ""}, False)])
def test_drawing_follows_the_locale(calibrant, good, locale: dict[str, str], unicode: bool) -> None:
    text = calibrant.output("evaluate", "good.csv", *PATTERN, environment=locale)
    assert ("█" in text) == unicode
    assert ("#" in text) != unicode
    assert unicode or text.isascii()


def test_the_panel_tells_the_whole_story(calibrant, predictions) -> None:
    data = predictions(rows=400, classes=12)
    data.extra = {"g": ["north", "south"] * 200}
    data.csv(calibrant.folder / "x.csv")
    text = calibrant.output("evaluate", "x.csv", *PATTERN, "--group", "g")
    for part in ("over-confident: says ", "400 rows, 12 classes, probabilities, 2 groups, from x.csv", "Metrics", "ECE (top label)", "if calibrated", "95 % interval",
                 "Reliability", "Worst classes", " more with --per-class", "Groups", "north", "Next", "--json FILE"):
        assert part in text, part
    every = calibrant.output("evaluate", "x.csv", *PATTERN, "--per-class")
    assert "\nClasses\n" in every and all(f"c{k} " in every for k in range(12))
    assert "90 % interval" in calibrant.output("evaluate", "x.csv", *PATTERN, "--level", "0.9")


def test_names_cannot_steer_the_terminal(calibrant) -> None:
    evil = ["\x1b[2J\x1b[31mred", "bell\x07", "back\x08\x08", "cr\rover", "\u202eright", "\x9b31m", "line\nbreak"]
    columns = {f"p_{name}": [1 / len(evil)] * 30 for name in evil} | {"label": (evil * 5)[:30], "g": (evil * 5)[:30]}
    pq.write_table(pa.table(columns), calibrant.folder / "x.parquet")
    for text in (
        plain(on_terminal(calibrant, "evaluate", "x.parquet", *PATTERN, "--group", "g", "--per-class", columns=160)),
        calibrant.output("evaluate", "x.parquet", *PATTERN, "--group", "g", "--markdown", "-"),
    ):
        assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}
    columns["label"] = ["\x1b[2Junknown"] * 30
    pq.write_table(pa.table(columns), calibrant.folder / "x.parquet")
    assert "?[2Junknown" in calibrant.refusal("evaluate", "x.parquet", *PATTERN)


class TestProgress:
    """The line appears when reading takes longer than half a second, so the command is stopped for that long in the middle."""

    @pytest.fixture
    def long_file(self, calibrant, predictions) -> str:
        predictions(rows=2000, classes=8).csv(calibrant.folder / "one.csv")
        head, _, body = (calibrant.folder / "one.csv").read_bytes().partition(b"\n")
        (calibrant.folder / "x.csv").write_bytes(head + b"\n" + body * 100)
        return "x.csv"

    def interrupted(self, calibrant, name: str, delay: float, *options: str) -> str:
        child = pexpect.spawn(
            calibrant.command, ["evaluate", name, *PATTERN, *options], cwd=str(calibrant.folder), env=calibrant.environment, dimensions=(50, 80), encoding="utf-8", timeout=60
        )
        time.sleep(delay)
        os.kill(child.pid, signal.SIGSTOP)
        time.sleep(0.7)
        os.kill(child.pid, signal.SIGCONT)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        return child.before

    def test_is_shown_and_removed(self, calibrant, long_file: str) -> None:
        for delay in (0.05, 0.1, 0.02, 0.2, 0.3, 0.01, 0.5):
            text = self.interrupted(calibrant, long_file, delay)
            if "reading " in text:
                break
        assert re.search(r"\r\x1b\[Kreading \d+ % of \d+ MB \(\d+ MB/s\)", text), text[:200]
        after = text[text.rindex("MB/s)") + 5 :]
        assert after.startswith("\r\x1b[K"), "the line is removed before the panel"
        assert "Metrics" in after
        assert "reading " not in self.interrupted(calibrant, long_file, delay, "--quiet")

    def test_is_not_shown_without_a_terminal(self, calibrant, long_file: str) -> None:
        process = subprocess.Popen(
            [calibrant.command, "evaluate", long_file, *PATTERN], cwd=calibrant.folder, env=calibrant.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(0.05)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.7)
        process.send_signal(signal.SIGCONT)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0 and errors == b"" and b"Metrics" in output

    def test_is_not_shown_for_what_is_quick(self, calibrant, good) -> None:
        assert "reading" not in on_terminal(calibrant, "evaluate", "good.csv", *PATTERN)
