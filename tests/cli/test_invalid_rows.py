"""Rows that cannot be used: --on-invalid skip drops and counts them, --renormalize divides them, and the rest is as if they had never been there."""

import math

import pytest

PATTERN = ("--probabilities", "--scores", "p_*")
HEADER = "p_a,p_b,label,w\n"
GOOD = ["0.75,0.25,a,1", "0.5,0.5,b,2", "0.125,0.875,b,1", "1,0,a,3", "0.25,0.75,a,1"]
BAD = {
    "not_finite": ["nan,0.5,a,1", "0.5,inf,b,1", ",1,a,1"],
    "negative": ["-0.25,1.25,a,1"],
    "above_one": ["1.5,0,a,1"],
    "bad_sum": ["0.5,0.25,a,1", "0.5,0.75,b,1"],
    "missing_label": ["0.5,0.5,,1", "0.5,0.5,nan,1"],
    "unknown_label": ["0.5,0.5,c,1", "0.5,0.5,A,1"],
    "invalid_weight": ["0.5,0.5,a,-1", "0.5,0.5,a,", "0.5,0.5,b,inf"],
}


def write(calibrant, name: str, rows: list[str]) -> str:
    (calibrant.folder / name).write_text(HEADER + "".join(row + "\n" for row in rows))
    return name


def mixed() -> list[str]:
    """Good and bad rows in turn."""
    rows = list(GOOD)
    for i, row in enumerate(row for kind in BAD.values() for row in kind):
        rows.insert(2 * i % (len(rows) + 1), row)
    return rows


def test_skipping_counts_by_reason(calibrant) -> None:
    name = write(calibrant, "x.csv", mixed())
    result = calibrant.evaluate(name, *PATTERN, "--weight", "w", "--on-invalid", "skip")
    assert result["data"]["skipped"] == {kind: len(rows) for kind, rows in BAD.items()}
    assert result["data"]["rows"] == len(GOOD)
    assert result["data"]["sources"][0]["rows"] == len(mixed())
    warning = next(each["message"] for each in result["warnings"] if each["code"] == "rows_skipped")
    assert warning.startswith("14 rows were left out (3 not_finite, 1 negative, 1 above_one, 2 bad_sum")


def test_the_rest_is_as_if_they_had_never_been_there(calibrant) -> None:
    skipped = calibrant.evaluate(write(calibrant, "x.csv", mixed()), *PATTERN, "--weight", "w", "--on-invalid", "skip")
    clean = calibrant.evaluate(write(calibrant, "y.csv", GOOD), *PATTERN, "--weight", "w")
    for key in ("metrics", "reliability", "per_class", "headline", "weight"):
        assert skipped[key] == clean[key], key
    assert clean["data"]["skipped"] == {}


@pytest.mark.parametrize("kind", BAD)
def test_each_kind_alone(calibrant, kind: str) -> None:
    name = write(calibrant, "x.csv", GOOD[:1] + BAD[kind] + GOOD[1:])
    sentence = calibrant.refusal("evaluate", name, *PATTERN, "--weight", "w")
    assert sentence.startswith("x.csv: row 1 "), "the first offender"
    assert sentence.endswith("drop them with --on-invalid skip")
    count = len(BAD[kind])
    assert ("no other row is refused" if count == 1 else f"{count} of {count + len(GOOD)} rows are refused") in sentence
    assert calibrant.evaluate(name, *PATTERN, "--weight", "w", "--on-invalid", "skip")["data"]["skipped"] == {kind: count}


def test_the_first_offender_is_first_in_order_of_shards(calibrant) -> None:
    shards = [write(calibrant, "b.csv", GOOD), write(calibrant, "a.csv", GOOD[:3] + BAD["negative"] + GOOD), write(calibrant, "c.csv", BAD["bad_sum"])]
    for threads in ("1", "2"):
        sentence = calibrant.refusal("evaluate", *shards, *PATTERN, "--threads", threads)
        assert sentence.startswith("a.csv: row 3 ") and "3 of 16 rows are refused" in sentence


def test_the_first_offender_among_many_batches(calibrant) -> None:
    rows = GOOD * 20000
    rows[77777] = "0.5,0.4,a,1"
    rows[88888] = "0.5,0.5,zebra,1"
    sentence = calibrant.refusal("evaluate", write(calibrant, "x.csv", rows), *PATTERN)
    assert sentence.startswith("x.csv: row 77777 ") and "2 of 100000 rows are refused" in sentence


def test_dropping_is_no_way_out_where_every_row_is_refused(calibrant) -> None:
    sentence = calibrant.refusal("evaluate", write(calibrant, "x.csv", ["0.5,0.5,c,1", "0.5,0.4,a,1"]), *PATTERN)
    assert sentence.endswith("; all 2 rows are refused; repair them")


def test_renormalizing(calibrant) -> None:
    rows = ["3,1,a,1", "0.25,0.25,b,1", "0.125,0.875,b,1"]
    result = calibrant.evaluate(write(calibrant, "x.csv", rows), *PATTERN, "--renormalize")
    assert result["metrics"]["mean_confidence"]["value"] == pytest.approx((0.75 + 0.5 + 0.875) / 3, rel=1e-15)
    assert [each["message"] for each in result["warnings"] if each["code"] == "renormalized"] == ["2 rows were divided by their sum"]
    for row in ("-1,2,a,1", "nan,1,a,1", "0,0,a,1", "inf,1,a,1"):
        sentence = calibrant.refusal("evaluate", write(calibrant, "x.csv", [*rows, row]), *PATTERN, "--renormalize")
        assert sentence.startswith("x.csv: row 3 "), sentence


def test_a_tiny_excess_is_clipped_and_told(calibrant) -> None:
    result = calibrant.evaluate(write(calibrant, "x.csv", ["1.0000005,0,a,1", "0.5,0.5,b,1"]), *PATTERN)
    assert result["metrics"]["mean_confidence"]["value"] == 0.75
    assert "clipped" in {each["code"] for each in result["warnings"]}


def test_loosely_rounded_rows_are_taken_and_told(calibrant) -> None:
    result = calibrant.evaluate(write(calibrant, "x.csv", ["0.3333,0.6666,a,1", "0.5,0.5,b,1"]), *PATTERN)
    assert any(each["code"] == "loosely_normalized" and each["message"].startswith("1 row miss") for each in result["warnings"])


def test_percentages(calibrant) -> None:
    plain = calibrant.evaluate(write(calibrant, "x.csv", GOOD), *PATTERN)
    percent = [",".join([repr(100 * float(a)), repr(100 * float(b)), *rest]) for a, b, *rest in (row.split(",") for row in GOOD)]
    scaled = calibrant.evaluate(write(calibrant, "y.csv", percent), *PATTERN, "--scale", "percent")
    assert scaled["metrics"] == plain["metrics"] and scaled["reliability"] == plain["reliability"]
    assert calibrant.evaluate("x.csv", *PATTERN, "--scale", "one")["metrics"] == plain["metrics"]
    assert "sums to 0.01, expected 1" in calibrant.refusal("evaluate", "x.csv", *PATTERN, "--scale", "percent")


def test_weight_zero_is_no_row(calibrant) -> None:
    result = calibrant.evaluate(write(calibrant, "x.csv", [*GOOD, "0.5,0.5,a,0"]), *PATTERN, "--weight", "w")
    assert result["data"]["rows"] == len(GOOD)
    assert result["weight"] == 8
    assert "zero_weight" in {each["code"] for each in result["warnings"]}


def test_integer_weights_are_repetition(calibrant) -> None:
    weighted = calibrant.evaluate(write(calibrant, "x.csv", GOOD), *PATTERN, "--weight", "w")
    repeated = calibrant.evaluate(write(calibrant, "y.csv", [row for row in GOOD for _ in range(int(row.split(",")[3]))]), *PATTERN)
    assert calibrant.what_states_keep(weighted["metrics"]) == calibrant.what_states_keep(repeated["metrics"])
    assert weighted["reliability"] == repeated["reliability"]
    assert math.isclose(weighted["weight"], repeated["data"]["rows"])
