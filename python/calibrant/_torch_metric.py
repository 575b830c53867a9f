"""The base class of `calibrant.torch`: torchmetrics' Metric where torchmetrics is installed, else the part of it needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch


class StandaloneMetric(torch.nn.Module):
    """States that add up: over updates, and over the processes of torch.distributed when the value is computed.

    Takes torchmetrics' arguments of every metric as far as they mean something here: `sync_on_compute`.
    """

    def __init__(self, *, sync_on_compute: bool = True) -> None:
        super().__init__()
        self.sync_on_compute = sync_on_compute
        self._names: list[str] = []

    def add_state(self, name: str, default: torch.Tensor, dist_reduce_fx: str) -> None:
        if dist_reduce_fx != "sum":
            raise ValueError(f"dist_reduce_fx: got {dist_reduce_fx!r}, expected 'sum'")
        self.register_buffer(name, default.clone(), persistent=False)
        self._names.append(name)

    def reset(self) -> None:
        for name in self._names:
            getattr(self, name).zero_()

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Updates, and returns the value of this batch alone."""
        before = {name: getattr(self, name).clone() for name in self._names}
        self.reset()
        try:
            self.update(*args, **kwargs)
            value = self._value()
        finally:
            for name, state in before.items():
                getattr(self, name).add_(state)
        return value

    def compute(self) -> Any:
        """The value of all updates since the last reset, of all processes."""
        distributed = torch.distributed.is_available() and torch.distributed.is_initialized()
        if not (self.sync_on_compute and distributed):
            return self._value()
        own = {name: getattr(self, name).clone() for name in self._names}
        try:
            for name in self._names:
                torch.distributed.all_reduce(getattr(self, name))
            return self._value()
        finally:
            for name, state in own.items():
                getattr(self, name).copy_(state)

    def merge_state(self, incoming: StandaloneMetric) -> None:
        """Adds another metric's states."""
        for name in self._names:
            getattr(self, name).add_(getattr(incoming, name))

    def update(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    def _value(self) -> Any:
        raise NotImplementedError


if TYPE_CHECKING:
    SumMetric = StandaloneMetric
else:
    try:
        from torchmetrics import Metric as _TorchmetricsMetric
    except ImportError:
        SumMetric = StandaloneMetric
    else:

        class SumMetric(_TorchmetricsMetric):
            """torchmetrics' Metric, whose value is `_value()`."""

            def compute(self) -> Any:
                """The value of all updates since the last reset, of all processes."""
                return self._value()
