"""What of a deployment a command's options name."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli._output import Output
from cli._refusal import refuse_name

if TYPE_CHECKING:
    from local.rehearsal.targets import Part, Target
    from spec import DeploymentFile

__all__ = ["invoked_target"]


def invoked_target(
    output: Output, file: "DeploymentFile", endpoint: str, options: Mapping["Part", str | None]
) -> "Target":
    """Return what answers at the endpoint under the key ``endpoint``; what names nothing ends the command.

    Args:
        output: is told what is wrong.
        file: the deployment.
        endpoint: the key.
        options: what the options of the same names say.
    """
    from local.rehearsal.targets import part_of, targets_of

    deployment = file.deployment
    if endpoint not in deployment.endpoints:
        refuse_name(output, f"{file.path} has no endpoint", endpoint, list(deployment.endpoints))
    part = part_of(deployment.endpoints[endpoint])
    for option, given in options.items():
        if given is not None and option != part:
            refuse_name(output, f"the endpoint {endpoint!r} has no {option}", given, [])
    targets = {each.key: each for each in targets_of(deployment) if each.endpoint_key == endpoint}
    if part is None:
        return targets[None]
    named, keys = options[part], [key for key in targets if key is not None]
    if named is None:
        refuse_name(output, f"the endpoint {endpoint!r} needs --{part}, not", "", keys)
    if named not in targets:
        refuse_name(output, f"the endpoint {endpoint!r} has no {part}", named, keys)
    return targets[named]
