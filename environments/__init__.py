"""The project's environments: what each holds, and the set-up that makes them from their pinned files.

Only the standard library is used here: this is the first code that runs on a fresh machine.
`python3 -m environments` makes what is missing or stale and leaves the rest alone.
"""

from environments._definitions import ENVIRONMENTS, Environment
from environments._errors import SetupError
from environments._install import set_up

__all__ = ["ENVIRONMENTS", "Environment", "SetupError", "set_up"]
