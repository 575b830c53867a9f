"""Results of a run as Markdown."""

import math

from harness.cases import Role
from harness.goals import MEGABYTE, Verdict
from harness.results import CaseResult, Row, TaskResult, failures

BEGIN, END = "<!-- benchmark tables -->\n", "<!-- end of benchmark tables -->\n"
COLUMNS = (
    "input",
    "contender",
    "version",
    "median s",
    "min s",
    "ratio to ours",
    "ratio to the limit",
    "peak memory",
    "target",
    "met",
)


def seconds_text(seconds: float | None) -> str:
    """Three significant digits, without an exponent."""
    if seconds is None:
        return "-"
    decimals = 2 if seconds <= 0 else max(0, 2 - math.floor(math.log10(seconds)))
    return f"{seconds:.{decimals}f}"


def ratio_text(value: float | None) -> str:
    return "-" if value is None else f"{value:,.{2 if value < 100 else 0}f}"


def verdict_text(verdict: Verdict, quick: bool) -> str:
    if verdict.met is None:
        return "not judged"
    return f"{'yes' if verdict.met else '**no**'}{' (quick)' if quick else ''}: {verdict.measured}"


def cells(case: CaseResult, row: Row, quick: bool) -> list[str]:
    name = f"**{row.contender}**" if row.role == Role.OURS else row.contender
    if row.absent:
        return [case.title, name, row.version or "-", f"absent: {row.absent}", *["-"] * 6]
    wrong = "; ".join(f"disagrees: {comparison}" for comparison in row.comparisons if not comparison.agrees)
    return [
        case.title,
        name,
        row.version or "-",
        seconds_text(row.median_seconds),
        seconds_text(row.min_seconds),
        ratio_text(row.ratio_to_ours),
        ratio_text(row.ratio_to_limit),
        "-" if row.peak_bytes is None else f"{row.peak_bytes / MEGABYTE:.0f} MB",
        wrong or "; ".join(verdict.wanted for verdict in row.verdicts) or "-",
        "; ".join(verdict_text(verdict, quick) for verdict in row.verdicts) or "-",
    ]


def table(header: tuple[str, ...], body: list[list[str]]) -> str:
    lines = [list(header), ["---"] * len(header), *body]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |\n" for line in lines
    )


def machine_card(machine: dict, settings: dict) -> str:
    entries = {
        "date": machine["date"],
        "commit": machine["commit"],
        "processor": f"{machine['cpu']}, {machine['processors']} processors used by {settings['threads']} threads",
        "last-level cache": f"{machine['last_level_cache_bytes'] / 2**20:.0f} MiB",
        "memory": f"{machine['memory_bytes'] / 2**30:.0f} GiB",
        "system": f"Linux {machine['kernel']}; {machine['compiler']}",
        "load before the run": f"{machine['load_average']:.2f}",
        "rounds": f"{settings['rounds']}, interleaved, after one that warms up",
    }
    return table(("", ""), [[key, value] for key, value in entries.items()])


def summary(results: list[TaskResult], quick: bool) -> str:
    """Every goal with its verdict."""
    body = []
    for task in results:
        for case in task.cases:
            for row in case.rows:
                for verdict in row.verdicts:
                    where = f"{task.title}: {case.title}"
                    body.append([where, row.contender, verdict.wanted, verdict_text(verdict, quick)])
    return table(("task", "contender", "target", "met"), body) if body else ""


def as_markdown(results: list[TaskResult], machine: dict, settings: dict) -> str:
    """Tables without a title, to stand inside a document. Peak memory of what runs in memory is above its input; of a
    command it is the whole process."""
    quick = settings["quick"]
    parts = [machine_card(machine, settings)]
    if quick:
        parts.append(
            "A quick run: a tenth of the rows and few rounds, which shows that everything works and no more.\n"
        )
    if machine["load_average"] > 0.5:
        parts.append("The machine was not idle before the run; times are longer and less steady than on a quiet one.\n")
    for failure in failures(results):
        parts.append(f"**Failed**: {failure}\n")
    parts.append("### Targets\n")
    parts.append(summary(results, quick))
    for task in results:
        body = [cells(case, row, quick) for case in task.cases for row in case.rows]
        parts += [f"### {task.title}\n", f"{task.about}\n", table(COLUMNS, body)]
    return "\n".join(part for part in parts if part)


def replace_block(document: str, markdown: str) -> str:
    """The document with what stands between its two marks replaced. Raises ValueError if it has no such block."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected a block between {BEGIN.strip()!r} and {END.strip()!r}")
    return f"{before}{BEGIN}\n{markdown}\n{END}{after}"
