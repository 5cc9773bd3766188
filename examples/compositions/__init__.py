"""Models that Triton makes of several: Python-backend models, an ensemble, calls, streams and versions."""
