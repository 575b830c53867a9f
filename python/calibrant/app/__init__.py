"""The app: drop a file of predictions into a page, say what its columns mean, see how well calibrated they are.

`python -m calibrant.app` serves it on this machine alone; `build` gives it to other programs, such as a Space of Hugging
Face. It needs Gradio: pip install 'calibrant[app]'. It asks no other host for anything, and what is dropped into it stays
in memory and in a temporary folder, which is emptied an hour after a session and goes with the server.
"""

from __future__ import annotations

try:
    import gradio as _gradio  # noqa: F401
except ImportError:
    raise ImportError("calibrant.app needs Gradio 6, which is not installed; pip install 'calibrant[app]'") from None

from calibrant.app._page import build, launch

__all__ = ["build", "launch"]
