"""`calibrant plot`: figures are well-formed, show the numbers of the JSON result, and lose no text on their way to PNG and PDF."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import matplotlib.image
import numpy as np
import pytest

PATTERN = ("--probabilities", "--scores", "p_*")
SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("reliability", "class", "classes", "confidence", "risk-coverage", "bins", "class-frequency", "groups", "simplex", "before-after", "changes")
RENDERED = pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="rsvg-convert comes with librsvg2-bin, see tools/install_deps.sh")


def drawn(calibrant, *arguments: str) -> ElementTree.Element:
    return ElementTree.fromstring(calibrant.output("plot", *arguments, "-o", "-"))


def arguments_of(kind: str) -> tuple[str, ...]:
    inputs = ("good.csv", "good.csv") if kind in ("before-after", "changes") else ("good.csv",)
    return (kind, *inputs, *PATTERN, *(("--group", "side") if kind == "groups" else ()))


@pytest.fixture
def rows(calibrant, predictions):
    """A table with groups, of an over-confident model."""
    table = predictions(rows=400)
    table.extra["side"] = ["left" if i % 3 else "right" for i in range(400)]
    table.csv(calibrant.folder / "good.csv")
    return table


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_is_well_formed_and_says_what_it_shows(calibrant, rows, kind: str) -> None:
    figure = drawn(calibrant, *arguments_of(kind))
    assert figure.tag == SVG + "svg" and figure.get("role") == "img"
    title, description = figure.get("aria-labelledby").split()
    texts = {element.get("id"): element.text for element in figure if element.get("id")}
    assert texts[title] and texts[description]
    assert not list(figure.iter(SVG + "script"))
    assert not [name for element in figure.iter() for name in element.attrib if "href" in name or name.startswith("on")]


def test_help_names_every_figure(calibrant) -> None:
    text = calibrant.output("plot", "--help")
    assert re.findall(r"^  ([a-z-]+)  +[A-Z]", text.split("figures:\n")[1].split("\n\n")[0], re.MULTILINE) == list(KINDS)


def test_marks_carry_the_numbers_of_the_json_result(calibrant, rows) -> None:
    result = calibrant.evaluate("good.csv", *PATTERN, "--group", "side")
    bins = [b for b in result["reliability"]["top_label"] if b["count"] > 0]
    marks = drawn(calibrant, "reliability", "good.csv", *PATTERN).findall(f".//{SVG}g[@class='cf-bin']")
    assert [float(mark.get("data-count")) for mark in marks] == [b["count"] for b in bins]
    assert [float(mark.get("data-confidence")) for mark in marks] == [b["confidence"] for b in bins]
    assert [float(mark.get("data-accuracy")) for mark in marks] == [b["accuracy"] for b in bins]
    assert [[float(end) for end in mark.get("data-interval").split()] for mark in marks] == [b["interval"] for b in bins]

    confidence = drawn(calibrant, "confidence", "good.csv", *PATTERN).findall(f".//{SVG}g[@class='cf-bin']")
    assert [float(mark.get("data-right")) + float(mark.get("data-wrong")) for mark in confidence] == [b["count"] for b in bins]
    assert [float(mark.get("data-right")) for mark in confidence] == pytest.approx([b["count"] * b["accuracy"] for b in bins])

    classes = drawn(calibrant, "classes", "good.csv", *PATTERN).findall(f".//{SVG}g[@class='cf-class']")
    worst = sorted(result["per_class"], key=lambda row: -row["calibration_error"])
    assert [mark.get("data-class").strip("\u2068\u2069") for mark in classes] == [row["name"] for row in worst]
    assert [float(mark.get("data-error")) for mark in classes] == [row["calibration_error"] for row in worst]

    groups = drawn(calibrant, "groups", "good.csv", *PATTERN, "--group", "side").findall(f".//{SVG}g[@class='cf-group']")
    values = {group.get("data-group").strip("\u2068\u2069"): [float(dot.get("data-value")) for dot in group.iter(SVG + "circle")] for group in groups}
    assert set(values) == {"", "left", "right"}
    for name, metrics in {"": result["metrics"], **{name: group["metrics"] for name, group in result["groups"].items()}}.items():
        assert values[name] == [metrics["ece"]["value"], metrics["confidence_gap"]["value"]]


def test_the_curve_is_that_of_the_metrics(calibrant, rows) -> None:
    line = drawn(calibrant, "risk-coverage", "good.csv", *PATTERN).find(f".//{SVG}path[@data-risk]")
    coverage, risk = ([float(x) for x in line.get(name).split()] for name in ("data-coverage", "data-risk"))
    assert coverage[-1] == 1
    for place in (len(risk) // 4, len(risk) // 2, len(risk) - 1):
        result = calibrant.evaluate("good.csv", *PATTERN, "--coverage", repr(coverage[place]))["metrics"]["risk_at_coverage"]
        assert result["details"]["coverage"] == coverage[place] and result["value"] == pytest.approx(risk[place], abs=1e-15)


def test_names_cannot_leave_their_place(calibrant, rows) -> None:
    rows.names = ["<script>alert(1)</script>", "\u202eשלום\u202c", "x" * 10_000]
    rows.csv(calibrant.folder / "good.csv")
    for kind in ("class", "classes", "class-frequency", "simplex"):
        text = calibrant.output("plot", kind, "good.csv", *PATTERN, "-o", "-")
        figure = ElementTree.fromstring(text)
        assert not list(figure.iter(SVG + "script"))
        assert len(text) < 60_000 and "\u202e" not in text
    shown = [element.text for element in drawn(calibrant, "classes", "good.csv", *PATTERN).iter(SVG + "text")]
    assert any(text.startswith("\u2068<script>") for text in shown)


def test_a_state_gives_the_figure_of_its_rows(calibrant, rows) -> None:
    calibrant.output("evaluate", "good.csv", *PATTERN, "--state", "all.cstate", "--quiet")
    for kind in ("reliability", "classes", "risk-coverage", "bins"):
        assert calibrant.output("plot", kind, "all.cstate", "-o", "-") == calibrant.output("plot", kind, "good.csv", *PATTERN, "-o", "-")
    assert "no state file holds" in calibrant.refusal("plot", "simplex", "all.cstate", "-o", "a.svg")
    assert "there are no groups" in calibrant.refusal("plot", "groups", "all.cstate", "-o", "a.svg")
    assert "--bins" in calibrant.refusal("plot", "reliability", "all.cstate", "--bins", "5", "-o", "a.svg", status=2)


def test_states_of_shards_are_merged(calibrant, rows) -> None:
    for number, (first, last) in enumerate(((0, 150), (150, 400))):
        rows.rows(first, last).csv(calibrant.folder / f"{number}.csv")
        calibrant.output("evaluate", f"{number}.csv", *PATTERN, "--state", f"{number}.cstate", "--quiet")
    assert calibrant.output("plot", "reliability", "0.cstate", "1.cstate", "-o", "-") == calibrant.output("plot", "reliability", "good.csv", *PATTERN, "-o", "-")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("pie", "good.csv", "-o", "a.svg"), ('got "pie"', "expected one of reliability, class")),
        (("reliabilty", "good.csv", "-o", "a.svg"), ("did you mean reliability?",)),
        (("reliability", "good.csv", "-o", "a.gif"), ("--output", "a.gif", ".svg, .png or .pdf")),
        (("reliability", "-o", "a.svg"), ("no input",)),
        (("before-after", "good.csv", "-o", "a.svg"), ("got 1 input, expected 2",)),
        (("reliability", "good.csv", "--class", "c0", "-o", "a.svg"), ("--class",)),
        (("class", "good.csv", *PATTERN, "--class", "owl", "-o", "a.svg"), ('got "owl"', "c0, c1, c2")),
        (("reliability", "good.csv", "--zoom", "3", "-o", "a.svg"), ("--zoom is of PNG",)),
        (("reliability", "good.csv", "a.cstate", "-o", "a.svg"), ("states and predictions",)),
        (("reliability", "good.csv", "--group", "side", "-o", "a.svg"), ("--group",)),
    ],
)
def test_what_makes_no_figure_is_refused(calibrant, rows, arguments, parts) -> None:
    sentence = calibrant.refusal("plot", *arguments, status=2)
    for part in parts:
        assert part in sentence, sentence


def test_confidences_alone_have_the_figures_that_need_no_classes(calibrant) -> None:
    lines = "".join(f"{0.5 + i % 50 / 100},{int(i % 3 > 0)}\n" for i in range(300))
    (calibrant.folder / "stated.csv").write_text("stated,ok\n" + lines)
    stated = ("stated.csv", "--confidence", "stated", "--correct", "ok")
    for kind in ("reliability", "confidence", "risk-coverage", "bins"):
        assert drawn(calibrant, kind, *stated).tag == SVG + "svg"
    for kind in ("class", "classes", "class-frequency", "simplex"):
        assert "needs the probabilities of all classes" in calibrant.refusal("plot", kind, *stated, "-o", "a.svg")


def test_without_the_converter_it_says_what_to_install(calibrant, rows) -> None:
    done = calibrant.run("plot", "reliability", "good.csv", *PATTERN, "-o", "a.png", environment={"PATH": str(calibrant.folder)})
    assert done.returncode == 3 and b"apt install librsvg2-bin" in done.stderr and done.stderr.count(b"\n") == 1
    assert not (calibrant.folder / "a.png").exists()


def test_a_converter_that_fails_leaves_nothing(calibrant, rows) -> None:
    fake = calibrant.folder / "rsvg-convert"
    fake.write_text("#!/bin/sh\necho 'no \x1b[31mink' >&2\nexit 1\n")
    fake.chmod(0o755)
    done = calibrant.run("plot", "reliability", "good.csv", *PATTERN, "-o", "a.png", environment={"PATH": f"{calibrant.folder}:/usr/bin:/bin"})
    assert done.returncode == 3 and b"rsvg-convert: it failed (no ?[31mink)" in done.stderr
    assert not (calibrant.folder / "a.png").exists()


@RENDERED
def test_png_and_pdf(calibrant, rows) -> None:
    figure = drawn(calibrant, "reliability", "good.csv", *PATTERN)
    calibrant.output("plot", "reliability", "good.csv", *PATTERN, "-o", "a.PNG", "--zoom", "3")
    picture = matplotlib.image.imread(calibrant.folder / "a.PNG", format="png")
    assert picture.shape[:2] == tuple(round(3 * float(figure.get(side))) for side in ("height", "width"))
    calibrant.output("plot", "reliability", "good.csv", *PATTERN, "-o", "a.pdf")
    assert (calibrant.folder / "a.pdf").read_bytes().startswith(b"%PDF-")


def ink_of_texts(calibrant, svg: str, environment: dict[str, str]) -> list[tuple[str, int]]:
    """Every upright text with how many pixels around its start change when all texts are taken away."""
    figure = ElementTree.fromstring(svg)
    bare = ElementTree.fromstring(svg)
    for parent in list(bare.iter()):
        for child in [child for child in parent if child.tag == SVG + "text"]:
            parent.remove(child)
    pictures = []
    for number, text in enumerate((svg.encode(), ElementTree.tostring(bare))):
        target = calibrant.folder / f"{number}.png"
        subprocess.run(["rsvg-convert", "--format=png", "--zoom=2", "-o", target], input=text, check=True, env=calibrant.environment | environment)
        pictures.append(matplotlib.image.imread(target)[..., :3])
    changed = np.abs(pictures[0] - pictures[1]).sum(axis=2) > 0.3
    found = []
    for text in figure.iter(SVG + "text"):
        if text.get("transform"):
            continue
        x, y = float(text.get("x")), float(text.get("y"))
        left, right = (x - 12, x) if "cf-end" in text.get("class") else (x - 6, x + 6) if "cf-middle" in text.get("class") else (x, x + 12)
        area = changed[int(2 * (y - 12)) : int(2 * (y + 3)), int(2 * max(left, 0)) : int(2 * right)]
        found.append((text.text, int(area.sum())))
    return found


@RENDERED
@pytest.mark.parametrize("fonts", ["of this machine", "one serif alone"])
def test_a_missing_font_takes_no_text_away(calibrant, rows, fonts: str) -> None:
    rows.names = ["cat", "שלום", "名前"]
    rows.csv(calibrant.folder / "good.csv")
    environment = {}
    if fonts == "one serif alone":
        # Neither the name of a font nor "sans-serif" leads anywhere here.
        known = subprocess.run(["fc-list", ":", "file"], capture_output=True, text=True, check=True).stdout.splitlines()
        serif = sorted(known, key=lambda line: "Serif" not in line)[0].rstrip(": ")
        folder = calibrant.folder / "fonts"
        folder.mkdir()
        shutil.copy(serif, folder)
        (calibrant.folder / "fonts.conf").write_text(f"<?xml version='1.0'?><fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>")
        environment = {"FONTCONFIG_FILE": str(calibrant.folder / "fonts.conf")}
    for kind in ("reliability", "classes"):
        texts = ink_of_texts(calibrant, calibrant.output("plot", kind, "good.csv", *PATTERN, "--theme", "light", "-o", "-"), environment)
        assert len(texts) > 15
        assert [text for text, ink in texts if ink < 3] == []


def test_the_theme_can_be_fixed(calibrant, rows) -> None:
    automatic, light, dark = (calibrant.output("plot", "reliability", "good.csv", *PATTERN, "--theme", theme, "-o", "-") for theme in ("auto", "light", "dark"))
    assert "prefers-color-scheme" in automatic and "prefers-color-scheme" not in light + dark
    assert "#0d1117" in dark and "#0d1117" not in light


def luminance(colour: str) -> float:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast_of_text_and_marks(calibrant, rows, theme: str) -> None:
    """WCAG 2.2 AA: 4.5 for text, 3 for marks, on paper; marks also on the band."""
    style = drawn(calibrant, "reliability", "good.csv", *PATTERN, "--theme", theme).find(SVG + "style").text
    colours: dict[str, str] = {}
    for selectors, colour in re.findall(r"([^{}]+)\{(?:fill|stroke):(#[0-9a-f]{6})\}", style):
        colours.update((selector.removeprefix(".cf-"), colour) for selector in selectors.split(","))

    def contrast(a: str, b: str) -> float:
        lighter, darker = sorted((luminance(colours[a]), luminance(colours[b])), reverse=True)
        return (lighter + 0.05) / (darker + 0.05)

    for text in ("title", "text", "label", "tick", "note"):
        assert contrast(text, "paper") >= 4.5, text
    for mark in ("blue", "orange", "grey", "axis", "ideal", "edge", "blue-line", "orange-line"):
        assert contrast(mark, "paper") >= 3, mark
    for mark in ("blue", "ideal"):
        assert contrast(mark, "band") >= 3, mark
