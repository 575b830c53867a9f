"""The benchmark driver, without running a benchmark: turns, absent contenders, value checks, goals and tables."""

import json
import math
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "bench"))
import run  # noqa: E402
from harness import agreement, report, results, turns  # noqa: E402
from harness.cases import Case, Entrant, Role  # noqa: E402
from harness.goals import AtMostTimes, FasterThanPeers, MemoryBelow  # noqa: E402
from harness.tasks import TASKS  # noqa: E402
from harness.turns import Timing  # noqa: E402
from harness.workbench import Scores, Workbench  # noqa: E402

MACHINE = {
    "cpu": "Some processor",
    "processors": 2,
    "last_level_cache_bytes": 32 << 20,
    "memory_bytes": 16 << 30,
    "kernel": "6.1",
    "compiler": "g++ 12",
    "commit": "abc1234",
    "date": "2026-01-02",
    "load_average": 0.1,
}
SETTINGS = {"rounds": 7, "threads": 2, "quick": False}


def ours(name="calibrant", seconds=(0.1, 0.1, 0.1), **more) -> Timing:
    return Timing(name, "0.1.0", list(seconds), 1_000_000, **({"values": {"ece": 0.25}} | more))


def peer(name, seconds, value=0.25, **more) -> Timing:
    return Timing(name, "9.9", list(seconds), 2_000_000, {"value": value}, **more)


def result(timings, roles, goals=(), **case):
    """The result of a case whose contenders took the given times."""

    class Runner:
        def __init__(self, timing):
            self.timing = timing

    scores = case.pop("scores", [100] * len(timings))
    entrants = [Entrant(Runner(t), Role(role), n) for t, role, n in zip(timings, roles, scores, strict=True)]
    return results.case_result(Case("10 x 10", entrants, list(goals), metric="ece", **case), timings)


def task_of(*cases):
    return results.TaskResult("top_label_ece", "Top-label ECE", "About it.", list(cases))


def rows_of(markdown: str, contender: str) -> list[list[str]]:
    lines = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in markdown.splitlines()
        if line.startswith("|")
    ]
    return [cells for cells in lines if len(cells) == len(report.COLUMNS) and cells[1].strip("*") == contender]


class TestRatios:
    def test_medians_are_compared_with_ours_and_with_the_limit(self):
        case = result(
            [ours(seconds=[0.1, 0.9, 0.2]), Timing("read", "", [0.05]), peer("fast", [0.5, 0.4, 0.6])],
            ["ours", "limit", "peer"],
        )
        calibrant, read, fast = case.rows
        assert (calibrant.median_seconds, calibrant.min_seconds) == (0.2, 0.1)
        assert (calibrant.ratio_to_ours, calibrant.ratio_to_limit) == (1.0, 4.0)
        assert (read.ratio_to_ours, read.ratio_to_limit) == (0.25, 1.0)
        assert (fast.ratio_to_ours, fast.ratio_to_limit) == (2.5, 10.0)

    def test_without_a_limit_there_is_no_ratio_to_it(self):
        assert result([ours()], ["ours"]).rows[0].ratio_to_limit is None

    def test_times_per_score_are_compared_where_inputs_differ_in_size(self):
        case = result([ours("a", [1.0]), ours("b", [1.0])], ["ours", "ours"], per_score=True, scores=[100, 50])
        assert case.rows[1].ratio_to_ours == 2.0
        assert case.rows[1].median_seconds == 1.0


class TestGoals:
    @pytest.mark.parametrize(("times", "met"), [(2.0, True), (1.99, False)])
    def test_at_most_times_another(self, times, met):
        case = result(
            [ours(seconds=[0.2]), Timing("read", "", [0.1])],
            ["ours", "limit"],
            [AtMostTimes("calibrant", times, "read")],
        )
        (verdict,) = case.rows[0].verdicts
        assert (verdict.met, verdict.measured) == (met, "2.00x")

    @pytest.mark.parametrize(("times", "met"), [(4.0, True), (4.01, False)])
    def test_faster_than_the_fastest_peer(self, times, met):
        case = result(
            [ours(seconds=[0.125]), peer("slow", [9.0]), peer("fast", [0.5])],
            ["ours", "peer", "peer"],
            [FasterThanPeers("calibrant", times)],
        )
        (verdict,) = case.rows[0].verdicts
        assert (verdict.met, verdict.measured) == (met, "4.00x (fast)")

    def test_a_peer_with_another_value_is_no_yardstick(self):
        case = result(
            [ours(seconds=[0.1]), peer("wrong", [0.01], value=0.5), peer("right", [0.5])],
            ["ours", "peer", "peer"],
            [FasterThanPeers("calibrant", 3)],
        )
        assert case.rows[0].verdicts[0].measured == "5.00x (right)"

    def test_nothing_is_claimed_when_every_peer_is_absent(self):
        case = result(
            [ours(), Timing("gone", absent="No module named 'gone'")],
            ["ours", "peer"],
            [FasterThanPeers("calibrant", 3)],
        )
        assert case.rows[0].verdicts[0].met is None

    @pytest.mark.parametrize(("peak", "met"), [(199_999_999, True), (200_000_000, False)])
    def test_memory(self, peak, met):
        timing = Timing("calibrant evaluate", "", [1.0], peak)
        case = result([timing], ["ours"], [MemoryBelow("calibrant evaluate", 200)])
        assert case.rows[0].verdicts[0].met is met

    def test_goals_of_the_tasks_name_contenders_of_their_case(self, tmp_path, monkeypatch):
        monkeypatch.setattr(Workbench, "make", lambda self, scores: self.inputs / scores.file_name)
        monkeypatch.setattr(Workbench, "fixed_memory_panel", lambda self: "ece")
        bench = Workbench(tmp_path, REPOSITORY / "bench", tmp_path, 2)
        for task in TASKS:
            for case in task.cases(bench):
                names = [entrant.name for entrant in case.entrants]
                assert len(names) == len(set(names))
                assert case.goals
                for goal in case.goals:
                    assert {goal.contender, getattr(goal, "other", goal.contender)} <= set(names)


class TestAgreement:
    def test_equal_within_float32_sums(self):
        (comparison,) = agreement.compare("a", {"value": 0.25 * (1 + 1e-6)}, {"ece": 0.25}, "ece", [])
        assert comparison.agrees

    @pytest.mark.parametrize("value", [0.2501, 0.0, math.nan, math.inf, -0.25])
    def test_another_value_disagrees(self, value):
        (comparison,) = agreement.compare("a", {"value": value}, {"ece": 0.25}, "ece", [])
        assert not comparison.agrees
        assert "expected 0.25" in str(comparison)

    def test_a_known_difference_has_its_own_bound_for_its_contender_alone(self):
        known = [agreement.KnownDifference("a", "other edges", 1e-4)]
        near, far = {"value": 0.25005}, {"value": 0.2502}
        (comparison,) = agreement.compare("a", near, {"ece": 0.25}, "ece", known)
        assert comparison.agrees
        assert comparison.known_difference == "other edges"
        assert not agreement.compare("a", far, {"ece": 0.25}, "ece", known)[0].agrees
        assert not agreement.compare("b", near, {"ece": 0.25}, "ece", known)[0].agrees

    def test_values_of_our_own_contenders_are_compared_by_name(self):
        comparisons = agreement.compare(
            "a", {"ece": 0.25, "brier": 0.5, "sum": 9.0}, {"ece": 0.25, "brier": 0.6}, "", []
        )
        assert [(c.name, c.agrees) for c in comparisons] == [("ece", True), ("brier", False)]

    def test_a_disagreement_fails_the_run(self):
        task = task_of(result([ours(), peer("wrong", [0.5], value=0.3)], ["ours", "peer"]))
        (failure,) = results.failures([task])
        assert "wrong" in failure and "0.3" in failure
        text = report.as_markdown([task], MACHINE, SETTINGS)
        assert "disagrees" in rows_of(text, "wrong")[0][8]
        assert f"**Failed**: {failure}" in text

    def test_a_value_that_json_does_not_have_is_text(self):
        task = task_of(result([ours(), peer("wrong", [0.5], value=math.nan)], ["ours", "peer"]))
        document = json.loads(json.dumps(results.as_json([task], MACHINE, SETTINGS), allow_nan=False))
        assert document["tasks"][0]["cases"][0]["rows"][1]["comparisons"][0]["value"] == "nan"
        assert len(document["failures"]) == 1


class TestAbsence:
    def test_an_absent_peer_stays_in_the_table_with_its_reason(self):
        gone = Timing("gone", absent="ModuleNotFoundError: No module named 'gone'")
        task = task_of(result([ours(), gone, peer("here", [0.5])], ["ours", "peer", "peer"]))
        assert results.failures([task]) == []
        (row,) = rows_of(report.as_markdown([task], MACHINE, SETTINGS), "gone")
        assert row[3] == "absent: ModuleNotFoundError: No module named 'gone'"
        assert json.loads(json.dumps(results.as_json([task], MACHINE, SETTINGS)))["tasks"][0]["cases"][0]["rows"][1][
            "absent"
        ]

    @pytest.mark.parametrize("role", ["ours", "limit"])
    def test_a_run_without_ours_or_the_limit_fails(self, role):
        task = task_of(result([Timing("mine", absent="exit status 3: no such file")], [role]))
        assert results.failures([task]) == ["top_label_ece, 10 x 10, mine: exit status 3: no such file"]

    def test_a_contender_that_ran_but_was_never_timed_is_absent(self):
        assert result([Timing("mine")], ["ours"]).rows[0].absent == "no run was timed"


class TestTurns:
    @pytest.fixture
    def contender(self, tmp_path):
        """Makes a worker from the body of a contender file."""
        scores, labels = tmp_path / "s.npy", tmp_path / "l.npy"
        np = pytest.importorskip("numpy")
        np.save(scores, np.full((4, 2), 0.5, np.float32))
        np.save(labels, np.zeros(4, np.int64))

        def make(name, body):
            path = tmp_path / f"{name}.py"
            path.write_text(body)
            return turns.python_worker(Path(sys.executable), path, scores, labels, 1)

        return make

    def test_each_runs_once_per_round_and_fails_alone(self, contender):
        good = contender("good", "PACKAGE = 'numpy'\ndef prepare(p, y):\n    return lambda: p.sum()\n")
        lost = contender("lost", "import no_such_package\n")
        broken = contender("broken", "PACKAGE = 'numpy'\ndef prepare(p, y):\n    return lambda: 1 / 0\n")
        missing = turns.Worker("missing", ["/no/such/program"])
        timings = {timing.name: timing for timing in turns.take_turns([lost, good, broken, missing], rounds=3)}
        assert len(timings["good"].seconds) == 3
        assert timings["good"].values == {"value": 4.0}
        assert timings["good"].peak_bytes is not None
        assert "no_such_package" in timings["lost"].absent
        assert "ZeroDivisionError" in timings["broken"].absent
        assert timings["missing"].absent == "/no/such/program: No such file or directory"
        assert all(not timings[name].seconds for name in ("lost", "broken", "missing"))

    def test_peers_get_the_number_of_threads_that_ours_get(self, contender):
        body = (
            "import os\nPACKAGE = 'numpy'\ndef prepare(p, y):\n    return lambda: int(os.environ['OMP_NUM_THREADS'])\n"
        )
        (timing,) = turns.take_turns([contender("threads", body)], rounds=1)
        assert timing.values == {"value": 1.0}

    def test_who_takes_longer_than_the_budget_drops_out_with_what_was_timed(self, contender):
        body = "import time\nPACKAGE = 'numpy'\ndef prepare(p, y):\n    return lambda: time.sleep(0.1) or 0\n"
        (timing,) = turns.take_turns([contender("slow", body)], rounds=50, budget_seconds=0.25)
        assert len(timing.seconds) == 3
        assert not timing.absent

    def test_a_command_is_timed_as_a_whole_with_its_memory(self):
        (timing,) = turns.take_turns(
            [turns.Command("python", [sys.executable, "-c", "b = b'x' * 400_000_000"])], rounds=2
        )
        assert len(timing.seconds) == 2
        assert 400_000_000 < timing.peak_bytes < 500_000_000

    def test_the_memory_of_a_command_is_not_that_of_who_starts_it(self):
        held = b"x" * 200_000_000
        (timing,) = turns.take_turns([turns.Command("python", [sys.executable, "-c", ""])], rounds=1)
        assert timing.peak_bytes < len(held) / 2

    def test_a_command_that_fails_says_what_it_said(self):
        program = [sys.executable, "-c", "import sys; sys.exit('it broke')"]
        (timing,) = turns.take_turns([turns.Command("python", program)], rounds=2)
        assert timing.absent == "exit status 1: it broke"

    def test_who_does_not_answer_in_time_is_absent(self, contender):
        body = "import time\nPACKAGE = 'numpy'\ndef prepare(p, y):\n    return lambda: time.sleep(60)\n"
        worker = contender("stuck", body)
        command = turns.Command("sleep", [sys.executable, "-c", "import time; time.sleep(60)"])
        worker.limit_seconds, command.limit_seconds = 5, 0.5  # the worker starts within its limit
        stuck, sleep = turns.take_turns([worker, command], rounds=1)
        assert stuck.absent == "no answer within 5 s"
        assert sleep.absent == "no end within 0.5 s"


class TestTables:
    def test_the_columns(self):
        case = result(
            [ours(seconds=[0.1234]), Timing("read", "-O3", [0.0617]), peer("fast", [1.5])],
            ["ours", "limit", "peer"],
            [FasterThanPeers("calibrant", 5)],
        )
        text = report.as_markdown([task_of(case)], MACHINE, SETTINGS)
        assert f"| {' | '.join(report.COLUMNS)} |" in text
        assert rows_of(text, "calibrant") == [
            [
                "10 x 10",
                "**calibrant**",
                "0.1.0",
                "0.123",
                "0.123",
                "1.00",
                "2.00",
                "1 MB",
                "5x faster than the fastest peer",
                "yes: 12.16x (fast)",
            ]
        ]
        assert rows_of(text, "fast")[0][3:8] == ["1.50", "1.50", "12.16", "24.31", "2 MB"]
        for shown in ("Some processor", "2 threads", "abc1234", "2026-01-02", "7, interleaved"):
            assert shown in text

    def test_a_missed_target_stands_out_and_a_quick_run_says_so(self):
        case = result([ours(), peer("fast", [0.2])], ["ours", "peer"], [FasterThanPeers("calibrant", 5)])
        assert "**no**: 2.00x (fast)" in report.as_markdown([task_of(case)], MACHINE, SETTINGS)
        quick = report.as_markdown([task_of(case)], MACHINE, SETTINGS | {"quick": True})
        assert "**no** (quick): 2.00x (fast)" in quick
        assert "A quick run" in quick

    def test_a_busy_machine_is_told(self):
        task = task_of(result([ours()], ["ours"]))
        assert "not idle" not in report.as_markdown([task], MACHINE, SETTINGS)
        assert "not idle" in report.as_markdown([task], MACHINE | {"load_average": 1.5}, SETTINGS)

    @pytest.mark.parametrize(
        ("seconds", "text"), [(12.345, "12.3"), (123.4, "123"), (1.0, "1.00"), (0.0123456, "0.0123"), (None, "-")]
    )
    def test_seconds_have_three_digits(self, seconds, text):
        assert report.seconds_text(seconds) == text

    @pytest.mark.parametrize(("value", "text"), [(0.123, "0.12"), (99.994, "99.99"), (1234.5, "1,234"), (None, "-")])
    def test_ratios(self, value, text):
        assert report.ratio_text(value) == text

    def test_a_bar_in_a_reason_does_not_break_the_table(self):
        gone = Timing("gone", absent="expected a | b\nor c")
        (row,) = rows_of(
            report.as_markdown([task_of(result([ours(), gone], ["ours", "peer"]))], MACHINE, SETTINGS), "gone"
        )
        assert row[3] == "absent: expected a \\| b or c"

    def test_the_block_of_a_document_is_replaced_and_nothing_else(self):
        document = f"# Title\n{report.BEGIN}old\n{report.END}After.\n"
        once = report.replace_block(document, "new\n")
        assert once == f"# Title\n{report.BEGIN}\nnew\n\n{report.END}After.\n"
        assert report.replace_block(once, "new\n") == once
        with pytest.raises(ValueError, match="benchmark tables"):
            report.replace_block("# Title\n", "new\n")

    def test_the_documentation_has_the_block(self):
        text = (REPOSITORY / "docs/benchmarks.md").read_text(encoding="utf-8")
        assert report.replace_block(text, "new\n") != text


class TestInputs:
    def test_a_quick_run_takes_a_tenth_of_the_rows(self, tmp_path):
        assert Workbench(tmp_path, tmp_path, tmp_path, 2).rows(1000) == 1000
        assert Workbench(tmp_path, tmp_path, tmp_path, 2, quick=True).rows(1000) == 100

    def test_files_of_different_content_have_different_names(self):
        variants = [
            Scores(10, 10),
            Scores(10, 11),
            Scores(11, 10),
            Scores(10, 10, "float16"),
            Scores(10, 10, content="logits"),
            Scores(10, 10, suffix=".parquet"),
        ]
        assert len({scores.file_name for scores in variants}) == len(variants)

    def test_an_input_is_made_once_and_has_the_shape_asked_for(self, tmp_path):
        np = pytest.importorskip("numpy")
        bench = Workbench(tmp_path, tmp_path, tmp_path / "inputs", 2)
        scores = Scores(30, 4, "float64")
        path = bench.make(scores)
        array, labels = np.load(path), np.load(path.with_suffix(".labels.npy"))
        assert (array.shape, array.dtype, labels.shape) == ((30, 4), np.float64, (30,))
        assert np.allclose(array.sum(axis=1), 1)
        made = path.stat().st_mtime_ns
        assert bench.make(scores) == path
        assert path.stat().st_mtime_ns == made


def test_options():
    full, quick = run.parse([]), run.parse(["--quick", "--only", "panel", "--only", "brier"])
    assert (full.rounds, full.quick, full.only) == (7, False, None)
    assert (quick.rounds, quick.only) == (3, ["panel", "brier"])
    assert full.output == REPOSITORY / "build/bench/results"
    for wrong in (["--only", "nothing"], ["--rounds", "-1"], ["--threads", "0"]):
        with pytest.raises(SystemExit):
            run.parse(wrong)
