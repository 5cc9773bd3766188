"""The laptop's AWS: ``server`` is it, in its own environment; ``client`` starts, watches and stops it."""
