"""Packaging's progress on stderr: bars on a terminal, lines in a log."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from cli._output import Output
from model_packaging.progress import PackagingProgress, ProgressListener

__all__ = ["packaging_display", "packaging_lines"]


@contextmanager
def packaging_display(output: Output) -> Iterator[ProgressListener]:
    """Yield a listener that shows each model's steps while the block runs."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield packaging_lines(output)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield _bars(progress)


def packaging_lines(output: Output) -> ProgressListener:
    """Return a listener that prints a line per step, which any other progress display lets pass."""

    def listen(step: PackagingProgress) -> None:
        if step.done_bytes == 0:
            output.say(f"{step.model}: {step.step}")

    return listen


def _bars(progress: Progress) -> ProgressListener:
    def listen(step: PackagingProgress) -> None:
        known = {task.fields["model"]: task.id for task in progress.tasks}
        if step.ends:
            if step.model in known:
                progress.remove_task(known[step.model])
            progress.console.print(f"{step.model}: {step.step}", highlight=False)
            return
        task = known.get(step.model)
        if task is None:
            task = progress.add_task(step.model, model=step.model, total=None)
        description = f"{step.model}: {step.step}"
        progress.update(
            task, description=description, completed=step.done_bytes, total=step.total_bytes or None
        )

    return listen
