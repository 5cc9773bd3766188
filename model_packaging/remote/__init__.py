"""Building in the account what the laptop can't: TensorRT plans, and models that are too large for it."""
