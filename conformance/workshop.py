"""Resources of a run's own, each entered for its end before it is created."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalogue import DEFAULT_TRITON_RELEASE, pytorch_image_uri, triton_image_uri
from conformance.account import Account
from conformance.evidence import Evidence
from conformance.other_kinds import BUCKET, LOG_GROUP, ROLE, SCALABLE_TARGET
from conformance.policies import serving_statements
from conformance.registry import Registry
from conformance.sagemaker_kinds import COMPONENT, ENDPOINT, ENDPOINT_CONFIG, MODEL

__all__ = ["INSTANCE_TYPE", "SMALL", "VARIANT", "Workshop"]

INSTANCE_TYPE = "ml.m5.xlarge"
"""On which everything of ours runs: the smallest with room for several copies of Triton."""
VARIANT = "AllTraffic"
SMALL = {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 1024}
"""What a copy asks for; two fit on the instance type beside what SageMaker may keep for itself."""


@dataclass(slots=True)
class Workshop:
    """Creates one run's resources.

    Attributes:
        account: where they are.
        registry: enters them.
        evidence: of the probe that is asked.
        found: what benches remember by their names.
    """

    account: Account
    registry: Registry
    evidence: Evidence = field(default_factory=Evidence)
    found: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def sagemaker(self) -> Any:  # noqa: ANN401 - boto3's clients have no static type
        """The client of SageMaker's control plane."""
        return self.account.client("sagemaker")

    @property
    def runtime(self) -> Any:  # noqa: ANN401 - likewise
        """The client of InvokeEndpoint."""
        return self.account.client("sagemaker-runtime")

    @property
    def image(self) -> str:
        """Triton's image in the account's region."""
        return triton_image_uri(DEFAULT_TRITON_RELEASE, self.account.region)

    def pytorch_image(self, release: str) -> str:
        """AWS's PyTorch image for CPUs in the account's region."""
        return pytorch_image_uri(release, self.account.region, gpu=False)

    def new_name(self, what: str) -> str:
        """Return a name that nothing else has."""
        return f"{self.account.prefix}-{what}-{next(self._numbers)}"

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of a SageMaker resource, such as ``model`` or ``endpoint-config``."""
        partition = self.role_arn().split(":")[1]
        return f"arn:{partition}:sagemaker:{self.account.region}:{self.account.account_id}:{kind}/{name}"

    def prepare(self) -> None:
        """Create what many probes stand on, so that it doesn't go with the one that came first."""
        self.bucket()
        self.role_arn()
        self.plain_model()

    # --- roles and artifacts ---

    def role_arn(self) -> str:
        """Return the run's own execution role, which may read the run's bucket and write logs."""
        if "role" not in self.found:
            self.found["role"] = self.new_role()
        return self.found["role"]

    def new_role(
        self, *, service: str = "sagemaker.amazonaws.com", statements: Sequence[dict[str, Any]] | None = None
    ) -> str:
        """Create a role and return its ARN once it counts.

        Args:
            service: who may assume it.
            statements: what it may; to read the run's bucket, to pull images and to write logs if not given.
        """
        name = self.registry.enter(ROLE, self.new_name("role"))
        iam = self.account.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, Tags=self.account.tags)
        arn: str = created["Role"]["Arn"]
        allowed = serving_statements(self.bucket()) if statements is None else list(statements)
        if allowed:
            policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
            iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
        self.account.pace.sleep(self.account.pace.role_seconds)
        return arn

    def bucket(self) -> str:
        """Return the run's bucket."""
        if "bucket" not in self.found:
            name = self.enter_bucket()
            place = {"LocationConstraint": self.account.region}
            more = {} if self.account.region == "us-east-1" else {"CreateBucketConfiguration": place}
            self.account.client("s3").create_bucket(Bucket=name, **more)
            self.found["bucket"] = name
        return self.found["bucket"]

    def enter_bucket(self) -> str:
        """Return the name of a bucket that is about to be created."""
        return self.registry.enter(BUCKET, self.new_name("bucket"))

    def upload(self, content: bytes, key: str | None = None, **more: str) -> str:
        """Put an object into the run's bucket, under a new key if none is given, and return its address."""
        key = key or f"{self.new_name('model')}.tar.gz"
        self.account.client("s3").put_object(Bucket=self.bucket(), Key=key, Body=content, **more)
        return f"s3://{self.bucket()}/{key}"

    # --- models, configurations, endpoints, components ---

    def create_model(self, name: str | None = None, **members: Any) -> str:  # noqa: ANN401 - API members
        """Send CreateModel and return the name; ``None`` takes a member out of the request."""
        name = self.registry.enter(MODEL, name or self.new_name("model"))
        request = {"ExecutionRoleArn": self.role_arn(), "Tags": self.account.tags, **members}
        self.sagemaker.create_model(ModelName=name, **_without_nothing(request))
        return name

    def plain_model(self) -> str:
        """Return the run's own model of an image alone, which nothing serves."""
        if "model" not in self.found:
            self.found["model"] = self.create_model(PrimaryContainer={"Image": self.image})
        return self.found["model"]

    def model_of(self, content: bytes, **container: Any) -> str:  # noqa: ANN401 - API members
        """Create a model of one archive and return its name."""
        return self.create_model(PrimaryContainer=self.container_of(content, **container))

    def container_of(self, content: bytes, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
        """Upload an archive and return a container of Triton's image that serves it."""
        return self.with_variables({"Image": self.image, "ModelDataUrl": self.upload(content), **more})

    def with_variables(self, container: dict[str, Any]) -> dict[str, Any]:
        """Return a container of Triton with the account's variables beside its own."""
        variables = {**self.account.triton_variables, **container.get("Environment", {})}
        return {**container, "Environment": variables} if variables else container

    def create_config(
        self,
        *variants: dict[str, Any],
        name: str | None = None,
        **members: Any,  # noqa: ANN401 - API members
    ) -> str:
        """Send CreateEndpointConfig and return the name."""
        name = self.registry.enter(ENDPOINT_CONFIG, name or self.new_name("config"))
        request = {"ProductionVariants": list(variants), "Tags": self.account.tags, **members}
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, **_without_nothing(request))
        return name

    def variant(self, model: str | None, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
        """Return a variant of one instance; ``None`` takes a member out."""
        return _without_nothing(
            {
                "VariantName": VARIANT,
                "ModelName": model,
                "InstanceType": INSTANCE_TYPE,
                "InitialInstanceCount": 1,
                **members,
            }
        )

    def create_endpoint(self, config: str, name: str | None = None) -> str:
        """Send CreateEndpoint and return the name; it isn't in service yet."""
        name = self.enter_endpoint(name)
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config, Tags=self.account.tags)
        return name

    def enter_endpoint(self, name: str | None = None) -> str:
        """Return the name of an endpoint that is about to be created."""
        name = self.registry.enter(ENDPOINT, name or self.new_name("endpoint"))
        self.registry.enter(LOG_GROUP, f"/aws/sagemaker/Endpoints/{name}")
        return name

    def enter_component(self, name: str | None = None) -> str:
        """Return the name of a component that is about to be created."""
        name = self.registry.enter(COMPONENT, name or self.new_name("component"))
        self.registry.enter(LOG_GROUP, f"/aws/sagemaker/InferenceComponents/{name}")
        return name

    def endpoint_of(self, content: bytes, **container: Any) -> str:  # noqa: ANN401 - API members
        """Create an endpoint of one archive and return its name; it isn't in service yet."""
        model = self.model_of(content, **container)
        return self.create_endpoint(self.create_config(self.variant(model)))

    def create_component(
        self,
        endpoint: str,
        name: str | None = None,
        **members: Any,  # noqa: ANN401 - API members
    ) -> str:
        """Send CreateInferenceComponent and return the name; it isn't in service yet."""
        name = self.enter_component(name)
        request = {
            "EndpointName": endpoint,
            "VariantName": VARIANT,
            "RuntimeConfig": {"CopyCount": 1},
            "Tags": self.account.tags,
            **members,
        }
        self.sagemaker.create_inference_component(InferenceComponentName=name, **_without_nothing(request))
        return name

    def register_target(self, component: str, least: int, most: int) -> None:
        """Register a component's copies with Application Auto Scaling."""
        self.registry.enter(SCALABLE_TARGET, component)
        self.account.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId=f"inference-component/{component}",
            ScalableDimension="sagemaker:inference-component:DesiredCopyCount",
            MinCapacity=least,
            MaxCapacity=most,
        )


def _without_nothing(request: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in request.items() if value is not None}
