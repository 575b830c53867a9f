"""`calibrant report`: one HTML page whose numbers are those of the JSON result, whatever the names in the data are."""

import csv
import json
import re

import pytest

html5lib = pytest.importorskip("html5lib", reason="html5lib comes with tools/requirements-dev.txt")

PATTERN = ("--probabilities", "--scores", "p_*")
FIGURES = ("reliability", "confidence", "classes", "class-frequency", "groups", "simplex", "bins", "risk-coverage")


def page_of(text: str):
    """The document as a browser reads it; what is no proper HTML fails."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document = parser.parse(text)
    assert [error for error in parser.errors if error[1] not in ("non-void-element-with-trailing-solidus",)] == []
    return document


def words(element) -> str:
    return "".join(element.itertext()).replace("\u2068", "").replace("\u2069", "").strip()


def by_id(page, name: str):
    found = [element for element in page.iter() if element.get("id") == name]
    assert len(found) == 1, name
    return found[0]


def has(page, name: str) -> bool:
    return any(element.get("id") == name for element in page.iter())


def number(text: str | None) -> float | None:
    return float(text) if text else None


@pytest.fixture
def rows(calibrant, predictions):
    table = predictions(rows=400)
    table.extra["side"] = ["left" if i % 3 else "right" for i in range(400)]
    table.csv(calibrant.folder / "good.csv")
    return table


def test_every_number_is_that_of_the_json_result(calibrant, rows) -> None:
    result = calibrant.evaluate("good.csv", *PATTERN, "--group", "side", "--hash")
    page = page_of(calibrant.output("report", "good.csv", *PATTERN, "--group", "side", "-o", "-"))

    shown = [element for element in page.iter() if element.get("data-metric") and element.get("data-value") is not None]
    assert {element.get("data-metric") for element in shown} == set(result["metrics"])
    for element in shown:
        metric = result["metrics"][element.get("data-metric")]
        lower, upper = metric["interval"] or (None, None)
        assert number(element.get("data-value")) == metric["value"]
        assert (number(element.get("data-lower")), number(element.get("data-upper"))) == (lower, upper)
        assert number(element.get("data-expected")) == metric["expected_if_calibrated"]
        if element.tag == "tr":
            assert number(element.get("data-p")) == metric["p_value"]
    assert [element.get("data-metric") for element in shown if element.tag == "tr"] == list(result["metrics"])

    assert next(page.iter("h1")).get("data-headline") == result["headline"]
    classes = sorted(result["per_class"], key=lambda row: -row["calibration_error"])
    lines = by_id(page, "class-table").find("tbody").findall("tr")
    assert [words(line.find("th")) for line in lines] == [row["name"] for row in classes]
    keys = ("rows", "prevalence", "mean_probability", "predicted", "mean_confidence", "precision", "calibration_error")
    for line, row in zip(lines, classes, strict=True):
        cells = line.findall("td")
        assert [float(cell.get("data-v")) for cell in cells[:7]] == [row[key] for key in keys]
        assert words(cells[7]) == " to ".join(f"{100 * end:.2f}" for end in row["interval"])

    groups = by_id(page, "group-table").find("tbody").findall("tr")
    assert [words(group.find("th")) for group in groups] == list(result["groups"])
    for group in groups:
        expected = result["groups"][words(group.find("th"))]
        values = {cell.get("data-metric"): float(cell.get("data-v")) for cell in group.findall("td") if cell.get("data-metric")}
        assert values == {name: expected["metrics"][name]["value"] for name in ("accuracy", "mean_confidence", "ece")}
        assert words(group.findall("td")[-1]) == expected["headline"]

    bins = [b for b in result["reliability"]["top_label"] if b["count"] > 0]
    marks = [mark for mark in by_id(page, "card-reliability").iter() if mark.get("class") == "cf-bin"]
    assert [(float(mark.get("data-confidence")), float(mark.get("data-accuracy"))) for mark in marks] == [(b["confidence"], b["accuracy"]) for b in bins]
    table = next(by_id(page, "card-reliability").iter("tbody")).findall("tr")
    assert [[words(cell) for cell in line.findall("td")[1:3]] for line in table] == [[f"{b['confidence']:.4f}", f"{b['accuracy']:.4f}"] for b in bins]
    assert [warning["message"] for warning in result["warnings"]] == [words(item) for item in page.iter("li") if item.get("data-code")]
    assert words(by_id(page, "source-table").find("tbody/tr/td[2]")) == result["data"]["sources"][0]["sha256"]


def test_every_figure_is_there(calibrant, rows) -> None:
    page = page_of(calibrant.output("report", "good.csv", *PATTERN, "--group", "side", "-o", "-"))
    for name in FIGURES:
        figure = by_id(page, f"card-{name}")
        assert words(next(figure.iter("h3"))) and len(list(figure.iter("table"))) >= 1, name
    levels = [int(element.tag[1]) for element in page.iter() if element.tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(following <= level + 1 for level, following in zip(levels, levels[1:]))


def test_a_definition_of_every_metric(calibrant, rows) -> None:
    page = page_of(calibrant.output("report", "good.csv", *PATTERN, "-o", "-"))
    for button in (element for element in by_id(page, "metric-table").iter("button")):
        about = by_id(page, button.get("aria-describedby"))
        assert about.get("role") == "tooltip" and len(words(about)) > 20


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u202eשלום\u202c", "x" * 10_000, "</script><img src=x onerror=alert(1)>", "&amp;\"'", " "])
def test_names_are_text(calibrant, rows, name: str) -> None:
    rows.names = [name.replace("\n", " "), "b", "c"]
    rows.extra["side"] = ["<b>left</b>" if i % 3 else name for i in range(400)]
    columns = rows.columns()
    with (calibrant.folder / "good.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    text = calibrant.output("report", "good.csv", *PATTERN, "--group", "side", "-o", "-")
    page = page_of(text)
    assert len([element for element in page.iter("script")]) == 2
    assert not list(page.iter("img")) and not list(page.iter("b"))
    assert not [key for element in page.iter() for key in element.attrib if str(key).startswith("on") or key == "style"]
    assert len(text) < 300_000 and "\u202e" not in text


def test_nothing_is_loaded(calibrant, rows) -> None:
    text = calibrant.output("report", "good.csv", *PATTERN, "-o", "-")
    page = page_of(text)
    assert not [element for element in page.iter() if element.get("src") or (element.get("href") or "#")[0] != "#"]
    assert re.findall(r"https?://[^\"' ]*", text) == ["http://www.w3.org/2000/svg"] * text.count("http://www.w3.org/2000/svg")
    policy = next(element.get("content") for element in page.iter("meta") if element.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy


def test_a_state_gives_the_page_of_its_rows_but_the_simplex(calibrant, rows) -> None:
    calibrant.output("evaluate", "good.csv", *PATTERN, "--state", "all.cstate", "--quiet")
    page = page_of(calibrant.output("report", "all.cstate", "-o", "-"))
    assert not has(page, "card-simplex") and has(page, "card-classes") and has(page, "chooser")
    assert "--bins" in calibrant.refusal("report", "all.cstate", "--bins", "5", "-o", "a.html", status=2)


def test_evaluate_writes_the_page_too(calibrant, rows) -> None:
    calibrant.output("evaluate", "good.csv", *PATTERN, "--metrics", "ece,brier", "--report", "a.html", "--json", "a.json", "--quiet")
    page = page_of((calibrant.folder / "a.html").read_text(encoding="utf-8"))
    assert [row.get("data-metric") for row in by_id(page, "metric-table").iter("tr") if row.get("data-metric")] == ["ece", "brier"]
    assert has(page, "card-risk-coverage") and not has(page, "chooser")
    assert "--each" in calibrant.refusal("evaluate", "good.csv", "good.csv", *PATTERN, "--each", "--report", "b.html", status=2)
    assert "--peer" in calibrant.refusal("evaluate", "good.csv", *PATTERN, "--peer", "netcal", "--report", "b.html", status=2)


def test_before_and_after(calibrant, rows, predictions) -> None:
    predictions(rows=400, seed=2).csv(calibrant.folder / "raw.csv")
    page = page_of(calibrant.output("report", "good.csv", "--before", "raw.csv", *PATTERN, "-o", "-"))
    heads = [words(head) for table in by_id(page, "before-after").iter("table") for head in table.iter("th")]
    assert "raw.csv" in heads and "good.csv" in heads and has(page, "card-before-after")


def test_what_changed_since_a_baseline(calibrant, rows, predictions) -> None:
    """Every number of the section is that of `calibrant diff --json` of the same states."""
    table = predictions(rows=900, seed=9)
    table.extra["side"] = ["left" if i % 3 else "right" for i in range(900)]
    table.csv(calibrant.folder / "old.csv")
    for name in ("old", "good"):
        calibrant.output("evaluate", f"{name}.csv", *PATTERN, "--group", "side", "--state", f"{name}.cstate", "--quiet")
    result = json.loads(calibrant.output("diff", "old.cstate", "good.cstate", "--json", "-", "--report", "diff.html"))
    page = page_of(calibrant.output("report", "good.cstate", "--baseline", "old.cstate", "-o", "-"))
    section = by_id(page, "changes")
    assert words(next(section.iter("h2"))) == "What changed since old.cstate"
    assert [e.get("data-diff") for e in section.iter() if e.get("data-diff")] == [result["verdict"]]

    def check(row, change) -> None:
        lower, upper = change["interval"] or (None, None)
        expected = (change["old"]["value"], change["new"]["value"], change["difference"], lower, upper, change["p_value"], change["adjusted_p_value"])
        assert tuple(number(row.get(f"data-{key}")) for key in ("old", "new", "value", "lower", "upper", "p", "adjusted")) == expected
        assert row.get("data-verdict") == change["verdict"]

    shown = [row for row in by_id(page, "change-table").iter("tr") if row.get("data-metric")]
    assert [row.get("data-metric") for row in shown] == list(result["metrics"])
    for row in shown:
        check(row, result["metrics"][row.get("data-metric")])
    classes = {row["name"]: row for row in result["per_class"]}
    for row in by_id(page, "class-change-table").iter("tr") if has(page, "class-change-table") else ():
        if row.get("data-metric"):
            check(row, classes[row.get("data-member")][row.get("data-metric")])
    groups = [group for group in section.iter() if group.get("class") == "cf-change"]
    marks = {group.get("data-metric"): next(mark for mark in group if mark.get("data-value")) for group in groups}
    assert set(marks) == {name for name, of in result["metrics"].items() if of["family"] == "leading"}
    for name, mark in marks.items():
        assert number(mark.get("data-value")) == result["metrics"][name]["difference"]
    assert has(page, "card-before-after-baseline") and not has(page, "before-after")
    mixes = {p.get("data-mix"): number(p.get("data-value")) for p in section.iter("p") if p.get("data-mix")}
    assert mixes == {"classes": result["class_mix"]["distance"], "groups": result["group_mix"]["distance"]}
    written = page_of((calibrant.folder / "diff.html").read_text(encoding="utf-8"))
    assert [e.attrib for e in by_id(written, "change-table").iter("tr")] == [e.attrib for e in by_id(page, "change-table").iter("tr")]
    # Both sides may be predictions, and stand beside a calibrator's before.
    both = page_of(calibrant.output("report", "good.csv", "--before", "old.csv", "--baseline", "old.csv", *PATTERN, "-o", "-"))
    assert has(both, "changes") and has(both, "before-after")
    assert "--baseline" not in calibrant.output("report", "good.csv", *PATTERN, "-o", "-")


def test_confidences_alone(calibrant) -> None:
    lines = "".join(f"{0.5 + i % 50 / 100},{int(i % 3 > 0)}\n" for i in range(300))
    (calibrant.folder / "stated.csv").write_text("stated,ok\n" + lines)
    page = page_of(calibrant.output("report", "stated.csv", "--confidence", "stated", "--correct", "ok", "-o", "-"))
    assert has(page, "card-reliability") and has(page, "card-bins") and not has(page, "classes")


def test_soft_labels(calibrant) -> None:
    lines = "".join(f"{0.2 + i % 7 / 10:.1f},{0.8 - i % 7 / 10:.1f},{i % 5 / 4},{1 - i % 5 / 4}\n" for i in range(200))
    (calibrant.folder / "soft.csv").write_text("p_a,p_b,y_a,y_b\n" + lines)
    page = page_of(calibrant.output("report", "soft.csv", *PATTERN, "--soft-labels", "y_*", "-o", "-"))
    assert has(page, "chooser") and "soft labels in 120 rows" in words(next(page.iter("header")))


def test_models_side_by_side(calibrant, rows, predictions) -> None:
    predictions(rows=400, seed=1, kind="probabilities").csv(calibrant.folder / "same.csv")
    rows.scores = rows.scores**0.5 / (rows.scores**0.5).sum(axis=1, keepdims=True)
    rows.names = ["c0", "c1", "c2"]
    rows.csv(calibrant.folder / "flat.csv")
    calibrant.output("compare", "same.csv", "flat.csv", *PATTERN, "--report", "a.html", "--json", "a.json", "--quiet")
    result = json.loads((calibrant.folder / "a.json").read_text(encoding="utf-8"))
    page = page_of((calibrant.folder / "a.html").read_text(encoding="utf-8"))
    assert next(page.iter("h1")).get("data-headline") == result["pairs"][0]["verdict"]
    shown = [cell for cell in by_id(page, "model-table").iter("td")]
    values = [result["models"][i % 2]["metrics"][cell.get("data-metric")]["value"] for i, cell in enumerate(shown)]
    assert [number(cell.get("data-value")) for cell in shown] == values and len(values) == 10
    differences = {row.get("data-metric"): row for row in page.iter("tr") if row.get("data-adjusted") is not None}
    assert list(differences) == list(result["pairs"][0]["differences"])
    for name, expected in result["pairs"][0]["differences"].items():
        row = differences[name]
        assert number(row.get("data-value")) == expected["value"] and number(row.get("data-p")) == expected["p_value"]
        assert number(row.get("data-adjusted")) == expected["adjusted_p_value"]
        assert [number(row.get("data-lower")), number(row.get("data-upper"))] == (expected["interval"] or [None, None])


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("-o", "a.html"), "no input"),
        (("good.csv", "a.cstate", "-o", "a.html"), "states and predictions"),
        (("good.csv", *PATTERN, "-o", "good.csv"), "good.csv"),
        (("good.csv", *PATTERN), "--output"),
        (("good.csv", *PATTERN, "--weight-kind", "importance", "-o", "a.html"), "--weight-kind"),
    ],
)
def test_what_makes_no_page_is_refused(calibrant, rows, arguments, part: str) -> None:
    assert part in calibrant.refusal("report", *arguments, status=2)


def test_it_says_what_the_page_says(calibrant, rows) -> None:
    said = calibrant.output("report", "good.csv", *PATTERN, "-o", "a.html")
    assert said == f"a.html: {calibrant.evaluate('good.csv', *PATTERN)['headline']}\n"
    assert calibrant.output("report", "good.csv", *PATTERN, "-o", "b.html", "--quiet") == ""
    same = [(calibrant.folder / name).read_text(encoding="utf-8").replace("-o b.html --quiet", "-o a.html") for name in ("a.html", "b.html")]
    assert same[0] == same[1]
