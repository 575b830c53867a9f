"""What makes parts of the documentation does what it says, on small inputs."""

import stat
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "tools"))

from pages.command_reference import command_reference  # noqa: E402: tools/ is no package
from pages.console_sessions import SessionError, commands_of, shown_parts, with_output  # noqa: E402
from pages.coverage_tables import Measured, measured  # noqa: E402
from pages.metric_sections import escaped, section  # noqa: E402


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """Stands for calibrant: prints three paragraphs, or fails with status 3."""
    path = tmp_path / "command"
    path.write_text('#!/bin/sh\n[ "$1" = fail ] && { echo "calibrant: no" >&2; exit 3; }\nprintf "  top $1\\n\\nMetrics\\n  ece\\n\\nNext\\n  more\\n"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def page(*lines: str) -> str:
    return "Words.\n\n" + "\n".join(lines) + "\n\nMore words.\n"


class TestConsoleSessions:
    def test_output_is_put_below_its_command(self, command: Path) -> None:
        text = page("```console", "$ echo one", "stale", "$ printf 'a\\nb'", "```")
        assert with_output(text, command, REPOSITORY) == page("```console", "$ echo one", "one", "$ printf 'a\\nb'", "a", "b", "```")

    def test_is_repeatable(self, command: Path) -> None:
        text = page("<!-- show: Metrics -->", "```console", "$ calibrant x", "```")
        once = with_output(text, command, REPOSITORY)
        assert once != text
        assert with_output(once, command, REPOSITORY) == once

    def test_blocks_of_a_page_share_a_folder(self, command: Path) -> None:
        text = page("<!-- file: a.py -->", "```python", "print(6 * 7)", "```", "", "```console", "$ python a.py", "```", "", "```console", "$ ls a.py", "```")
        assert "$ python a.py\n42\n" in with_output(text, command, REPOSITORY)
        assert "$ ls a.py\na.py\n" in with_output(text, command, REPOSITORY)

    def test_another_page_has_another_folder(self, command: Path) -> None:
        with_output(page("```console", "$ touch left_behind", "```"), command, REPOSITORY)
        assert "left_behind" not in with_output(page("```console", "$ ls", "```"), command, REPOSITORY)

    def test_examples_are_at_hand_and_the_repository_is_not_written(self, command: Path) -> None:
        assert "predictions.csv" in with_output(page("```console", "$ ls examples", "```"), command, REPOSITORY)

    def test_a_command_goes_on_over_lines(self, command: Path) -> None:
        text = page("```console", "$ echo a \\", ">   b", "```")
        assert "a b\n" in with_output(text, command, REPOSITORY)
        assert commands_of("$ a \\\n> b\nout\n$ c\n") == [["$ a \\", "> b"], ["$ c"]]

    def test_parts_of_the_output(self) -> None:
        output = "  top\n\nMetrics\n  ece\n\n  ! warning\n\nNext\n"
        assert shown_parts(output, ["top"]) == "  top\n\n…\n"
        assert shown_parts(output, ["Metrics", "!"]) == "…\n\nMetrics\n  ece\n\n  ! warning\n\n…\n"

    def test_a_failure_is_no_output(self, command: Path) -> None:
        with pytest.raises(SessionError, match="exit status 3, expected 0"):
            with_output(page("```console", "$ calibrant fail", "```"), command, REPOSITORY)

    def test_an_announced_failure_is_shown(self, command: Path) -> None:
        text = page("<!-- exit: 3 -->", "```console", "$ calibrant fail", "```")
        assert "$ calibrant fail\ncalibrant: no\n" in with_output(text, command, REPOSITORY)
        with pytest.raises(SessionError, match="exit status 0, expected 3"):
            with_output(text.replace("fail", "x"), command, REPOSITORY)

    def test_other_blocks_are_left_alone(self, command: Path) -> None:
        text = page("```python", "$ not a command", "```", "", "```", "$ neither", "```")
        assert with_output(text, command, REPOSITORY) == text


class TestCoverageTables:
    PAGE = """# Measured
## Coverage at level 0.95
| population | accuracy | n | ece | rmsce, ece_l2_debiased | width |
|---|---|---|---|---|---|
| a | 0.5 | 200 | 0.99 | 0.94 | 0.1 |
| b | 0.6 | 2,000 | 0.98 | 0.95 | 0.1 |
| c | 0.7 | 200 | 0.97 | 0.96 | 0.1 |

## Size of the tests
| population | n | ece .05 | ece .01 |
|---|---|---|---|
| a | 200 | 0.051 | 0.009 |

## Misses
| population | n | ece |
|---|---|---|
| a | 200 | 0.001 / 0.002 |
"""

    @pytest.fixture
    def known(self, tmp_path: Path) -> dict[str, Measured]:
        (tmp_path / "page.md").write_text(self.PAGE)
        return measured(tmp_path, {"ece", "rmsce", "ece_l2_debiased", "accuracy", "brier"})

    def test_columns_are_about_the_metrics_that_they_name(self, known) -> None:
        assert known["ece"].coverage == {200: [0.99, 0.97], 2000: [0.98]}
        assert known["rmsce"].coverage == known["ece_l2_debiased"].coverage == {200: [0.94, 0.96], 2000: [0.95]}
        assert known["ece"].size == {200: [0.051]}
        assert known["ece"].pages == ["page.md"]

    def test_rows_may_be_the_metrics(self, tmp_path: Path) -> None:
        table = page(
            "## Coverage, 5 classes", "| metric | truth 0.00, n = 200 | truth 0.10, n = 2000 | width, n = 200 |", "|---|---|---|---|",
            "| ece | 0.99 | 0.97 | 0.1 |", "| brier | - | 0.95 | 0.1 |", "| other | 0.5 | 0.5 | 0.1 |", "",
            "## Size and power, 5 classes", "| metric | size .05, n = 200 | .01, n = 200 | power at 0.10, n = 200 |", "|---|---|---|---|", "| ece | 0.051 | 0.01 | 0.9 |",
        )
        (tmp_path / "page.md").write_text(table)
        known = measured(tmp_path, {"ece", "brier"})
        assert known["ece"].coverage == {200: [0.99], 2000: [0.97]}
        assert known["brier"].coverage == {2000: [0.95]}
        assert known["ece"].size == {200: [0.051]} and known["brier"].size == {}
        assert set(known) == {"ece", "brier"}

    def test_what_describes_the_population_is_no_coverage(self, known) -> None:
        assert "accuracy" not in known and "brier" not in known

    def test_a_column_named_coverage_is_not_about_the_metric_of_that_name(self, tmp_path: Path) -> None:
        (tmp_path / "page.md").write_text("## Coverage\n| n | coverage |\n|---|---|\n| 200 | 0.95 |\n")
        assert measured(tmp_path, {"coverage"}) == {}

    def test_the_real_tables_are_read(self) -> None:
        known = measured(REPOSITORY / "docs/statistics", {"ece", "rmsce", "mce", "classwise_ece"})
        assert set(known) == {"ece", "rmsce", "mce", "classwise_ece"}
        assert all(set(each.coverage) >= {200, 2000, 20000} for each in known.values())
        assert all(0 < value <= 1 for each in known.values() for values in each.coverage.values() for value in values)


class TestMetricSections:
    ENTRY = {
        "name": "new_metric", "title": "New", "question": "What?", "definition": "a | b", "tex": "", "edge_rules": "", "units": "score", "range": "[0, inf)",
        "better": "lower", "reads": ["top_label"], "citation": "", "default_panel": False,
    }
    FIGURES = {"value": 0.5, "interval": [0.25, 0.75], "method": "normal", "expected_if_calibrated": None, "p_value": None}

    def test_needs_nothing_but_the_entry(self) -> None:
        text = section(self.ENTRY, self.FIGURES, Measured(), {"Brier 1950"})
        assert "### new_metric" in text and "```text\na | b\n```" in text
        assert "| Coverage at 0.95 | not measured yet |" in text
        assert "shown on request" in text and "Edge rules" not in text and "Source" not in text and "False alarms" not in text

    def test_formula_and_rules(self) -> None:
        text = section(self.ENTRY | {"tex": r"\frac{a}{b}", "edge_rules": "None | some."}, self.FIGURES, Measured(), {"Brier 1950"})
        assert "$$\n\\frac{a}{b}\n$$" in text and "```" not in text
        assert r"| Edge rules | None \| some. |" in text

    def test_without_a_value_or_an_interval_the_reason_stands_there(self) -> None:
        absent = {"value": None, "interval": None, "method": None, "expected_if_calibrated": None, "p_value": None, "reason": "no rows"}
        text = section(self.ENTRY, absent, Measured(), {"Brier 1950"})
        assert "| Interval | none: no rows |" in text and "| Example | no value: no rows |" in text and "Coverage" not in text

    def test_sources_are_linked_where_there_is_a_reference(self) -> None:
        text = section(self.ENTRY | {"citation": "Brier 1950; Nobody 1900"}, self.FIGURES, Measured(), {"Brier 1950"})
        assert "| Source | [Brier 1950](references.md); Nobody 1900 |" in text

    def test_text_stays_text(self) -> None:
        assert escaped("a_b |c| <d> $e$ *f* [0, 1]") == r"a_b \|c\| &lt;d> \$e\$ \*f\* \[0, 1\]"


class TestCommandReference:
    WHOLE = "Measures\n\nusage: calibrant COMMAND\n\ncommands:\n  evaluate                  Measure\n                            at length\n\nexit status:\n  0  done\n"
    ONE = "Measure\n\nusage: calibrant evaluate\n\noutput:\n  --json FILE|-             Write _it_\n  --a-very-long-option-name X\n                            Explained\n\n  calibrant evaluate x\n"

    def test_tables_and_texts(self) -> None:
        text = command_reference(lambda *name: self.ONE if name else self.WHOLE)
        assert "| `evaluate` | Measure at length |" in text
        assert "**Exit status**\n\n```text\n  0  done\n```" in text
        assert "## calibrant evaluate" in text
        assert r"| `--json FILE\|-` | Write \_it\_ |" in text
        assert "| `--a-very-long-option-name X` | Explained |" in text
        assert "```text\n  calibrant evaluate x\n```" in text
