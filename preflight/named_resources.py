"""What a deployment file names that is there already: images, roles, keys, buckets, security groups.

Each is given with the place in the file that names it.
"""

import catalogue
from spec import Deployment
from spec.existing_network import ExistingNetwork

__all__ = ["named_buckets", "named_groups", "named_images", "named_keys", "named_roles"]


def named_images(deployment: Deployment) -> dict[str, tuple[str, ...]]:
    """Return the user's own images in Amazon ECR that models are served by; of AWS's there is a table.

    Each is given with the place that names it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(deployment.served_models):
        address = deployment.models[name].container.image_uri
        if address is not None and catalogue.parse_ecr_image(address) is not None:
            found.setdefault(address, ("models", name, "container", "image_uri"))
    return found


def named_roles(deployment: Deployment) -> dict[str, tuple[str, ...]]:
    """Return the ARNs of the user's own execution roles, each with the place that names it."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(deployment.served_models):
        role = deployment.models[name].container.execution_role
        if role is not None:
            found.setdefault(role, ("models", name, "container", "execution_role"))
    return found


def named_keys(deployment: Deployment) -> dict[str, tuple[str, ...]]:
    """Return the ARNs of the user's own KMS keys, each with the place that names it."""
    bucket = deployment.security.artifact_bucket
    given = [
        (deployment.security.kms_key, ("security", "kms_key")),
        (bucket.kms_key if bucket else None, ("security", "artifact_bucket", "kms_key")),
        (deployment.publish.kms_key, ("publish", "kms_key")),
    ]
    found: dict[str, tuple[str, ...]] = {}
    for arn, place in given:
        if arn is not None:
            found.setdefault(arn, place)
    return found


def named_buckets(deployment: Deployment) -> dict[str, tuple[str, ...]]:
    """Return the names of the user's own buckets, each with the place that names it."""
    bucket = deployment.security.artifact_bucket
    given = [
        (bucket.name if bucket else None, ("security", "artifact_bucket", "name")),
        (deployment.publish.bucket, ("publish", "bucket")),
    ]
    found: dict[str, tuple[str, ...]] = {}
    for name, place in given:
        if name is not None:
            found.setdefault(name, place)
    return found


def named_groups(network: ExistingNetwork) -> dict[str, tuple[str, ...]]:
    """Return the ids of the named security groups, each with the place that names it."""
    place = ("network", "existing")
    given = {
        "model_security_group": network.model_security_group,
        "endpoint_security_group": network.endpoint_security_group,
    }
    return {group: (*place, key) for key, group in given.items() if group is not None}
