"""The user's module: called by its factory, run on samples, observed, compared with."""
