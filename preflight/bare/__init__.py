"""Will it deploy, asked of a folder or an archive that no deployment file describes.

``check_bare`` reads a Triton repository, a model's folder, what SageMaker's PyTorch images read, or a
model.tar.gz: once from front to back, unpacking nothing. What is known of its surroundings, such as the
instance type and the environment, is a ``ServingContext``; rules about what isn't known don't run
(``not_checked``).
"""

from preflight.bare.check import check_bare, not_checked
from preflight.bare.context import ServingContext
from preflight.bare.errors import BareError, ContextError

__all__ = ["BareError", "ContextError", "ServingContext", "check_bare", "not_checked"]
