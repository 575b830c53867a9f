"""The Space of this metric: drop a file of predictions, read the negative log-likelihood and all that belongs to it."""

from calibrant import app

app.launch(metric="log_loss", title="Negative log-likelihood")
