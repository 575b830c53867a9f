"""The Space of this metric: drop a file of predictions, read the brier score and all that belongs to it."""

from calibrant import app

app.launch(metric="brier", title="Brier score")
