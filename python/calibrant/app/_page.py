"""The page: its parts, and what follows from what the user does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from calibrant._errors import CalibrantError
from calibrant._tables import columns_of
from calibrant.app import _data as data
from calibrant.app import _markup as markup

# No font or style from elsewhere: those of the reader's system.
# Gradio's grey for hints and its blue under white are too light to be read by everybody.
THEME = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    input_placeholder_color="*neutral_600",
    input_placeholder_color_dark="*neutral_300",
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_hover="*primary_800",
)
FILE_TYPES = [".csv", ".tsv", ".npz", ".jsonl", ".ndjson", ".parquet", ".pq", ".arrow", ".feather"]
KEPT_SECONDS = 3600  # what a session left behind is removed after that; Gradio allows no less


def build(metric: str = "ece", title: str = "Are these probabilities to be trusted?") -> gr.Blocks:
    """The page as Gradio's Blocks, which `launch` of this package serves with its style.

    Args:
        metric: the one that is shown in large; a name of the default panel.
        title: of the page.
    """
    page: gr.Blocks = gr.Blocks(analytics_enabled=False, title=title, delete_cache=(KEPT_SECONDS, KEPT_SECONDS))
    with page:
        source = gr.State(str(data.EXAMPLE), time_to_live=KEPT_SECONDS, delete_callback=data.discard)
        shown = gr.State(None, time_to_live=KEPT_SECONDS, delete_callback=_forget)

        gr.Markdown(f"# {title}\nDrop a file of predictions or paste rows, say what the columns mean, and measure. An example is loaded. Nothing leaves this server.")
        with gr.Row():
            upload = gr.File(label="File of predictions", file_types=FILE_TYPES, type="filepath", elem_id="upload", elem_classes="drop")
            with gr.Column():
                text = gr.Textbox(label="Rows", info="with a first line of column names", lines=5, max_lines=8, placeholder="p_cat,p_dog,label\n0.9,0.1,cat\n0.4,0.6,dog", elem_id="pasted")
                take = gr.Button("Take the pasted rows", elem_id="take")
        status = gr.HTML(elem_id="status")

        gr.Markdown("## What the columns mean")
        kind = gr.Radio(data.KINDS, value=data.PROBABILITIES, label="The scores are", elem_id="kind")
        with gr.Row():
            label = gr.Dropdown(label="Column of the true class", elem_id="label")
            scores = gr.Dropdown(label="Columns of the classes", info="or a pattern such as p_*; none: every other column", multiselect=True, allow_custom_value=True, elem_id="scores")
            column = gr.Dropdown(label="Column of the number", visible=False, elem_id="column")
            positive = gr.Textbox(label="Positive class", visible=False, elem_id="positive")
            prediction = gr.Dropdown(label="Column of the predicted class", visible=False, elem_id="prediction")
            correct = gr.Dropdown(label="or column that says 1 where it is right", visible=False, elem_id="correct")
            bins = gr.Number(label="Bins", value=15, precision=0, minimum=1, maximum=1000, elem_id="bins")
        go = gr.Button("Measure", variant="primary", elem_id="measure")

        gr.Markdown("## What comes out")
        numbers = gr.HTML(elem_id="numbers")
        with gr.Row():
            with gr.Column():
                gr.Markdown("### Reliability of the predictions")
                diagram = gr.HTML(elem_id="diagram")
            with gr.Column():
                gr.Markdown("### Reliability of one class")
                chosen = gr.Dropdown(label="Class", elem_id="class")
                class_diagram = gr.HTML(elem_id="class-diagram")
        with gr.Row():
            json_file = gr.DownloadButton("Download the numbers (JSON)", elem_id="json")
            report_file = gr.DownloadButton("Download the report (HTML)", elem_id="report")

        columns = [label, scores, column, prediction, correct]
        results = [shown, status, numbers, diagram, chosen, class_diagram, json_file, report_file]
        asked = [source, shown, kind, scores, positive, column, prediction, correct, label, bins]

        def measure(path: str, before: Any, *meaning: Any) -> list[Any]:
            try:
                outcome = data.measure(path, Path(path).name, _meaning(*meaning))
                answer = _show(outcome, metric)
            except CalibrantError as problem:
                # What was measured before is no answer to what is asked now.
                return [None, markup.complaint(str(problem)), "", "", gr.Dropdown(choices=[], value=None), "", None, None]
            finally:
                _forget(before)
            return answer

        def read(path: str) -> list[Any]:
            """What a new source offers for each role."""
            names = [name for name, _ in columns_of(path)]
            offered = [gr.Dropdown(choices=names, value="label" if "label" in names else None)]
            offered += [gr.Dropdown(choices=names, value=[])]
            offered += [gr.Dropdown(choices=["", *names], value="") for _ in columns[2:]]
            return [path, markup.message(f"{Path(path).name}: {len(names)} columns. Say what they mean, then measure."), *offered]

        def take_file(path: str | None, before: str) -> list[Any]:
            return take_source(lambda: path or str(data.EXAMPLE), before)

        def take_text(rows: str, before: str) -> list[Any]:
            return take_source(lambda: data.pasted(rows), before)

        def take_source(write: Callable[[], str], before: str) -> list[Any]:
            """A new source in the place of `before`, which stays if the new one cannot be read."""
            path = ""
            try:
                path = write()
                taken = read(path)
            except CalibrantError as problem:
                data.discard(path)
                told = str(problem).replace(path, Path(path).name) if path else str(problem)
                return [gr.skip(), markup.complaint(told), *(gr.skip() for _ in columns)]
            data.discard(before)
            return taken

        def example() -> list[Any]:
            offered = read(str(data.EXAMPLE))
            offered[3] = gr.Dropdown(choices=[name for name, _ in columns_of(str(data.EXAMPLE))], value=[data.EXAMPLE_SCORES])
            meaning = data.Meaning(data.PROBABILITIES, [data.EXAMPLE_SCORES], "", "", "", "", "label", 15)
            outcome = _show(data.measure(str(data.EXAMPLE), data.EXAMPLE.name, meaning), metric)
            return [*offered, outcome[0], *outcome[2:]]

        def of_kind(value: str) -> list[Any]:
            one, alone = value in (data.POSITIVE, data.CONFIDENCE), value == data.CONFIDENCE
            return [gr.update(visible=v) for v in (not one, one, value == data.POSITIVE, alone, alone)]

        def of_class(outcome: Any, name: str | None) -> str:
            return "" if outcome is None or name is None else markup.class_figure(outcome.evaluation, name)

        quiet: dict[str, Any] = {"show_progress": "hidden"}
        page.load(example, None, [source, status, *columns, shown, *results[2:]], **quiet)
        upload.change(take_file, [upload, source], [source, status, *columns], **quiet)
        take.click(take_text, [text, source], [source, status, *columns], **quiet)
        kind.change(of_kind, kind, [scores, column, positive, prediction, correct], **quiet)
        go.click(measure, asked, results, **quiet)
        chosen.input(of_class, [shown, chosen], class_diagram, **quiet)
    return page


def launch(metric: str = "ece", title: str = "Are these probabilities to be trusted?", *, host: str | None = None, port: int | None = None, open_browser: bool = False) -> None:
    """Serves the page until it is interrupted.

    Args:
        metric: as `build` has it.
        title: as `build` has it.
        host: address to listen on; without it that of Gradio's GRADIO_SERVER_NAME, or else this machine alone.
        port: without it that of GRADIO_SERVER_PORT, or else a free one from 7860 on.
        open_browser: opens the page.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    build(metric, title).launch(
        server_name=host, server_port=port, inbrowser=open_browser, share=False, ssr_mode=False, theme=THEME, css=markup.STYLE, footer_links=[]
    )


def _meaning(kind: str, scores: Any, positive: str, column: Any, prediction: Any, correct: Any, label: Any, bins: Any) -> data.Meaning:
    if not bins:
        raise CalibrantError("Bins: got none, expected a number from 1 on; write 15 if nothing else is asked for")
    return data.Meaning(kind, list(scores or []), positive or "", column or "", prediction or "", correct or "", label or "", int(bins))


def _show(outcome: data.Outcome, metric: str) -> list[Any]:
    """The values of `results`."""
    evaluation = outcome.evaluation
    document = evaluation.to_dict()
    classes = [row["name"] for row in document["per_class"] or []]
    worst = max(document["per_class"] or [], key=lambda row: row["calibration_error"] or 0.0, default=None)
    first = None if worst is None else worst["name"]
    done = f"{document['data']['sources'][0]['path']}: {document['data']['rows']:,} rows measured."
    return [
        outcome,
        markup.message(done),
        markup.overview(evaluation, metric if metric in evaluation else "ece"),
        markup.top_label_figure(evaluation),
        gr.Dropdown(choices=classes, value=first),
        "" if first is None else markup.class_figure(evaluation, first),
        outcome.json,
        outcome.report,
    ]


def _forget(outcome: data.Outcome | None) -> None:
    if outcome is not None:
        outcome.forget()
