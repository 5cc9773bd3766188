"""A machine as the checks see it: plain facts, so that a test describes any machine in a few words."""

from dataclasses import dataclass, field

__all__ = ["EnvironmentFacts", "LaptopFacts", "Machine", "PortFacts", "TritonFacts"]

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """A virtual environment of the project.

    Attributes:
        folder: relative to the repository's root.
        purpose: what runs in it.
        exists: whether its interpreter is there.
        is_current: whether its stamp fits its pinned file.
        is_on_request: True where nothing needs it unless somebody asks.
    """

    folder: str
    purpose: str
    exists: bool = True
    is_current: bool = True
    is_on_request: bool = False


@dataclass(frozen=True, slots=True)
class TritonFacts:
    """What became of starting Triton's programs.

    Attributes:
        version: of the wheel; empty where none was found.
        problem: why they don't start, with what to do; empty where they do.
    """

    version: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PortFacts:
    """A port of 127.0.0.1 that the laptop's AWS listens on.

    Attributes:
        number: the port.
        problem: why it can't be bound, in the system's words; empty where it can.
    """

    number: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LaptopFacts:
    """The laptop's AWS of this checkout.

    Attributes:
        ports: its two ports.
        pid: its process; None where there is none.
        answers: whether that process answers.
        problem: why nothing could be found out; empty where it could.
    """

    ports: tuple[PortFacts, ...] = ()
    pid: int | None = None
    answers: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine and the checkout on it.

    Attributes:
        system: as ``platform.system()`` has it.
        architecture: as ``platform.machine()`` has it.
        libc: name and version, such as ``glibc 2.36``; empty where it isn't glibc.
        python: version of the interpreter that asks, such as ``3.11.7``.
        has_venv: whether ``venv`` and ``ensurepip`` can be imported by it.
        other_pythons: supported interpreters on PATH.
        programs: where ``make`` and ``git`` are; without an entry they aren't on PATH.
        environments: of the project.
        node: its version, of the app's environment; empty where it can't be started.
        cdk: likewise, of the CDK CLI.
        torch: version in the app's environment; empty where it isn't there.
        torch_cuda: the CUDA version that it was built for; empty for the CPU build.
        triton: of the Triton environment.
        disk_free_bytes: on the checkout's disk.
        memory_bytes: available to new programs; None where the system doesn't say.
        shared_memory_bytes: free in /dev/shm; None where there is no such folder.
        open_files: the soft limit of this process; None where there is none.
        has_network_namespaces: whether a process may leave the network (unshare(2)).
        landlock_abi: of the kernel; 0 without Landlock.
        laptop: the laptop's AWS.
        held_locks: of the checkout, by another process.
        credentials: where AWS credentials or a profile are; empty without.
    """

    system: str = "Linux"
    architecture: str = "x86_64"
    libc: str = "glibc 2.36"
    python: str = "3.11.7"
    has_venv: bool = True
    other_pythons: tuple[str, ...] = ()
    programs: dict[str, str] = field(default_factory=dict)
    environments: tuple[EnvironmentFacts, ...] = ()
    node: str = ""
    cdk: str = ""
    torch: str = ""
    torch_cuda: str = ""
    triton: TritonFacts = TritonFacts()
    disk_free_bytes: int = 0
    memory_bytes: int | None = None
    shared_memory_bytes: int | None = None
    open_files: int | None = None
    has_network_namespaces: bool = False
    landlock_abi: int = 0
    laptop: LaptopFacts = LaptopFacts()
    held_locks: tuple[str, ...] = ()
    credentials: str = ""

    @property
    def runs_servers(self) -> bool:
        """Whether Triton's wheel, tagged manylinux_2_35_x86_64, and our supervision run on it."""
        return self.system == "Linux" and self.architecture == "x86_64" and self.glibc >= (2, 35)

    @property
    def glibc(self) -> tuple[int, ...]:
        """The version of its glibc; empty without."""
        name, _, version = self.libc.partition(" ")
        parts = version.split(".")[:2]
        return tuple(map(int, parts)) if name == "glibc" and all(map(str.isdecimal, parts)) else ()
