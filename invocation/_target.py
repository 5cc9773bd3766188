"""What of an endpoint a request is for."""

from dataclasses import dataclass

from invocation.errors import ClientSettingsError

__all__ = ["Target"]


@dataclass(frozen=True, slots=True)
class Target:
    """One endpoint, or one of the models behind it.

    Attributes:
        endpoint_name: at AWS.
        component_name: of an inference component of it.
        target_model: a model of a multi-model endpoint, by its path below the endpoint's model data.
        target_container_hostname: a container of an endpoint with direct invocation.

    Raises:
        ClientSettingsError: a component is named together with what only other endpoints have.
    """

    endpoint_name: str
    component_name: str | None = None
    target_model: str | None = None
    target_container_hostname: str | None = None

    def __post_init__(self) -> None:
        others = {
            "target_model": self.target_model,
            "target_container_hostname": self.target_container_hostname,
        }
        said = [name for name, value in others.items() if value is not None]
        if self.component_name is not None and said:
            raise ClientSettingsError(
                f"{self}: {' and '.join(said)} can't be given together with component_name: an endpoint has "
                "inference components, or models of its own. Leave one out."
            )

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of InvokeEndpoint that say it."""
        named = {
            "EndpointName": self.endpoint_name,
            "InferenceComponentName": self.component_name,
            "TargetModel": self.target_model,
            "TargetContainerHostname": self.target_container_hostname,
        }
        return {name: value for name, value in named.items() if value is not None}

    def __str__(self) -> str:
        named = {
            "endpoint": self.endpoint_name,
            "component": self.component_name,
            "model": self.target_model,
            "container": self.target_container_hostname,
        }
        return ", ".join(f"{what} {value}" for what, value in named.items() if value is not None)
