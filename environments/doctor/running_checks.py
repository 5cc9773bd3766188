"""Checks of what runs, or may run, on a machine: ports, the laptop's AWS, locks, confinement, credentials."""

from environments.doctor.machine import Machine
from environments.doctor.result import Result, Status

__all__ = [
    "check_confinement",
    "check_credentials",
    "check_laptop",
    "check_locks",
    "check_ports",
]

_NO_LAPTOP = "The laptop's AWS can't start; everything else works."


def check_ports(machine: Machine) -> Result:
    """Want the two ports of the laptop's AWS: to be bound, or held by that server itself."""
    ports = machine.laptop.ports
    busy = [port for port in ports if port.problem]
    if not busy:
        return Result(
            "ports", Status.OK, "free on 127.0.0.1: " + ", ".join(str(port.number) for port in ports)
        )
    if machine.laptop.pid is not None:
        return Result("ports", Status.OK, "held by the laptop's AWS of this checkout")
    return Result(
        "ports",
        Status.MISSING,
        "; ".join(f"{port.number} on 127.0.0.1: {port.problem}" for port in busy),
        _NO_LAPTOP,
        "Stop what holds them, or choose others for every command: SEATRIAL_LOCAL_PORT=N and "
        "SEATRIAL_LOCAL_RUNTIME_PORT=N.",
    )


def check_laptop(machine: Machine) -> Result:
    """Want the laptop's AWS to be down, or to answer."""
    laptop = machine.laptop
    if laptop.problem:
        return Result("laptop's AWS", Status.DEGRADED, laptop.problem, _NO_LAPTOP, "Do what it says.")
    if laptop.pid is None:
        return Result("laptop's AWS", Status.OK, "down")
    if laptop.answers:
        return Result("laptop's AWS", Status.OK, f"up, process {laptop.pid}")
    return Result(
        "laptop's AWS",
        Status.DEGRADED,
        f"process {laptop.pid} doesn't answer",
        "A rehearsal ends it first, and what is deployed to it goes.",
        "Run `seatrial local down`.",
    )


def check_locks(machine: Machine) -> Result:
    """Want no lock held. A lock is the kernel's (flock(2)): it can't be left by a process that has ended."""
    if not machine.held_locks:
        return Result("locks", Status.OK, "none held")
    return Result(
        "locks",
        Status.DEGRADED,
        "held: " + ", ".join(machine.held_locks),
        "Another process of this checkout sets up or starts; commands that need the same wait for it.",
        "Wait until it ends, or end it.",
    )


def check_confinement(machine: Machine) -> Result:
    """Want what model_packaging/untrusted takes from a process that runs a model made elsewhere."""
    lacking = [] if machine.has_network_namespaces else ["no network namespaces"]
    lacking += [] if machine.landlock_abi else ["no Landlock"]
    if not lacking:
        return Result("confinement", Status.OK, f"network namespaces, Landlock ABI {machine.landlock_abi}")
    return Result(
        "confinement",
        Status.DEGRADED,
        ", ".join(lacking),
        "Models made elsewhere (`file:`) are still scanned and held to limits, but their process keeps "
        + ("" if machine.has_network_namespaces else "the network")
        + (" and " if len(lacking) > 1 else "")
        + ("" if machine.landlock_abi else "the right to read and write the user's files")
        + ". Models of one's own lose nothing.",
        "Package such models on Linux 5.13 or newer, with user namespaces allowed (sysctl "
        "kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns; a container may "
        "forbid both).",
    )


def check_credentials(machine: Machine) -> Result:
    """Tell whether AWS credentials are set; nothing is called, and nothing on the laptop needs them."""
    if machine.credentials:
        return Result("AWS credentials", Status.OK, f"{machine.credentials}; not tried")
    return Result(
        "AWS credentials",
        Status.DEGRADED,
        "none",
        "`cdk deploy` to AWS, `seatrial publish` and `package --remote` need them; all else works without.",
        "Set them when you deploy to AWS: a profile of `aws configure`, or AWS_ACCESS_KEY_ID and its like.",
    )
