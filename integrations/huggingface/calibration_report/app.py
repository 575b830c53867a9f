"""The Space of this metric: drop a file of predictions, read the calibration report and all that belongs to it."""

from calibrant import app

app.launch(metric="ece", title="Calibration report")
