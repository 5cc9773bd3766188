"""`python3 -m environments [NAME ...]`: make the named environments, or all of them."""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from environments._definitions import ENVIRONMENTS, Environment
from environments._errors import SetupError
from environments._install import is_current, set_up


def main(arguments: list[str] | None = None) -> int:
    """Set up what is missing or stale, all at the same time; return the exit status.

    Without a name these are all environments but those on request.
    """
    by_name = {environment.name: environment for environment in ENVIRONMENTS}
    parser = argparse.ArgumentParser(prog="python3 -m environments", description=__doc__)
    parser.add_argument(
        "name", nargs="*", choices=[[], *by_name], help="which ones; all but checkov without a name"
    )
    chosen = [by_name[name] for name in parser.parse_args(arguments).name] or [
        environment for environment in ENVIRONMENTS if not environment.is_on_request
    ]
    stale = [environment for environment in chosen if not is_current(environment)]
    if not stale:
        return 0
    for environment in stale:
        _say(f"setting up {environment.folder} ({environment.purpose})")
    failed = False
    with ThreadPoolExecutor(max_workers=len(stale)) as pool:
        running = {pool.submit(_timed, environment): environment for environment in stale}
        for done in as_completed(running):
            environment = running[done]
            try:
                _say(f"{environment.folder} is ready ({done.result():.0f} s)")
            except SetupError as error:
                failed = True
                _say(f"{environment.folder}: {error}")
    return 1 if failed else 0


def _timed(environment: Environment) -> float:
    started = time.monotonic()
    set_up(environment)
    return time.monotonic() - started


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - progress of the set-up, before any library is there


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        _say("set-up interrupted; run it again to finish")
        sys.exit(130)
