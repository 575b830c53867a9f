"""The calibrators' part of docs/calibrators.md: one section per entry of the catalogue. Nothing here knows a calibrator by name."""

from pages.metric_sections import escaped


def options(entry: dict) -> list[str]:
    return [
        f"- `{option['name']}`: `{option['values']}`, without it `{option['default']}`: {escaped(option['meaning'])}"
        for option in entry["options"]
    ]


def section(entry: dict) -> str:
    order = "yes, so accuracy stays as it is" if entry["keeps_order"] else "no"
    lines = [
        f"### {entry['title']} (`{entry['name']}`)",
        "",
        escaped(entry["idea"]),
        "",
        f"    {entry['definition']}",
        "",
        f"Keeps the order of a row: {order}. A class without rows gets: {escaped(entry['absent_class'])}."
        + (f" Source: {escaped(entry['citation'])}." if entry["citation"] else ""),
    ]
    if entry["onnx_obstacle"]:
        lines[-1] += f" Not in ONNX: {escaped(entry['onnx_obstacle'])}."
    if entry["onnx_obstacle_of_logits"]:
        lines[-1] += f" Of logits not in ONNX: {escaped(entry['onnx_obstacle_of_logits'])}."
    if entry["options"]:
        lines += ["", "Options:", "", *options(entry)]
    return "\n".join(lines) + "\n"


def calibrator_sections(catalogue: list[dict]) -> str:
    return "\n" + "\n".join(section(entry) for entry in catalogue) + "\n"
