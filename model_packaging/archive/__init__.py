"""A folder as one deterministic .tar.gz."""
