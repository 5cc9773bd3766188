"""The `seatrial` command: thin over the folders that do the work; progress and tables only."""

from cli._app import main

__all__ = ["main"]
