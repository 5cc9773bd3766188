"""The rules about links between resources, each on a template that is good but for one thing."""

from tests.preflight.rules.serving_templates import Resources, changed, found, properties, without


def test_sea728_part_is_missing() -> None:
    """A model has a role, a variant a model or its configuration a role, a security group its VPC."""
    assert ("SEA728", "Model") in found(without("Model", "ExecutionRoleArn"), "SEA728")
    assert ("SEA728", "Models") in found(without("Models", "VpcId"), "SEA728")
    assert ("SEA728", "Config") in found(without("Config", "ProductionVariants", 0, "ModelName"), "SEA728")
    assert found(changed("Config", ExecutionRoleArn="arn"), "SEA728") == []


def test_sea729_nobody_serves_it() -> None:
    """Each configuration has an endpoint, each model a variant or a component."""
    assert ("SEA729", "Config") in found(without("Endpoint"), "SEA729")
    assert ("SEA729", "Model") in found(without("Config", "ProductionVariants", 0), "SEA729")


def test_sea729_names_and_shadows_are_links_too() -> None:
    """An endpoint may name its configuration by text, and a shadow variant serves its model."""

    def by_name(resources: Resources) -> None:
        properties(resources, "Config")["EndpointConfigName"] = "fast"
        properties(resources, "Endpoint")["EndpointConfigName"] = "fast"

    def by_shadow(resources: Resources) -> None:
        config = properties(resources, "Config")
        config["ShadowProductionVariants"] = config.pop("ProductionVariants")

    assert found(by_name, "SEA729") == []
    assert found(by_shadow, "SEA729") == []
