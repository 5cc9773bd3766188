"""What a command prints: its result on stdout, as tables or as one JSON document; all else on stderr."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

__all__ = ["Output"]


class Output:
    """Prints for one command.

    Args:
        as_json: True where stdout carries one JSON document and nothing else.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        # What is printed is data: `:100:` in `file.yaml:100:` is a line, no emoji, and `[/x]` no style.
        self._out = Console(file=sys.stdout, highlight=False, soft_wrap=True, emoji=False, markup=False)
        self._err = Console(file=sys.stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)

    def say(self, line: str) -> None:
        """Print a line of progress on stderr."""
        self._err.print(line)

    def line(self, line: str) -> None:
        """Print a line of the result for a human; nothing in JSON."""
        if not self.as_json:
            self._out.print(line)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table of the result for a human; nothing in JSON."""
        if self.as_json:
            return
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        self._out.print(table)

    def document(self, document: object) -> None:
        """Print the result as the command's one JSON document; nothing for a human."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, indent=2, sort_keys=True) + "\n")

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show on stderr that ``what`` is going on; on a terminal it moves, in a log it is one line."""
        if self._err.is_terminal:
            with self._err.status(what):
                yield
        else:
            self.say(what)
            yield
