"""Machines that there are, described: tests change what they are about."""

from typing import Any

from environments.doctor import Machine, Result, diagnose
from environments.doctor.machine import GIB, EnvironmentFacts, LaptopFacts, PortFacts, TritonFacts

__all__ = ["ABLE", "machine", "of", "result"]

ABLE: dict[str, Any] = {
    "programs": {"make": "/usr/bin/make", "git": "/usr/bin/git"},
    "environments": (
        EnvironmentFacts(".venv", "seatrial, cdk and the tests"),
        EnvironmentFacts(".venv-aws", "the laptop's AWS"),
        EnvironmentFacts(".venv-triton", "a real Triton"),
        EnvironmentFacts(
            ".venv-checkov", "a second opinion", exists=False, is_current=False, is_on_request=True
        ),
    ),
    "node": "24.19.0",
    "cdk": "2.1148.1",
    "torch": "2.13.0+cpu",
    "triton": TritonFacts("0.7.0"),
    "disk_free_bytes": 50 * GIB,
    "memory_bytes": 16 * GIB,
    "shared_memory_bytes": 8 * GIB,
    "open_files": 20000,
    "has_network_namespaces": True,
    "landlock_abi": 4,
    "laptop": LaptopFacts((PortFacts(4577), PortFacts(4578))),
    "credentials": "$AWS_PROFILE",
}


def machine(**changed: object) -> Machine:
    """Return a machine that is able, but for what is ``changed``."""
    return Machine(**{**ABLE, **changed})


def of(described: Machine, name: str) -> Result:
    """Return the one result of the check ``name``."""
    (found,) = (each for each in diagnose(described).results if each.name == name)
    return found


def result(name: str, **changed: object) -> Result:
    """Return what the check ``name`` says of an able machine, but for what is ``changed``."""
    return of(machine(**changed), name)
