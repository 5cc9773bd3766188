"""Models that `deployments/` serves: built offline, from seeds alone."""
