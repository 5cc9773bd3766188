"""What is wrong with a deployment file: every problem at once, each in words a user can act on."""

from dataclasses import dataclass

__all__ = ["DeploymentFileError", "Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a deployment file.

    Attributes:
        location: ``file:line``, lines count from 1; the file alone where no line can be blamed.
        path: where in the document, such as ``models.classifier.triton.instance_group[0].kind``; empty for
            the document as a whole.
        value: the offending value as the file has it, shortened; empty where something is missing.
        what: what is wrong.
        allowed: what is allowed instead.
        fix: what to do.
    """

    location: str
    path: str
    value: str
    what: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        end = "" if self.fix.endswith("?") else "."
        return f"{self.location}: {path}{self.what}. Allowed: {self.allowed}. Fix: {self.fix}{end}"


class DeploymentFileError(Exception):
    """A deployment file can't be used; ``str()`` of it is one line per problem.

    Attributes:
        problems: all of them, in the file's order; never empty.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(each) for each in problems))
        self.problems = problems
