"""The Space of this metric: drop a file of predictions, read the class-wise calibration error and all that belongs to it."""

from calibrant import app

app.launch(metric="classwise_ece", title="Class-wise calibration error")
