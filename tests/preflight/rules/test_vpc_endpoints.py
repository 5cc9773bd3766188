"""The rules about VPC endpoints and their policies, each on a template that is good but for one thing."""

from tests.preflight.rules.serving_templates import (
    IMAGE,
    Resources,
    changed,
    found,
    properties,
    statement,
    with_policy,
    without,
)


def test_sea712_policy_admits_nothing() -> None:
    """A policy has a statement; one that only denies says so on purpose."""
    assert ("SEA712", "Logs") in found(with_policy("Logs"), "SEA712")


def test_sea713_artifact_not_admitted() -> None:
    """What a model names as ModelDataUrl passes each S3 endpoint on its way."""
    assert ("SEA713", "S3") in found(
        with_policy("S3", statement("s3:GetObject", resource="arn:aws:s3:::others/*")), "SEA713"
    )
    assert ("SEA713", "S3") in found(without("S3", "PolicyDocument", "Statement", 0), "SEA713")
    assert found(without("S3", "PolicyDocument"), "SEA713") == []


def test_sea713_sees_every_container_and_every_model() -> None:
    """One of several containers, and what a multi-model container may load."""
    served, other = ({"ModelDataUrl": f"s3://artifacts/{name}.tar.gz"} for name in ("model", "other"))
    several = changed("Model", PrimaryContainer=None, Containers=[served, other])
    assert ("SEA713", "S3") in found(several, "SEA713")
    assert found(changed("Model", PrimaryContainer=None, Containers=[served, served]), "SEA713") == []
    many = {"Mode": "MultiModel", "ModelDataUrl": "s3://artifacts/"}
    assert ("SEA713", "S3") in found(changed("Model", PrimaryContainer=many), "SEA713")


def test_sea714_sees_every_container() -> None:
    """The second container's image has layers, too."""
    images = [{"Image": "public.example/one:1"}, {"Image": IMAGE}]

    def change(resources: Resources) -> None:
        without("S3", "PolicyDocument", "Statement", 1)(resources)
        properties(resources, "Model").update(PrimaryContainer=None, Containers=images)

    assert ("SEA714", "S3") in found(change, "SEA714")


def test_sea714_image_layers_not_admitted() -> None:
    """ECR keeps layers in a bucket of each region, which the gateway lets through."""
    assert ("SEA714", "S3") in found(without("S3", "PolicyDocument", "Statement", 1), "SEA714")


def test_sea715_role_not_admitted() -> None:
    """What a role may call passes the endpoint of its VPC."""
    assert ("SEA715", "Logs") in found(with_policy("Logs", statement("logs:PutLogEvents")), "SEA715")


def test_sea716_endpoint_in_the_default_group() -> None:
    """Each interface endpoint names its security group."""
    assert ("SEA716", "Logs") in found(without("Logs", "SecurityGroupIds"), "SEA716")


def test_sea720_endpoint_not_admitted() -> None:
    """Each endpoint of the templates can be invoked through each runtime endpoint of theirs."""
    assert ("SEA720", "Runtime") in found(changed("Endpoint", EndpointName="other"), "SEA720")
