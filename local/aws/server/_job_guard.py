"""Runs a job's command and ends with it: ``python -I -S _job_guard.py COMMAND...``.

The server may be killed without a chance to end its jobs, so this process stands between the two. It kills
the command with what that has started when its input closes, which the kernel does with the server, and kills
what the command has left when that ends, as a container goes with its first process. SIGTERM is passed on;
the exit status is the command's. Standard library only, and nothing of ours: it is run as a file.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys

_NOT_RUN = 127  # as a shell has it


def main() -> int:
    """Run the command line's command; return its exit status, as a shell has it."""
    started: list[subprocess.Popen[bytes]] = []
    asked: list[int] = []

    def pass_on(number: int, _frame: object) -> None:
        asked.append(number)
        for each in started:
            _signal_group(each, number)

    signal.signal(signal.SIGTERM, pass_on)
    try:
        command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        print(f"{sys.argv[1]} can't be run: {error.strerror}", flush=True)  # noqa: T201 - the job's log
        return _NOT_RUN
    started.append(command)
    for number in asked[:1]:
        _signal_group(command, number)  # it came while the command was being started
    # Not reaped before its group is killed: until then no other process gets its number.
    select.select([os.pidfd_open(command.pid), sys.stdin.fileno()], [], [])
    _signal_group(command, signal.SIGKILL)
    started.clear()
    code = command.wait()
    return code if code >= 0 else 128 - code


def _signal_group(process: "subprocess.Popen[bytes]", number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(main())
