"""A project with one module of factories, and the deployment section that names one of them."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from model_packaging.eager.factory import EagerModel, build_eager_model
from model_packaging.eager.factory_reference import FactoryReference
from spec import Model

__all__ = ["Project"]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with one module, of a name that no other test uses."""

    root: Path
    module: str

    def write(self, source: str) -> None:
        """Make ``source`` the module; torch is imported for it."""
        text = "import torch\nfrom torch import nn\n" + dedent(source)
        (self.root / f"{self.module}.py").write_text(text, encoding="utf-8")

    def model(self, *, how: str = "trace", max_batch_size: int = 4, **arguments: object) -> Model:
        """Return the section of a deployment file that names the module's ``factory``."""
        return Model.model_validate(
            {
                "export": {
                    "from": f"{self.module}:factory",
                    "to": "torchscript",
                    "how": how,
                    "arguments": arguments,
                },
                "triton": {"max_batch_size": max_batch_size},
            }
        )

    def eager(self, factory: str = "factory", **arguments: object) -> EagerModel:
        """Call a factory of the module in this process."""
        return build_eager_model(FactoryReference(self.module, factory), arguments, self.root)
