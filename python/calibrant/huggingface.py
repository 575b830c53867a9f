"""What the metrics under integrations/huggingface share: a metric of Hugging Face's `evaluate` over whole arrays.

Needs the package `evaluate` (0.4.6 or later).
"""

from __future__ import annotations

from typing import Any

import datasets  # type: ignore[import-untyped, unused-ignore]
import evaluate  # type: ignore[import-untyped, unused-ignore]

from calibrant._inputs import refuse_swapped, to_numpy


class ArrayMetric(evaluate.Metric):  # type: ignore[misc, unused-ignore]
    """Probabilities as predictions, class indices as references.

    A subclass has the texts of its card, `depths` (how many dimensions predictions and references have) and
    `_measure(predictions, references, **options) -> dict`.
    """

    description: str
    citation_text: str
    arguments: str
    depths: tuple[tuple[int, int], ...] = ((2, 1), (1, 1))

    def _info(self) -> Any:
        def nested(value: Any, depth: int) -> Any:
            for _ in range(depth - 1):
                value = datasets.Sequence(value)
            return value

        return evaluate.MetricInfo(
            description=self.description,
            citation=self.citation_text,
            inputs_description=self.arguments,
            features=[
                datasets.Features(
                    {
                        "predictions": nested(datasets.Value("float32"), predictions),
                        "references": nested(datasets.Value("int64"), references),
                    }
                )
                for predictions, references in self.depths
            ],
        )

    def compute(self, *, predictions: Any = None, references: Any = None, **options: Any) -> Any:
        """Whole arrays are measured where they lie; what `add` and `add_batch` collected takes the way of `evaluate`."""
        whole = predictions is not None and references is not None
        if whole and self.writer is None and self.num_process == 1:
            return self._compute(predictions, references, **options)
        return super().compute(predictions=predictions, references=references, **options)

    def _compute(self, predictions: Any, references: Any, **options: Any) -> dict[str, Any]:
        scores, labels = to_numpy(predictions, "predictions"), to_numpy(references, "references")
        refuse_swapped(scores, labels)
        return self._measure(scores, labels, **options)

    def _measure(self, predictions: Any, references: Any, **options: Any) -> dict[str, Any]:
        raise NotImplementedError
