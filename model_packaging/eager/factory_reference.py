"""The words ``module:factory`` of a deployment file, and the source file they mean."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from model_packaging.errors import FactoryError

__all__ = ["FactoryReference"]


@dataclass(frozen=True, slots=True)
class FactoryReference:
    """A factory in the project.

    Attributes:
        module: dotted name, from the project's root.
        factory: name of a callable in it.
        section: of the model that names it, ``export`` or ``reference``, for errors.
    """

    module: str
    factory: str
    section: str = "export"

    @classmethod
    def parse(cls, text: str, section: str = "export") -> "FactoryReference":
        """Return ``text`` as a reference, which ``section`` makes.

        Raises:
            FactoryError: it is not of the form ``module:factory``.
        """
        module, colon, factory = text.partition(":")
        if not (colon and factory.isidentifier() and all(part.isidentifier() for part in module.split("."))):
            raise FactoryError(
                f"{section}.from is {text!r}, no `module:factory`.",
                "write the module's dotted name from the project's root, a colon and the factory's name, "
                "as in `examples.vision:classifier`.",
            )
        return cls(module, factory, section)

    def __str__(self) -> str:
        return f"{self.module}:{self.factory}"

    def source_file(self, project_root: Path, is_file: Callable[[Path], bool] = Path.is_file) -> Path:
        """Return the module's file.

        Args:
            project_root: the folder that the module's name starts from.
            is_file: says whether a path is one; whoever asks often remembers the answers.

        Raises:
            FactoryError: there is none in the project.
        """
        base = project_root.joinpath(*self.module.split("."))
        for candidate in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
            if is_file(candidate):
                return candidate
        near = difflib.get_close_matches(self.module, _modules_beside(base, project_root), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise FactoryError(
            f"{self.section}.from is {str(self)!r}, but the project has no module {self.module!r}.{hint}",
            f"create {base.relative_to(project_root).as_posix()}.py, or correct the name.",
        )


def _modules_beside(base: Path, project_root: Path) -> list[str]:
    folder = base.parent
    while not folder.is_dir() and folder != project_root:
        folder = folder.parent
    names = [path.with_suffix("") for path in folder.glob("*.py") if path.stem != "__init__"]
    names += [path.parent for path in folder.glob("*/__init__.py")]
    # One level deeper too: a misspelt package has no folder to look into.
    names += [path.with_suffix("") for path in folder.glob("[!.]*/*.py") if path.stem != "__init__"]
    return [".".join(path.relative_to(project_root).parts) for path in sorted(names)]
