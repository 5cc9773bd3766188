"""What the VPC endpoints let through: what something in the network needs, on what the network is for.

An endpoint policy grants nothing: a caller also needs the permission in a policy of its own. Without one, any
credentials of any account could carry data out through the endpoint.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from seatrial_hosting._place import Place
from seatrial_hosting.served import ANYTHING, Served

__all__ = ["SERVICES_WITH_POLICY", "PolicyDocument", "interface_policy", "s3_policy"]

PolicyDocument = dict[str, object]
_Statements = Callable[[Place, Served], Iterable[PolicyDocument]]


def interface_policy(place: Place, service: str, served: Served) -> PolicyDocument:
    """Allow this account's principals what ``_BY_SERVICE`` says; any action of a service that it lacks."""
    statements = _BY_SERVICE.get(service, _own_account_only)
    return _policy(statements(place, served))


def s3_policy(place: Place, served: Served) -> PolicyDocument:
    """Allow reading and listing the artifacts, and reading the layers of images.

    Source of the last: Amazon ECR user guide, "Amazon ECR interface VPC endpoints", minimum Amazon S3
    bucket permissions. ECR hands out presigned addresses, so the principal is not one of this account.
    """
    # The bucket's owner, too: a bucket that is deleted can be made again, by another account.
    own = {"aws:PrincipalAccount": place.account, "aws:ResourceAccount": place.account}
    names = (ANYTHING,) if served.artifact_buckets is None else served.artifact_buckets
    buckets = [f"arn:{place.partition}:s3:::{name}" for name in names]
    layers = f"arn:{place.partition}:s3:::prod-{place.region}-starport-layer-bucket/*"
    return _policy(
        [
            _allow(
                "ReadArtifacts", ["s3:GetObject"], [f"{each}/*" for each in buckets], {"StringEquals": own}
            ),
            *_listing(buckets, served, own),
            _allow("ReadImageLayers", ["s3:GetObject"], [layers]),
        ]
    )


def _listing(buckets: Sequence[str], served: Served, own: Mapping[str, str]) -> Iterable[PolicyDocument]:
    if served.listed_prefixes:
        within = {"StringEquals": own, "StringLike": {"s3:prefix": list(served.listed_prefixes)}}
        yield _allow("ListArtifacts", ["s3:ListBucket"], buckets, within)


def _invocations(place: Place, served: Served) -> Iterable[PolicyDocument]:
    # Service Authorization Reference, Amazon SageMaker: both actions take endpoint and inference-component.
    actions = ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"]
    yield _own(place, "InvokeEndpoints", actions, _endpoints(place, served))


def _descriptions(place: Place, served: Served) -> Iterable[PolicyDocument]:
    names = served.model_name_prefix.lower()
    actions = [
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "sagemaker:DescribeInferenceComponent",
        "sagemaker:DescribeModel",
    ]
    generated = [place.arn("sagemaker", f"{kind}/{names}*") for kind in ("endpoint-config", "model")]
    yield _own(place, "DescribeWhatServes", actions, [*_endpoints(place, served), *generated])


def _pulls(place: Place, served: Served) -> Iterable[PolicyDocument]:
    # Amazon ECR user guide, "Create an endpoint policy for your Amazon ECR VPC endpoints": one policy for
    # both. The log-in takes no resource (Service Authorization Reference).
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    repositories = (ANYTHING,) if served.image_repository_arns is None else served.image_repository_arns
    yield _own(place, "LogInToRegistry", ["ecr:GetAuthorizationToken"], [ANYTHING])
    yield _own(place, "PullImages", actions, repositories)


def _logs(place: Place, served: Served) -> Iterable[PolicyDocument]:
    # The actions of the execution role (SageMaker developer guide, "CreateModel API: Execution Role
    # Permissions"); streams are named after instances.
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    groups = [place.arn("logs", f"log-group:{name}") for name in served.log_group_names()]
    both = [arn for group in groups for arn in (group, f"{group}:*")]
    yield _own(place, "WriteLogs", actions, both)


def _metrics(place: Place, _: Served) -> Iterable[PolicyDocument]:
    # None of these actions takes a resource (Service Authorization Reference, Amazon CloudWatch).
    namespaces = {"cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/*"]}
    publish, read = (
        ["cloudwatch:PutMetricData"],
        ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"],
    )
    yield _own(place, "PublishMetrics", publish, [ANYTHING], {"StringLike": namespaces})
    yield _own(place, "ReadMetrics", read, [ANYTHING])


def _session_manager_messages(place: Place, _: Served) -> Iterable[PolicyDocument]:
    # Systems Manager user guide, "Add Session Manager permissions to an existing IAM role"; the actions take
    # no resource.
    actions = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"]
    yield _own(place, "OpenSessions", [f"ssmmessages:{each}" for each in actions], [ANYTHING])


def _run_command_messages(place: Place, _: Served) -> Iterable[PolicyDocument]:
    # Systems Manager user guide, "Reference: ec2messages, ssmmessages, and other API operations"; the actions
    # take no resource.
    actions = [
        "AcknowledgeMessage",
        "DeleteMessage",
        "FailMessage",
        "GetEndpoint",
        "GetMessages",
        "SendReply",
    ]
    yield _own(place, "TakeCommands", [f"ec2messages:{each}" for each in actions], [ANYTHING])


def _managed_instances(place: Place, _: Served) -> Iterable[PolicyDocument]:
    # Those of the managed policy AmazonSSMManagedInstanceCore that Session Manager and Run Command use. The
    # ids of instances are not known before.
    actions = [
        "DescribeAssociation",
        "DescribeDocument",
        "GetDocument",
        "ListAssociations",
        "ListInstanceAssociations",
        "UpdateAssociationStatus",
        "UpdateInstanceAssociationStatus",
        "UpdateInstanceInformation",
    ]
    yield _own(place, "BeManaged", [f"ssm:{each}" for each in actions], [ANYTHING])


def _identity(place: Place, _: Served) -> Iterable[PolicyDocument]:
    # Takes no resource. An instance's role comes from its metadata, so nobody here assumes one.
    yield _own(place, "SayWhoCalls", ["sts:GetCallerIdentity"], [ANYTHING])


def _keys(place: Place, _: Served) -> Iterable[PolicyDocument]:
    actions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    yield _own(place, "UseKeys", actions, [place.arn("kms", "key/*")])


def _instances(place: Place, _: Served) -> Iterable[PolicyDocument]:
    # Neither takes a resource.
    actions = ["ec2:DescribeInstances", "ec2:DescribeTags"]
    yield _own(place, "DescribeInstances", actions, [ANYTHING])


def _scaling(place: Place, _: Served) -> Iterable[PolicyDocument]:
    actions = ["DescribeScalableTargets", "DescribeScalingActivities", "DescribeScalingPolicies"]
    yield _own(place, "WatchScaling", [f"application-autoscaling:{each}" for each in actions], [ANYTHING])


def _events(place: Place, _: Served) -> Iterable[PolicyDocument]:
    yield _own(place, "PutEvents", ["events:PutEvents"], [place.arn("events", "event-bus/*")])


def _secrets(place: Place, _: Served) -> Iterable[PolicyDocument]:
    actions = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    yield _own(place, "ReadSecrets", actions, [place.arn("secretsmanager", "secret:*")])


def _accelerators(place: Place, _: Served) -> Iterable[PolicyDocument]:
    # Service Authorization Reference, Amazon Elastic Inference: Connect takes an accelerator, whose id is not
    # known before.
    accelerators = place.arn("elastic-inference", "elastic-inference-accelerator/*")
    yield _own(place, "Connect", ["elastic-inference:Connect"], [accelerators])


def _own_account_only(place: Place, _: Served) -> Iterable[PolicyDocument]:
    yield _own(place, "OwnAccountOnly", [ANYTHING], [ANYTHING])


_BY_SERVICE: Mapping[str, _Statements] = {
    "application-autoscaling": _scaling,
    "ec2": _instances,
    "ec2messages": _run_command_messages,
    "ecr.api": _pulls,
    "ecr.dkr": _pulls,
    "elastic-inference.runtime": _accelerators,
    "events": _events,
    "kms": _keys,
    "logs": _logs,
    "monitoring": _metrics,
    "sagemaker.api": _descriptions,
    "sagemaker.runtime": _invocations,
    "secretsmanager": _secrets,
    "ssm": _managed_instances,
    "ssmmessages": _session_manager_messages,
    "sts": _identity,
}

SERVICES_WITH_POLICY = frozenset(_BY_SERVICE)
"""The services whose endpoint lets through single actions alone."""


def _endpoints(place: Place, served: Served) -> list[str]:
    # SageMaker writes names in ARNs in lower case.
    return [
        *(place.arn("sagemaker", f"endpoint/{name.lower()}") for name in served.endpoint_names),
        *(place.arn("sagemaker", f"inference-component/{name.lower()}") for name in served.component_names),
    ]


def _own(
    place: Place,
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, object]] | None = None,
) -> PolicyDocument:
    if not resources:
        # A statement without a resource is malformed: nothing is served yet, so nothing passes.
        return _allow(sid, actions, [ANYTHING]) | {"Effect": "Deny"}
    own = {"StringEquals": {"aws:PrincipalAccount": place.account}}
    return _allow(sid, actions, resources, {**own, **(conditions or {})})


def _policy(statements: Iterable[PolicyDocument]) -> PolicyDocument:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    condition: Mapping[str, object] | None = None,
) -> PolicyDocument:
    statement: PolicyDocument = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(actions),
        "Resource": list(resources),
    }
    return statement | ({"Condition": condition} if condition else {})
