"""What is deployed of `deployments/components.yaml`, as describe calls show it, and a clock to move."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from invocation import EndpointClient
from model_packaging.artifact import MANIFEST_FILE_NAME, Manifest, read_manifest
from model_packaging.eager.samples import Sample, read_samples
from tests.end_to_end.description.description import Clients, tags_of
from tests.end_to_end.inventory import Inventory
from tests.end_to_end.project import Project

__all__ = ["CLASSIFIER", "ENCODER", "Components"]

ENCODER = "encoder"
CLASSIFIER = "classifier"

_MINUTE_SECONDS = 60
_NAMESPACE = "sagemaker"


@dataclass(frozen=True)
class Components:
    """The deployment, described.

    Attributes:
        project: the copy of the checkout that it was deployed from.
        clients: of its account.
        before: what the account had before.
        rehearsal: the document of the rehearsal that deployed it.
    """

    project: Project
    clients: Clients
    before: Inventory
    rehearsal: Mapping[str, Any]

    deployment: ClassVar = "deployments/components.yaml"
    endpoint: ClassVar = "components-shared"
    stack: ClassVar = "components-shared-components-1"

    def name(self, component: str) -> str:
        """Return a component's name at AWS."""
        return f"{self.endpoint}-{component}"

    # --- what describe calls say ---

    def copies(self, component: str) -> tuple[int, int]:
        """Return the desired and the current copies."""
        runtime = self._described(component)["RuntimeConfig"]
        return runtime["DesiredCopyCount"], runtime["CurrentCopyCount"]

    def instances(self) -> int:
        """Return how many instances the endpoint has."""
        (variant,) = self.clients("sagemaker").describe_endpoint(EndpointName=self.endpoint)[
            "ProductionVariants"
        ]
        return int(variant["CurrentInstanceCount"])

    def limits(self, component: str) -> tuple[int, int]:
        """Return the smallest and the largest number of copies of its scalable target."""
        (target,) = self.clients("application-autoscaling").describe_scalable_targets(
            ServiceNamespace=_NAMESPACE, ResourceIds=[self._resource_id(component)]
        )["ScalableTargets"]
        return target["MinCapacity"], target["MaxCapacity"]

    def activities(self, component: str) -> list[dict[str, Any]]:
        """Return the scaling activities, oldest first."""
        activities: list[dict[str, Any]] = self.clients(
            "application-autoscaling"
        ).describe_scaling_activities(ServiceNamespace=_NAMESPACE, ResourceId=self._resource_id(component))[
            "ScalingActivities"
        ]
        return activities[::-1]

    def alarm_state(self, component: str, kind: str) -> str:
        """Return the state of a component's alarm.

        Args:
            component: its key.
            kind: how the alarm's name ends, or ``AlarmHigh`` and ``AlarmLow`` for those of target tracking.
        """
        return str(self._alarm(component, kind)["StateValue"])

    def has_fired(self, component: str, kind: str) -> bool:
        """Return whether an alarm has ever been in ALARM, by its history."""
        history = self.clients("cloudwatch").describe_alarm_history(
            AlarmName=self._alarm(component, kind)["AlarmName"], HistoryItemType="StateUpdate"
        )["AlarmHistoryItems"]
        return any("to ALARM" in item["HistorySummary"] for item in history)

    def status(self, component: str) -> str:
        """Return a component's status."""
        return str(self._described(component)["InferenceComponentStatus"])

    def tags(self, component: str) -> dict[str, str]:
        """Return a component's tags."""
        arn = self._described(component)["InferenceComponentArn"]
        return tags_of(self.clients("sagemaker").list_tags(ResourceArn=arn)["Tags"])

    def model(self, component: str) -> str:
        """Return the name of the Model that a component serves."""
        return str(self._described(component)["Specification"]["ModelName"])

    def triton_processes(self) -> list[int]:
        """Return the process ids of the copies' Tritons."""
        return [
            copy.server_pid
            for endpoint in self.project.local_aws.status().endpoints
            for component in endpoint.components
            for copy in component.copies
            if copy.server_pid is not None
        ]

    # --- the clock ---

    def advance(self, seconds: float) -> float:
        """Let time pass; return what the clock shows then."""
        return self.project.local_aws.advance_clock(seconds)

    def end_minute(self) -> None:
        """Let the clock's minute end, so that the next one is whole."""
        self.advance(_MINUTE_SECONDS - self.advance(0) % _MINUTE_SECONDS)

    # --- what is asked ---

    def folder(self, model: str) -> Path:
        """Return where a model was packaged."""
        return self.project.root / "build" / "components" / model

    def manifest(self, model: str) -> Manifest:
        """Return a packaged model's manifest."""
        return read_manifest(self.folder(model) / MANIFEST_FILE_NAME)

    def sample(self, model: str) -> Sample:
        """Return the recorded request of batch size 1, with eager PyTorch's answer."""
        return read_samples(self.folder(model) / self.manifest(model).samples.file_name)[0]

    def client(self, component: str, *, capacity_timeout_seconds: float = 0) -> EndpointClient:
        """Return what asks a component; its pauses are pauses on the laptop's clock."""
        return EndpointClient(
            self.clients("sagemaker-runtime"),
            endpoint_name=self.endpoint,
            component_name=self.name(component),
            signature=self.manifest(component).signature,
            capacity_timeout_seconds=capacity_timeout_seconds,
            sleep=self._pause,
        )

    def answer(self, component: str) -> Any:  # noqa: ANN401 - an array
        """Return a component's answer to its model's recorded request."""
        return self.client(component).infer(self.sample(component).inputs).outputs["OUTPUT__0"]

    def _pause(self, seconds: float) -> None:
        self.advance(seconds)

    def _alarm(self, component: str, kind: str) -> Mapping[str, Any]:
        prefix = (
            f"TargetTracking-{self._resource_id(component)}-{kind}-"
            if kind in {"AlarmHigh", "AlarmLow"}
            else f"{self.name(component)}-{kind}"
        )
        alarm: dict[str, Any]
        (alarm,) = self.clients("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
        return alarm

    def _described(self, component: str) -> dict[str, Any]:
        described: dict[str, Any] = self.clients("sagemaker").describe_inference_component(
            InferenceComponentName=self.name(component)
        )
        return described

    def _resource_id(self, component: str) -> str:
        return f"inference-component/{self.name(component)}"
