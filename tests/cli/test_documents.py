"""Documents that the command prints: Markdown, completion scripts, the manual page, the catalogue."""

import html
import json
import re
import shutil
import subprocess

import pytest

PATTERN = ("--probabilities", "--scores", "p_*")
SHELLS = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


class TestMarkdown:
    def tables(self, text: str) -> list[list[list[str]]]:
        """Cells of every table; a bar with a backslash before it belongs to its cell."""
        found = []
        for block in re.split(r"\n\n", text):
            lines = [line for line in block.splitlines() if line.startswith("|")]
            if lines:
                found.append([re.split(r"(?<!\\)\|", line)[1:-1] for line in lines])
        return found

    def test_is_well_formed(self, calibrant, predictions) -> None:
        data = predictions(rows=300, classes=4)
        data.names = ["a|b", "<script>", "*star*", "`tick` & [link](x)"]
        data.extra = {"g": ["x|y", "_z_", "#"] * 100}
        data.csv(calibrant.folder / "x.csv")
        text = calibrant.output("evaluate", "x.csv", *PATTERN, "--group", "g", "--markdown", "-")
        assert text.startswith("## Calibration: over-confident: says ")
        headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
        assert headings[-4:] == ["Metrics", "Reliability", "Classes", "Groups"]
        tables = self.tables(text)
        assert len(tables) == 4
        for table in tables:
            assert len({len(row) for row in table}) == 1, table
            assert all(re.fullmatch(r" (:--|--:) ", cell) for cell in table[1])
        for escaped in (r"a\|b", "&lt;script&gt;", r"\*star\*", r"\`tick\` &amp; \[link\](x)", r"x\|y", r"\_z\_"):
            assert escaped in text, escaped
        assert "<script>" not in text
        assert re.search(r"Made by calibrant \d+\.\d+\.\d+\.\n$", text)

    def test_has_the_figures_of_the_json_result(self, calibrant, good) -> None:
        metrics = calibrant.evaluate("good.csv", *PATTERN)["metrics"]
        text = calibrant.output("evaluate", "good.csv", *PATTERN, "--markdown", "-")
        rows = {cells[0].strip(): [html.unescape(cell.strip()) for cell in cells[1:]] for cells in self.tables(text)[0][2:]}
        value, interval, expected, p = rows["ECE (top label)"]
        ece = metrics["ece"]
        assert value == f"{100 * ece['value']:.2f} %"
        assert interval == f"{100 * ece['interval'][0]:.2f} to {100 * ece['interval'][1]:.2f}"
        assert expected == f"{100 * ece['expected_if_calibrated']:.2f} %"
        assert p == ("< 0.001" if ece["p_value"] < 0.001 else f"{ece['p_value']:.3f}")

    def test_tells_what_has_no_value(self, calibrant) -> None:
        (calibrant.folder / "x.csv").write_text("p_a,p_b,label\n1,0,b\n")
        text = calibrant.output("evaluate", "x.csv", *PATTERN, "--markdown", "-")
        assert re.search(r"^Log loss has no value: infinite: 1 row gives", text, re.MULTILINE), text
        assert "### Warnings\n\n- " in text


class TestCompletion:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_parses(self, calibrant, shell: str) -> None:
        script = calibrant.output("completion", shell)
        for word in ("evaluate", "probabilities", "on-invalid", "from-state"):
            assert word in script
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        done = subprocess.run([*SHELLS[shell], "/dev/stdin"], input=script.encode(), capture_output=True)
        assert done.returncode == 0 and done.stderr == b"", done.stderr

    def complete(self, calibrant, *words: str) -> set[str]:
        """What bash offers for the last word."""
        program = (
            f"{calibrant.output('completion', 'bash')}\nCOMP_WORDS=({' '.join(map(repr, words))})\nCOMP_CWORD={len(words) - 1}\n"
            'compopt() { COMPREPLY+=("compopt $*"); }\n_calibrant\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
        )
        done = subprocess.run(["bash", "-c", program], cwd=calibrant.folder, capture_output=True, text=True)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        return set(done.stdout.split("\n")) - {""}

    @pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
    def test_bash_offers_what_there_is(self, calibrant) -> None:
        assert self.complete(calibrant, "calibrant", "") >= {"evaluate", "compare", "fit", "apply", "export", "merge", "info", "metrics", "calibrators", "completion", "man", "--help", "--version"}
        assert self.complete(calibrant, "calibrant", "ev") == {"evaluate"}
        assert self.complete(calibrant, "calibrant", "evaluate", "--pro") == {"--probabilities"}
        assert self.complete(calibrant, "calibrant", "evaluate", "--on-invalid", "") == {"error", "skip"}
        assert self.complete(calibrant, "calibrant", "evaluate", "--scale", "p") == {"percent"}
        assert self.complete(calibrant, "calibrant", "evaluate", "--bins", "") == set()
        assert self.complete(calibrant, "calibrant", "evaluate", "--json", "") == {"compopt -o default"}
        assert self.complete(calibrant, "calibrant", "evaluate", "x.csv", "--labels", "") == {"compopt -o default"}
        assert self.complete(calibrant, "calibrant", "evaluate", "x") == {"compopt -o default"}
        assert self.complete(calibrant, "calibrant", "completion", "") == {"bash", "zsh", "fish"}
        assert self.complete(calibrant, "calibrant", "merge", "--ou") == {"--output"}
        assert self.complete(calibrant, "calibrant", "unknown", "") == set()


class TestManual:
    def test_names_its_parts(self, calibrant) -> None:
        page = calibrant.output("man")
        assert page.startswith(".TH CALIBRANT 1")
        for section in ("NAME", "SYNOPSIS", "COMMANDS"):
            assert re.search(rf'^\.SH "?{section}"?$', page, re.MULTILINE), section
        for part in ("exit status", "CALIBRANT_SIMD", "NO_COLOR", "examples"):
            assert part in page.replace("\\-", "-"), part

    @pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
    def test_renders_without_a_warning(self, calibrant) -> None:
        page = calibrant.output("man")
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page.encode(), capture_output=True)
        assert done.returncode == 0 and done.stderr == b"", done.stderr.decode()
        shown = subprocess.run(["groff", "-man", "-Tascii", "-P-cbou"], input=page.encode(), capture_output=True, check=True).stdout.decode()
        assert "calibrant merge part1.cstate part2.cstate -o all.cstate" in shown
        assert "--on-invalid error|skip" in re.sub(r"\s+", " ", shown)
        assert max(map(len, shown.splitlines())) <= 130


class TestCatalogue:
    def test_json_and_markdown_agree(self, calibrant) -> None:
        entries = json.loads(calibrant.output("metrics", "--json"))
        entries = entries["metrics"] if isinstance(entries, dict) else entries
        names = [entry["name"] for entry in entries]
        assert len(names) == len(set(names)) and {"ece", "brier", "log_loss", "spiegelhalter_z"} <= set(names)
        table = calibrant.output("metrics", "--markdown").replace("\\", "")
        text = calibrant.output("metrics")
        for name in names:
            assert name in table and name in text, name

    def test_every_metric_says_what_its_page_needs(self, calibrant) -> None:
        entries = json.loads(calibrant.output("metrics", "--json"))
        silent = [entry["name"] for entry in entries if not entry["tex"] or not entry["edge_rules"]]
        assert silent == [], "add `tex` and `edge_rules` to these entries in src/catalog"

    def test_formulas_in_tex_are_balanced(self, calibrant) -> None:
        for entry in json.loads(calibrant.output("metrics", "--json")):
            tex = re.sub(r"\\\\[{}]", "", entry["tex"])
            assert tex.count("{") == tex.count("}"), entry["name"]
            assert tex.count(r"\left") == tex.count(r"\right"), entry["name"]
            assert entry["edge_rules"].endswith("."), entry["name"]

    def test_every_metric_can_be_chosen(self, calibrant, good) -> None:
        entries = json.loads(calibrant.output("metrics", "--json"))
        entries = entries["metrics"] if isinstance(entries, dict) else entries
        names = [entry["name"] for entry in entries]
        chosen = calibrant.evaluate("good.csv", *PATTERN, "--metrics", ",".join(reversed(names)))["metrics"]
        assert set(chosen) == set(names) == set(calibrant.evaluate("good.csv", *PATTERN, "--metrics", "all")["metrics"])

    def test_info_describes_the_build(self, calibrant) -> None:
        text = calibrant.output("info")
        for line in ("version ", "compiler ", "simd ", "parquet   available"):
            assert re.search(rf"^{line}", text, re.MULTILINE), line
