"""The tasks of the benchmark, with what is wanted of each. Wanted ratios hold on 2 processors at the full sizes."""

from collections.abc import Iterator

from harness.agreement import KnownDifference
from harness.cases import Case, Task
from harness.goals import AtMostTimes, FasterThanPeers, MemoryBelow, SecondsBelow
from harness.workbench import Scores, Workbench

VALUES_PER_SHAPE = 50_000_000

# The peers' own bin rules. None shows on these inputs, whose confidences are hardly ever 1 or on an edge; the bounds
# stand for ten rows of a million.
OWN_BIN_FOR_ONE = "a score of exactly 1 has a bin of its own"
LOWER_EDGE_OPEN = "a score on an edge belongs to the bin below"
KNOWN_DIFFERENCES = [
    KnownDifference("torchmetrics", OWN_BIN_FOR_ONE, 1e-5),
    KnownDifference("torchmetrics_class", OWN_BIN_FOR_ONE, 1e-5),
    KnownDifference("torch_uncertainty", OWN_BIN_FOR_ONE, 1e-5),
    KnownDifference("verified_calibration", LOWER_EDGE_OPEN, 1e-5),
    KnownDifference("pycalib", LOWER_EDGE_OPEN, 1e-5),
    KnownDifference("uncertainty_metrics", "edges of ranges are scores, not midpoints between them", 1e-4),
    KnownDifference("relplot", "widths halve ten times only, on a grid with a kernel cut at 1/2", 2e-3),
]


def panel_cases(bench: Workbench) -> Iterator[Case]:
    for rows, classes, times in ((50_000, 1000, 3), (5_000_000, 10, 8)):
        scores = Scores(bench.rows(rows), classes)
        logits = Scores(scores.rows, classes, content="logits")
        yield Case(
            scores.shape,
            [
                bench.panel(scores, "panel", "panel of probabilities"),
                bench.panel(logits, "panel", "panel of logits"),
                bench.read(scores),
            ],
            [
                AtMostTimes("panel of probabilities", times, "read"),
                AtMostTimes("panel of logits", 2, "panel of probabilities"),
            ],
        )


def peer_cases(task: str, metric: str, sizes: tuple):
    """A task against the peers of its folder; `sizes` are (rows, classes, how many times faster than the fastest)."""

    def cases(bench: Workbench) -> Iterator[Case]:
        for rows, classes, times in sizes:
            scores = Scores(bench.rows(rows), classes)
            yield Case(
                scores.shape,
                [bench.panel(scores, metric, "calibrant"), bench.read(scores), *bench.peers(task, scores)],
                [FasterThanPeers("calibrant", times)],
                metric=metric,
                known_differences=KNOWN_DIFFERENCES,
            )

    return cases


def torch_cases(bench: Workbench) -> Iterator[Case]:
    scores = Scores(bench.rows(1_000_000), 10)
    ours = bench.package("torch_metric/ours/calibrant_torch.py", scores)
    yield Case(
        scores.shape,
        [ours, bench.read(scores), *bench.peers("torch_metric", scores)],
        [FasterThanPeers(ours.name, 3)],
        # Its sums in float32 drift; 1e-3 stands for a million rows.
        known_differences=[KnownDifference("torchmetrics_class", "sums in float32", 1e-3)],
        metric="value",
    )


def hugging_face_cases(bench: Workbench) -> Iterator[Case]:
    for rows, goal in ((1_000_000, lambda name: FasterThanPeers(name, 100)), (100_000, lambda name: SecondsBelow(name, 0.02))):
        scores = Scores(bench.rows(rows), 10)
        ours = bench.package("hugging_face_ece/ours/calibrant.py", scores)
        yield Case(
            scores.shape,
            [ours, bench.read(scores), *bench.peers("hugging_face_ece", scores)],
            [goal(ours.name)],
            known_differences=[KnownDifference("evaluate_torchmetrics", "sums in float32", 1e-3)],
            metric="value",
            budget_seconds=30.0,
        )


def fit_cases(task: str, content: str, sizes: tuple, tolerance: float, reason: str):
    """A calibrator against the peers of its folder; `sizes` are (rows, classes, how many times faster than the fastest)."""

    def cases(bench: Workbench) -> Iterator[Case]:
        for rows, classes, times in sizes:
            scores = Scores(bench.rows(rows), classes, content=content)
            ours = bench.package(f"{task}/ours/calibrant.py", scores)
            peers = bench.peers(task, scores)
            yield Case(
                scores.shape,
                [ours, bench.read(scores), *peers],
                [FasterThanPeers(ours.name, times)],
                known_differences=[KnownDifference(peer.name, reason, tolerance) for peer in peers],
                metric="value",
                budget_seconds=30.0,
            )

    return cases


def apply_cases(bench: Workbench) -> Iterator[Case]:
    for rows, classes in ((1_000_000, 10), (50_000, 1000)):
        scores = Scores(bench.rows(rows), classes, content="logits")
        yield Case(
            scores.shape,
            [bench.array_program("apply_temperature", "calibrant", scores), bench.array_program("apply_temperature", "copy", scores)],
            [AtMostTimes("calibrant", 2, "copy")],
        )


def sorted_cases(bench: Workbench) -> Iterator[Case]:
    scores = Scores(bench.rows(1_000_000), 10)
    metrics = ["ks_error", "adaptive_ece", "sweep_ece", "aurc", "smooth_ece"]
    yield Case(
        scores.shape,
        [bench.read(scores), *(bench.panel(scores, metric, metric) for metric in metrics)],
        [SecondsBelow(metric, 0.05) for metric in metrics],
    )


def bootstrap_cases(bench: Workbench) -> Iterator[Case]:
    # Standard deviations over R replicates each miss by 1 / sqrt(2 R); five times that.
    for metric, folder, replicates, times, tolerance in (
        ("ece", "bootstrap_ece", 1000, 100, 5e-4),
        ("classwise_ece", "bootstrap_classwise", 100, 300, 1e-4),
    ):
        scores = Scores(bench.rows(20_000), 100)
        peers = bench.peers(folder, scores)
        noise = [KnownDifference(peer.name, "other replicates", tolerance) for peer in peers]
        yield Case(
            f"{scores.shape}, {replicates:,} replicates of {metric}",
            [bench.panel(scores, metric, "calibrant", bootstrap=replicates), *peers],
            [FasterThanPeers("calibrant", times)],
            metric=f"{metric}_standard_error",
            known_differences=noise,
        )


def shape_cases(bench: Workbench) -> Iterator[Case]:
    def scores(classes: int, dtype: str = "float32") -> Scores:
        return Scores(bench.rows(VALUES_PER_SHAPE) // classes, classes, dtype)

    reference = "float32, K = 10"
    shapes = [scores(10), *(scores(K) for K in (2, 7, 37, 257)), scores(10, "float16"), scores(10, "float64")]
    entrants = [bench.evaluate(shape, f"{shape.dtype}, K = {shape.classes}") for shape in shapes]
    yield Case(
        "calibrant evaluate on .npy files",
        entrants,
        [AtMostTimes(entrant.name, 3, reference) for entrant in entrants[1:]],
        per_score=True,
    )

    # A file has no gaps between rows, so these go through the C++ interface.
    contiguous = "contiguous rows"
    strided = [
        bench.strided(scores(10), 24, "forward", "24 bytes between rows"),
        bench.strided(scores(10), 2, "forward", "2 bytes between rows"),
        bench.strided(scores(10), 0, "backward", "rows backwards"),
    ]
    yield Case(
        "float32, K = 10, rows that lie apart in memory",
        [bench.panel(scores(10), "panel", contiguous), bench.read(scores(10)), *strided],
        [AtMostTimes(entrant.name, 3, contiguous) for entrant in strided],
        per_score=True,
    )


def decode_cases(bench: Workbench) -> Iterator[Case]:
    scores = Scores(bench.rows(5_000_000), 10, suffix=".parquet")
    yield Case(
        f"{scores.shape}, Parquet",
        [
            bench.evaluate(scores, "panel of sums", bench.fixed_memory_panel()),
            bench.evaluate(scores, "default panel"),
            bench.drain(scores),
        ],
        [AtMostTimes("panel of sums", 1.33, "decode")],
    )


def memory_cases(bench: Workbench) -> Iterator[Case]:
    for rows in (5_000_000, 50_000_000):
        scores = Scores(bench.rows(rows), 10, suffix=".parquet")
        yield Case(
            f"{scores.shape}, Parquet",
            [
                bench.evaluate(scores, "panel of sums", bench.fixed_memory_panel()),
                bench.evaluate(scores, "default panel"),
            ],
            [MemoryBelow("panel of sums", 200)],
            budget_seconds=0.1,  # once is enough: memory does not waver as time does
        )


PEERS = "Scores are float32 probabilities in memory; ratios compare with the fastest peer of the same run."

TASKS = [
    Task(
        "panel",
        "The whole panel",
        "Every metric of the default panel whose memory does not grow with the data, with intervals, expected values "
        "and p-values, over float32 scores in memory. The limit, `read`, is a plain threaded sum over the same array.",
        panel_cases,
    ),
    Task(
        "top_label_ece",
        "Top-label ECE",
        "15 bins of equal width. " + PEERS,
        peer_cases("top_label_ece", "ece", ((1_000_000, 10, 5), (50_000, 1000, 3))),
    ),
    Task(
        "classwise_ece",
        "Class-wise ECE",
        "15 bins of equal width, mean over the classes. " + PEERS,
        peer_cases("classwise_ece", "classwise_ece", ((1_000_000, 10, 30), (50_000, 1000, 100))),
    ),
    Task(
        "brier",
        "Brier score of several classes",
        "Summed over the classes. " + PEERS,
        peer_cases("brier", "brier", ((1_000_000, 10, 5), (50_000, 1000, 5))),
    ),
    Task(
        "torch_metric",
        "Calibration error as a metric of PyTorch",
        "Update and compute of the metric object on float32 tensors in memory, with the checks that are on by default, ours "
        "by torchmetrics' rule. " + PEERS,
        torch_cases,
    ),
    Task(
        "hugging_face_ece",
        "ECE as a metric of Hugging Face's evaluate",
        "`compute` of whole float32 arrays, ours by torchmetrics' rule; the peer is a metric of `evaluate` around "
        "torchmetrics, whose arrays take its way through Arrow. " + PEERS,
        hugging_face_cases,
    ),
    Task(
        "fit_temperature",
        "Fitting a temperature",
        "From float32 logits in memory to 1/T, with the checks of both. " + PEERS,
        fit_cases("fit_temperature", "logits", ((1_000_000, 10, 20), (50_000, 1000, 40)), 2e-4, "stops at float32 accuracy"),
    ),
    Task(
        "fit_isotonic",
        "Fitting isotonic regression of each class against the rest",
        "From float32 probabilities to the curves; ours with the loss before and after on the rows. " + PEERS,
        fit_cases("fit_isotonic", "probabilities", ((1_000_000, 10, 10), (50_000, 1000, 10)), 1e-5, "float32 curve"),
    ),
    Task(
        "fit_platt",
        "Fitting Platt's sigmoid of each class against the rest",
        "From float32 logits as they are; ours with the loss before and after on the rows. " + PEERS,
        fit_cases("fit_platt", "logits", ((1_000_000, 10, 30),), 1e-4, "stops at a gradient of 1e-6"),
    ),
    Task(
        "fit_vector",
        "Fitting vector scaling",
        "From float32 logits to a gradient of 1e-8; the peer is the L-BFGS of torch, up to 60 steps. " + PEERS,
        fit_cases("fit_vector", "logits", ((50_000, 1000, 10),), 2e-3, "stops after 60 steps"),
    ),
    Task(
        "fit_svs",
        "Fitting structured vector scaling",
        "From float32 probabilities; the value is the loss on the rows. " + PEERS,
        fit_cases("fit_svs", "probabilities", ((20_000, 100, 10), (50_000, 1000, 10)), 2e-3, "stops at a gradient of 1e-5"),
    ),
    Task(
        "fit_sms",
        "Fitting structured matrix scaling",
        "From float32 probabilities; the value is the loss on the rows. " + PEERS,
        fit_cases("fit_sms", "probabilities", ((20_000, 100, 3),), 2e-3, "stops at a gradient of 1e-5"),
    ),
    Task(
        "fit_venn_abers",
        "Venn-Abers of each class against the rest",
        "Learned from float32 probabilities and applied to them; the value is the mean probability of the label. " + PEERS,
        fit_cases("fit_venn_abers", "probabilities", ((10_000, 10, 20),), 1e-3, "maps by intervals of its own"),
    ),
    Task(
        "apply_temperature",
        "Applying a temperature",
        "From float32 logits in memory to float32 probabilities, every row checked. The limit, `copy`, reads and writes as many numbers.",
        apply_cases,
    ),
    Task(
        "sorted_errors",
        "Errors over sorted confidences",
        "One metric at a time over float32 probabilities in memory, the sort of the confidences included.",
        sorted_cases,
    ),
    Task(
        "smooth_ece",
        "Smooth ECE",
        "From probabilities to the fixed point, with its interval, expected value and p-value; the peer starts from "
        "confidences and hits, and has the value alone. " + PEERS,
        peer_cases("smooth_ece", "smooth_ece", ((1_000_000, 10, 20),)),
    ),
    Task(
        "ace",
        "ACE",
        "15 ranges of equal mass per class, the sort of every class included; ours with its interval, expected value and "
        "p-value. " + PEERS,
        peer_cases("ace", "ace", ((1_000_000, 10, 20), (50_000, 1000, 20))),
    ),
    Task(
        "mmce",
        "MMCE",
        "Laplace kernel of width 0.4 over all pairs of rows. " + PEERS,
        peer_cases("mmce", "mmce", ((20_000, 10, 500),)),
    ),
    Task(
        "bootstrap",
        "Row bootstrap",
        "From probabilities in memory to the standard deviation of the metric over the replicates, ours with the panel's "
        "interval as well. " + PEERS,
        bootstrap_cases,
    ),
    Task(
        "shapes",
        "Number of classes, element types, strides",
        "The whole panel at other shapes, in time per score relative to float32 at K = 10. The inputs have about as "
        "many scores each.",
        shape_cases,
    ),
    Task(
        "decode",
        "Evaluating a Parquet file",
        "The whole command, from start to exit: the metrics of the default panel whose memory does not grow with the "
        "data (`--metrics`), and all of it, which sorts every probability. The limit, `decode`, takes every batch with "
        "the same reader and measures nothing.",
        decode_cases,
    ),
    Task(
        "memory",
        "Memory of a stream",
        "Highest resident memory of the whole command, one run. The default panel keeps up to 100,000,000 probabilities "
        "before they become sums in micro-bins (`--exact-rows`).",
        memory_cases,
    ),
]
