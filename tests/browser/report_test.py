"""The page of `calibrant report` in a browser. Needs the command and .venv-docs; `make test-report` runs it."""

import array
import json
import math
import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.path.abspath(os.environ.get("CALIBRANT_COMMAND", str(ROOT / "build/release/bin/calibrant")))
WIDTHS = (1280, 390)
MANY = 1000
PATTERN = ("--probabilities", "--scores", "p_*")
BAD_NAMES = ["<script>alert(1)</script>", "\u202eשלום עולם\u202c", "x" * 10_000, "&amp;<b>\"'"]
PAGES = ("three", "ten", "many", "bad", "since")
COMPARISON = "models"

pytestmark = pytest.mark.skipif(not Path(COMMAND).exists(), reason="the command is not built: make build")


def rows(count: int, classes: int, seed: int) -> Iterator[tuple[list[float], int]]:
    """Rows of an over-confident model."""
    draw = random.Random(seed)
    for _ in range(count):
        z = [draw.gauss(0, 1.5) for _ in range(classes)]
        truth = [math.exp(x) for x in z]
        shown = [x**1.5 for x in truth]
        total = sum(shown)
        yield [x / total for x in shown], draw.choices(range(classes), truth)[0]


def write_npy(path: Path, kind: str, shape: tuple[int, ...], values: array.array) -> None:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + values.tobytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("reports")

    def run(*arguments: str) -> None:
        subprocess.run([COMMAND, *map(str, arguments)], cwd=place, check=True, capture_output=True)

    run("report", ROOT / "examples/predictions.csv", *PATTERN, "-o", "three.html")
    digits = ROOT / "examples/digits"
    run("compare", digits / "naive_bayes.csv", digits / "logistic_regression.csv", *PATTERN, "--quiet", "--report", f"{COMPARISON}.html")
    run("report", digits / "logistic_regression.csv", "--before", digits / "naive_bayes.csv", *PATTERN, "-o", "ten.html")

    lines = (digits / "logistic_regression.csv").read_text().splitlines(keepends=True)
    (place / "may.csv").write_text(lines[0] + "".join(lines[1::2]))
    run("report", digits / "naive_bayes.csv", "--baseline", "may.csv", *PATTERN, "-o", "since.html")

    scores, labels = array.array("f"), array.array("i")
    for row, label in rows(3000, MANY, 1):
        scores.extend(row)
        labels.append(label)
    write_npy(place / "scores.npy", "<f4", (3000, MANY), scores)
    write_npy(place / "labels.npy", "<i4", (3000,), labels)
    many = ("scores.npy", "--labels", "labels.npy", "--probabilities", "--classes", ",".join(map(str, range(MANY))))
    run("report", *many, "-o", "many.html")
    run("evaluate", *many, "--per-class", "--json", "many.json", "--quiet")

    quoted = ['"' + name.replace('"', '""') + '"' for name in BAD_NAMES]
    lines = [",".join(['"p_' + name[1:] for name in quoted] + ["label", "side"])]
    for i, (row, label) in enumerate(rows(900, 4, 2)):
        lines.append(",".join([repr(x) for x in row] + [quoted[label], ("left", "<i>right</i>", "שלום")[i % 3]]))
    (place / "bad.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("report", "bad.csv", *PATTERN, "--group", "side", "-o", "bad.html")
    return place


class Tab:
    """A page in a browser without network, and what it complains of."""

    def __init__(self, browser, width: int = 1280, scheme: str = "light", script: bool = True) -> None:
        self.complaints: list[str] = []
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, offline=True)
        self.page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: request.url.startswith("file:") or self.complaints.append(f"asks for {request.url}"))

    def open(self, path: Path, anchor: str = ""):
        self.page.goto(path.as_uri() + anchor)
        return self.page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", (*PAGES, COMPARISON))
def test_it_opens_quietly_and_is_accessible(browser, axe_violations, folder, name: str, width: int, scheme: str) -> None:
    """No console message, no request, nothing wider than the window, every figure drawn, axe finds nothing."""
    tab = Tab(browser, width, scheme)
    page = tab.open(folder / f"{name}.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.querySelectorAll('.plot svg')].every(svg => svg.getBoundingClientRect().height > 100)")
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe_violations(page) == []
    assert tab.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_it_is_ready_in_time(browser, folder, name: str) -> None:
    tab = Tab(browser)
    began = time.monotonic()
    page = tab.open(folder / f"{name}.html")
    page.wait_for_selector("#class-plot circle.cf-dot", state="attached")
    assert time.monotonic() - began < 2
    assert (folder / f"{name}.html").stat().st_size < 400_000


def test_the_chooser_has_the_numbers_of_every_class(browser, folder) -> None:
    result = json.loads((folder / "many.json").read_text(encoding="utf-8"))
    diagrams = {diagram["name"]: diagram for diagram in result["reliability"]["classes"]}
    rows_of = {row["name"]: row for row in result["per_class"]}
    page = Tab(browser).open(folder / "many.html")
    for name in ("0", "7", "512", "999"):
        page.fill("#filter", name)
        page.select_option("#choice", label=page.locator("#choice option").evaluate_all("(all, name) => all.find(o => o.textContent.replace(/[\\u2068\\u2069]/g, '').startsWith(name + ' ·')).textContent", name))
        assert page.inner_text("#class-name") == name
        table = page.evaluate("[...document.querySelectorAll('#class-numbers tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))")
        diagram = diagrams[name]
        full = [i for i, count in enumerate(diagram["count"]) if count > 0]
        assert [float(row[1].replace(",", "")) for row in table] == [diagram["count"][i] for i in full]
        assert [float(row[2]) for row in table] == pytest.approx([diagram["confidence"][i] for i in full], abs=8e-5)
        assert [float(row[3]) for row in table] == pytest.approx([diagram["accuracy"][i] for i in full], abs=6e-5)
        assert [[float(end) for end in row[4].split(" to ")] for row in table] == [pytest.approx([diagram["interval_lower"][i], diagram["interval_upper"][i]], abs=8e-4) for i in full]
        assert page.locator("#class-plot g.cf-bin").count() == len(full)
        assert f"rows\u00a0{rows_of[name]['rows']:.0f}" in page.inner_text("#class-words")


def test_what_changed_is_read_out(browser, folder) -> None:
    page = Tab(browser).open(folder / "since.html")
    plot = page.locator("#card-changes .plot")
    plot.focus()
    titles = page.locator("#card-changes g.cf-change title").all_text_contents()
    said = []
    for _ in titles:
        page.keyboard.press("ArrowRight")
        said.append(page.locator("#card-changes .readout").inner_text())
    assert len(titles) == 5 and sorted(said) == sorted(titles), "the log loss is infinite, so it has no mark"


def test_search_and_deep_links(browser, folder) -> None:
    tab = Tab(browser)
    page = tab.open(folder / "many.html", "#class=512")
    assert page.inner_text("#class-name") == "512" and page.locator("#choice option:checked").inner_text().strip("\u2068").startswith("512")
    page.fill("#filter", "77")
    names = page.locator("#choice option").all_inner_texts()
    assert 0 < len(names) < 40 and all("77" in name for name in names)
    assert page.inner_text("#class-name") in names[0] and page.url.endswith("#class=" + page.inner_text("#class-name"))
    page.fill("#filter", "nothing has this name")
    assert "No class" in page.inner_text("#matches")
    page.evaluate("location.hash = '#class=3'")
    page.wait_for_function("document.querySelector('#class-name').textContent === '3'")
    bad = tab.open(folder / "bad.html")
    bad.select_option("#choice", index=1)
    assert "%D7%A9" in bad.url or "%" in bad.url.split("#class=")[1]
    for name in ("%", "%E0%A4%A", "nobody"):
        bad.evaluate("name => { location.hash = '#class=' + name }", name)
    assert tab.complaints == []


def test_points_are_read_out(browser, folder) -> None:
    page = Tab(browser).open(folder / "three.html")
    plots = page.locator(".plot[role=group]")
    assert plots.count() >= 8
    for i in range(plots.count()):
        plot = plots.nth(i)
        line = plot.locator("xpath=following-sibling::p[contains(@class, 'readout')][1]")
        hint = line.inner_text()
        plot.focus()
        page.keyboard.press("ArrowRight")
        first = line.inner_text()
        assert first != hint and any(digit.isdigit() for digit in first)
        page.keyboard.press("End")
        last = line.inner_text()
        page.keyboard.press("Home")
        assert line.inner_text() == first != last
    dot = page.locator("#card-reliability g.cf-bin circle").nth(3)
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    assert page.locator("#card-reliability .readout").inner_text() == page.locator("#card-reliability g.cf-bin title").nth(3).text_content()


def test_counts_on_a_log_scale_and_back(browser, folder) -> None:
    page = Tab(browser).open(folder / "three.html")
    for card in ("#card-reliability", "#chooser"):
        heights = f"[...document.querySelectorAll('{card} svg rect.cf-grey')].map(bar => +bar.getAttribute('height'))"
        linear = page.evaluate(heights)
        page.check(f"{card} .tool input")
        logarithmic = page.evaluate(heights)
        assert len(linear) == len(logarithmic) > 5 and min(logarithmic) > min(linear) and max(logarithmic) == pytest.approx(58, abs=0.1)
        page.uncheck(f"{card} .tool input")
        assert page.evaluate(heights) == linear


def test_tables_sort(browser, folder) -> None:
    page = Tab(browser).open(folder / "many.html")
    column = "[...document.querySelectorAll('#class-table tbody tr')].map(row => parseFloat(row.cells[1].textContent))"
    page.click("#class-table thead th:nth-child(2) button")
    values = page.evaluate(column)
    assert values == sorted(values, reverse=True) and page.get_attribute("#class-table thead th:nth-child(2)", "aria-sort") == "descending"
    page.click("#class-table thead th:nth-child(2) button")
    assert page.evaluate(column) == sorted(values)


def test_definitions_come_by_keyboard_and_go_by_escape(browser, folder) -> None:
    page = Tab(browser).open(folder / "three.html")
    button = page.locator("button[aria-describedby=about-ece]")
    button.focus()
    assert page.locator("#about-ece").is_visible() and "conf" in page.inner_text("#about-ece")
    page.keyboard.press("Escape")
    assert not page.locator("#about-ece").is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_without_script_all_is_there(browser, folder, name: str) -> None:
    tab = Tab(browser, script=False)
    page = tab.open(folder / f"{name}.html")
    for card in ("reliability", "confidence", "classes", "class-frequency", "bins", "risk-coverage"):
        assert page.locator(f"#card-{card} .plot > svg").is_visible(), card
    for special, card in (("three", "simplex"), ("ten", "before-after"), ("since", "changes"), ("bad", "groups")):
        assert page.locator(f"#card-{card} .plot > svg").count() == (name == special)
    classes = {"three": 3, "ten": 10, "since": 10, "many": MANY, "bad": 4}[name]
    assert page.locator("#class-table tbody tr").count() == classes
    assert page.locator("#card-classes g.cf-class").count() == min(classes, 12)
    assert not page.locator("#chooser").is_visible()
    assert tab.complaints == []


def test_paper_has_a_few_pages(browser, folder, tmp_path) -> None:
    page = Tab(browser).open(folder / "many.html")
    page.emulate_media(media="print")
    assert not page.locator("#chooser").is_visible() and page.locator("#card-classes .plot > svg").is_visible()
    assert page.locator("#class-table tbody tr:visible").count() == 60
    page.pdf(path=tmp_path / "many.pdf", format="A4")
    assert (tmp_path / "many.pdf").read_bytes().count(b"/Type /Page\n") <= 16
