"""`python -m conformance`: ask an AWS account whether the assumptions are true."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import botocore
from botocore.exceptions import BotoCoreError, ClientError

from catalogue import CatalogueError
from conformance import probes as _  # noqa: F401 - importing registers the probes
from conformance._boto3_account import open_account
from conformance.account import Account
from conformance.cost import affordable, estimate
from conformance.errors import ConformanceError
from conformance.probe import PROBES, Probe
from conformance.registry import Leftover
from conformance.results import Result, record_result
from conformance.runner import Answer, Outcome, in_order, run_probes
from conformance.sweep import find_leftovers, sweep

__all__ = ["main"]

_ACCOUNT_VARIABLE = "CONFORMANCE_ACCOUNT"
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its status: 0 done, 1 refuted or something left over, 2 usage."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        chosen = _chosen(options.only)
        if options.list:
            _say(
                "\n".join(
                    f"{','.join(probe.assumptions):<9} {probe.bench:<36} {probe.belief}" for probe in chosen
                )
            )
            return 0
        account = open_account(os.environ.get(_ACCOUNT_VARIABLE, ""))
        if options.sweep:
            return _sweep(account, yes=options.yes)
        if options.max_cost_usd is not None:
            chosen = affordable(chosen, account.region, options.max_cost_usd)
        return _run(account, chosen, yes=options.yes)
    except (ConformanceError, CatalogueError) as error:
        _say(str(error))
        return 2
    except (ClientError, BotoCoreError) as error:
        # Of a probe it would be an answer: this is what a run itself stands on, or a sweep's search.
        _say(f"AWS refuses what every run needs ({error}); docs/conformance.md lists the permissions")
        return 2
    except KeyboardInterrupt:
        _say("interrupted; `python -m conformance --sweep` deletes what may be left")
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("--only", default="", help="assumptions or probes, by commas: A1,A5,fifty_tags")
    parser.add_argument("--max-cost-usd", type=float, help="leave out what would cost more, the dearest last")
    parser.add_argument("--yes", action="store_true", help="don't ask before anything is created or deleted")
    parser.add_argument("--list", action="store_true", help="list the probes and ask no account")
    parser.add_argument("--sweep", action="store_true", help="delete what killed runs have left")
    return parser


def _chosen(only: str) -> list[Probe]:
    words = {word.strip() for word in only.split(",") if word.strip()}
    unknown = words - set(PROBES) - {each for probe in PROBES.values() for each in probe.assumptions}
    if unknown:
        raise ConformanceError(
            f"there is no probe of {', '.join(sorted(unknown))}: `--list` has them all; "
            "conformance/unprobed.py says why an assumption has none"
        )
    return in_order(
        probe for probe in PROBES.values() if not words or {probe.name, *probe.assumptions} & words
    )


def _run(account: Account, chosen: Sequence[Probe], *, yes: bool) -> int:
    cost = estimate(chosen, account.region)
    _say(f"{len(chosen)} probes in account {account.account_id}, {account.region}, run {account.run}:")
    for bench, minutes in cost.minutes.items():
        created = sorted({probe.creates for probe in chosen if probe.bench is bench and probe.creates})
        _say(f"  {bench}: {minutes:.0f} instance minutes; creates besides: {'; '.join(created) or 'nothing'}")
    _say(f"all named {account.prefix}-*, all deleted at the end; about {cost.usd:.2f} USD ({cost.price})")
    if not chosen or not _agreed("run them", yes=yes):
        return 0
    outcomes: list[Outcome] = []

    def record(answer: Answer) -> None:
        outcomes.append(answer.outcome)
        _say(f"  {answer.assumption} {answer.outcome} {answer.reason}".rstrip())
        record_result(answer.probe.name, _result_of(account, answer))

    leftovers = run_probes(account, chosen, tell=_say, record=record)
    _say(", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in Outcome))
    _say("now run `python -m conformance.documentation`")
    return max(_told(leftovers), int(Outcome.REFUTED in outcomes))


def _result_of(account: Account, answer: Answer) -> Result:
    """Return what is written down; of the account's number nothing is left."""

    def hidden(text: str) -> str:
        return text.replace(account.account_id, "0" * 12)

    return Result(
        assumption=answer.assumption,
        outcome=str(answer.outcome),
        reason=hidden(answer.reason),
        said=tuple(map(hidden, answer.said)),
        date=datetime.now(UTC).date().isoformat(),
        region=account.region,
        botocore=botocore.__version__,
    )


def _sweep(account: Account, *, yes: bool) -> int:
    found = find_leftovers(account)
    _say("\n".join(f"{kind} {name}" for kind, name in found) or "nothing is left over")
    if not found or not _agreed("delete them", yes=yes):
        return 0
    return _told(sweep(account, _say))


def _told(leftovers: Sequence[Leftover]) -> int:
    for each in leftovers:
        _say(f"LEFT OVER: {each.kind} {each.name}: {each.reason}")
    return 1 if leftovers else 0


def _agreed(what: str, *, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise ConformanceError(f"nobody can be asked whether to {what}: say --yes")
    return input(f"{what}? [y/N] ").strip().lower() in {"y", "yes"}


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
