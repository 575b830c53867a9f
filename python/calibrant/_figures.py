"""Figures on matplotlib axes, from the document of an evaluation."""

from __future__ import annotations

from typing import Any

from calibrant._errors import CalibrantError

BLUE, GREY = "#0b5fa5", "#6b6b6b"
SHARE_HEIGHT = 0.15  # of the axes, for the fullest bin


def plot_reliability(document: dict[str, Any], axes: Any, of_class: str | None) -> Any:
    """Accuracy over confidence per bin with its interval, the diagonal, and at the foot the share of rows per bin."""
    if axes is None:
        import matplotlib.pyplot as plt  # type: ignore[import-not-found, unused-ignore]

        axes = plt.subplots(figsize=(4.8, 4.8))[1]
    bins = [b for b in _bins(document, of_class) if b["count"] > 0]
    rows = sum(b["count"] for b in bins)
    fullest = max(b["count"] for b in bins)
    axes.bar(
        [b["lower"] for b in bins],
        [SHARE_HEIGHT * b["count"] / fullest for b in bins],
        [b["upper"] - b["lower"] for b in bins],
        align="edge",
        color=GREY,
        alpha=0.25,
        linewidth=0,
        label=f"rows per bin (fullest: {fullest / rows:.0%})",
    )
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="calibrated")
    place = [b["confidence"] for b in bins]
    height = [b["accuracy"] for b in bins]
    known = [b for b in bins if b["interval"] is not None]
    axes.vlines(
        [b["confidence"] for b in known],
        [b["interval"][0] for b in known],
        [b["interval"][1] for b in known],
        color=BLUE,
        linewidth=1.5,
    )
    axes.plot(place, height, color=BLUE, marker="o", markersize=4, linewidth=1, label="observed, with interval")
    axes.set(
        xlim=(0, 1),
        ylim=(0, 1),
        aspect="equal",
        xlabel="confidence" if of_class is None else f"probability of class {of_class}",
        ylabel="accuracy" if of_class is None else f"share of class {of_class}",
        title=_title(document, of_class),
    )
    axes.legend(loc="upper left", frameon=False, fontsize="small")
    return axes


def _bins(document: dict[str, Any], of_class: str | None) -> list[dict[str, Any]]:
    reliability = document["reliability"]
    if of_class is None:
        return list(reliability["top_label"])
    classes = {c["name"]: c["bins"] for c in reliability.get("classes") or []}
    if of_class not in classes:
        known = ", ".join(list(classes)[:10]) or "none, since the evaluation has no class-wise reliability"
        raise CalibrantError(f"of_class: got {of_class!r}, expected one of the evaluation's classes ({known})")
    return list(classes[of_class])


def _title(document: dict[str, Any], of_class: str | None) -> str:
    ece = document["metrics"].get("ece")
    if of_class is not None or ece is None or ece["value"] is None:
        return "Reliability" if of_class is None else f"Reliability of class {of_class}"
    bounds = ece["interval"]
    return f"ECE {ece['value']:.4f}" + ("" if bounds is None else f" [{bounds[0]:.4f}, {bounds[1]:.4f}]")
