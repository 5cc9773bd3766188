"""Stand-in backends: what Triton's core runs on a laptop in place of native backends no registry carries."""
