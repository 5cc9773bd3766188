"""``python -m local.aws.server``: the laptop's AWS, in the foreground, until SIGTERM or SIGINT."""

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import sys
from collections.abc import Iterator

from local.aws.server._environment import prepare_environment
from local.aws.server.errors import ServerError
from local.aws.server.settings import Settings, parse_arguments
from local.aws.server_state import STATE_FILE_NAME, ServerState, process_start_ticks, write_server_state

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_FOLDERS_WHILE_IT_RUNS = ("endpoints", "components", "jobs")
"""Of the state folder: what is served, and what jobs work in."""


def main() -> int:
    """Run the server; return the exit status."""
    settings = parse_arguments(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    prepare_environment(settings)
    try:
        with _own(settings):
            # Not asyncio.run: it would wait for stack operations that wait for endpoints.
            asyncio.new_event_loop().run_until_complete(_serve(settings))
    except ServerError as error:
        print(f"seatrial: {error}", file=sys.stderr)  # noqa: T201 - the last line, which the client side shows
        return 1
    return 0


@contextlib.contextmanager
def _own(settings: Settings) -> Iterator[None]:
    """Hold the state folder for this process alone; what an earlier server left in it is removed.

    At the end only what tells what happened stays: the logs.
    """
    folder = settings.state_folder
    folder.mkdir(parents=True, exist_ok=True)
    start_ticks = process_start_ticks(os.getpid())
    if start_ticks is None:
        raise ServerError("/proc is not mounted: the laptop's AWS runs on Linux only")
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerError(f"another server runs with the state folder {folder}") from None
        for leftover in (*_FOLDERS_WHILE_IT_RUNS, "logs"):
            shutil.rmtree(folder / leftover, ignore_errors=True)
        write_server_state(
            folder, ServerState(os.getpid(), start_ticks, settings.port, settings.runtime_port)
        )
        try:
            yield
        finally:
            for name in _FOLDERS_WHILE_IT_RUNS:
                shutil.rmtree(folder / name, ignore_errors=True)
            (folder / STATE_FILE_NAME).unlink(missing_ok=True)


async def _serve(settings: Settings) -> None:
    # They import ministack, which reads the environment then.
    from local.aws.server._gateway import serve_gateway  # noqa: PLC0415 - see above
    from local.aws.server.assembly import assemble  # noqa: PLC0415 - see above

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    parts = assemble(settings)
    parts.start()
    try:
        await serve_gateway(settings, parts.apis, stop)
    finally:
        parts.stop()


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    # Without waiting for threads: those that wait for a Triton to start can't be told to stop, and a Triton's
    # supervisor ends it with this process.
    os._exit(status)
