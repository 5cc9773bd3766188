"""All checks of a machine, as one report: text for a terminal, a document for a program."""

import textwrap
from dataclasses import dataclass

from environments.doctor import environment_checks, resource_checks, running_checks, system_checks
from environments.doctor.machine import Machine
from environments.doctor.result import Result, Status

__all__ = ["Diagnosis", "diagnose"]

_CHECKS = (
    system_checks.check_platform,
    system_checks.check_python,
    system_checks.check_make,
    system_checks.check_git,
    environment_checks.check_environments,
    environment_checks.check_torch,
    environment_checks.check_cdk,
    environment_checks.check_triton,
    resource_checks.check_disk,
    resource_checks.check_memory,
    resource_checks.check_shared_memory,
    resource_checks.check_open_files,
    running_checks.check_ports,
    running_checks.check_laptop,
    running_checks.check_locks,
    running_checks.check_confinement,
    running_checks.check_credentials,
)
_WIDTH = 110
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What all checks say.

    Attributes:
        results: in the order in which things build on each other.
    """

    results: tuple[Result, ...]

    @property
    def is_able(self) -> bool:
        """Whether nothing is missing; what is degraded doesn't count."""
        return all(result.status is not Status.MISSING for result in self.results)

    @property
    def exit_code(self) -> int:
        """0 where the machine is able, else 1."""
        return 0 if self.is_able else 1

    def to_document(self) -> dict[str, object]:
        """Return it for JSON: ``ok``, and ``checks`` with every member of each result."""
        return {"ok": self.is_able, "checks": [result.to_document() for result in self.results]}

    def to_text(self) -> str:
        """Return a line per check, below it what it means and what to do, and a last line that sums up."""
        width = max(len(result.name) for result in self.results)
        lines = []
        for result in self.results:
            lines.append(f"{result.status:<8}  {result.name:<{width}}  {result.found}")
            for words in (result.meaning, result.remedy and f"To do: {result.remedy}"):
                lines += textwrap.wrap(
                    words, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False
                )
        return "\n".join([*lines, self._summary()])

    def _summary(self) -> str:
        named = {
            status: ", ".join(result.name for result in self.results if result.status is status)
            for status in Status
        }
        if not self.is_able:
            return f"Something is missing: {named[Status.MISSING]}."
        if named[Status.DEGRADED]:
            return f"This machine is able to run everything; less well: {named[Status.DEGRADED]}."
        return "This machine is able to run everything."


def diagnose(machine: Machine) -> Diagnosis:
    """Return what every check says of ``machine``."""
    results: list[Result] = []
    for check in _CHECKS:
        found = check(machine)
        results += [found] if isinstance(found, Result) else found
    return Diagnosis(tuple(results))
