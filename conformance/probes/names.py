"""Names, lists and tags: A1 to A6."""

from collections.abc import Iterator
from functools import partial

from conformance.benches import ordinary
from conformance.laboratory import Laboratory
from conformance.probe import Bench, probe

_PAGE = 10
_MOST_TAGS = 50


def _container(lab: Laboratory) -> dict[str, str]:
    return {"Image": lab.image}


@probe("A1", creates="a model, an endpoint configuration")
def taken_names(lab: Laboratory) -> None:
    """A second model or endpoint configuration of a name is refused in the believed words."""
    model = lab.create_model(PrimaryContainer=_container(lab))
    lab.evidence.refused(
        lambda: lab.create_model(model, PrimaryContainer=_container(lab)),
        "ValidationException",
        rf'^Cannot create already existing model "{lab.arn("model", model)}"\.?$',
    )
    config = lab.create_config(lab.variant(model))
    lab.evidence.refused(
        lambda: lab.create_config(lab.variant(model), name=config),
        "ValidationException",
        rf'^Cannot create already existing endpoint configuration "{lab.arn("endpoint-config", config)}"\.?$',
    )


@probe("A1", bench=Bench.ORDINARY, minutes=1)
def taken_endpoint_name(lab: Laboratory) -> None:
    """A second endpoint of a name is refused in the believed words."""
    endpoint = ordinary(lab)
    config = lab.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    lab.evidence.refused(
        lambda: lab.create_endpoint(config, endpoint),
        "ValidationException",
        rf'^Cannot create already existing endpoint "{lab.arn("endpoint", endpoint)}"\.?$',
    )


@probe("A2", creates="a role")
def missing_names(lab: Laboratory) -> None:
    """Describing, deleting and referring to what isn't there is refused in the believed words."""
    name = lab.new_name("missing")
    for kind, words, segment, key in (
        ("model", "model", "model", "ModelName"),
        ("endpoint_config", "endpoint configuration", "endpoint-config", "EndpointConfigName"),
        ("endpoint", "endpoint", "endpoint", "EndpointName"),
    ):
        expected = rf'^Could not find {words} "{lab.arn(segment, name)}"\.?$'
        for verb in ("describe", "delete"):
            method = getattr(lab.sagemaker, f"{verb}_{kind}")
            lab.evidence.refused(partial(method, **{key: name}), "ValidationException", expected)
    lab.evidence.refused(
        lambda: lab.create_config(lab.variant(name)), "ValidationException", r"^Could not find model "
    )
    lab.evidence.refused(
        lambda: lab.create_endpoint(name), "ValidationException", r"^Could not find endpoint configuration "
    )


@probe("A3")
def malformed_request(lab: Laboratory) -> None:
    """All violations come at once, as `Value 'V' at 'path' failed to satisfy constraint: ...`."""
    sagemaker = lab.account.unchecked("sagemaker")
    lab.evidence.refused(
        lambda: sagemaker.describe_model(ModelName="not/a/name!" + "x" * 70),
        "ValidationException",
        r"^2 validation errors detected: Value '.+' at 'modelName' failed to satisfy constraint: "
        r"Member must .+; Value '.+' at 'modelName' failed to satisfy constraint: Member must ",
    )
    lab.evidence.refused(
        sagemaker.describe_endpoint,
        "ValidationException",
        r"^1 validation error detected: Value null at 'endpointName' failed to satisfy constraint: "
        r"Member must not be null$",
    )


@probe("A4", creates="eleven models, eleven endpoint configurations")
def pages(lab: Laboratory) -> None:
    """Lists have ten entries by default, ignore the case of NameContains, and refuse a foreign token."""
    word = lab.new_name("many")
    models = [lab.create_model(f"{word}-{i}", PrimaryContainer=_container(lab)) for i in range(_PAGE + 1)]
    for i in range(_PAGE + 1):
        lab.create_config(lab.variant(models[0]), name=f"{word}-{i}")
    for method, member in (("list_models", "Models"), ("list_endpoint_configs", "EndpointConfigs")):
        call = getattr(lab.sagemaker, method)
        answer = call(NameContains=word.upper())
        lab.evidence.holds(f"entries of {method}", found=len(answer[member]), believed=_PAGE)
        rest = call(NameContains=word.upper(), NextToken=answer["NextToken"])
        lab.evidence.holds("entries of its second page", found=len(rest[member]), believed=1)
        lab.evidence.refused(partial(call, NextToken="bm9uZQ"), "ValidationException")


@probe("A5", creates="a model")
def fifty_tags(lab: Laboratory) -> None:
    """A fifty-first tag is refused by AddTags with ValidationException, the fiftieth is accepted."""
    model = lab.create_model(PrimaryContainer=_container(lab))
    arn = lab.arn("model", model)
    more = list(_tags(_MOST_TAGS - len(lab.account.tags)))
    lab.evidence.accepted("the fiftieth tag", lambda: lab.sagemaker.add_tags(ResourceArn=arn, Tags=more))
    one_more = [{"Key": "one-more", "Value": ""}]
    lab.evidence.refused(
        lambda: lab.sagemaker.add_tags(ResourceArn=arn, Tags=one_more), "ValidationException"
    )


@probe("A6")
def tags_of_an_unknown_arn(lab: Laboratory) -> None:
    """AddTags, ListTags and DeleteTags answer ResourceNotFound for an ARN that no resource has."""
    arn = lab.arn("endpoint", lab.new_name("missing"))
    for call in (
        lambda: lab.sagemaker.add_tags(ResourceArn=arn, Tags=list(_tags(1))),
        lambda: lab.sagemaker.list_tags(ResourceArn=arn),
        lambda: lab.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["key-0"]),
    ):
        lab.evidence.refused(call, "ResourceNotFound")


def _tags(count: int) -> Iterator[dict[str, str]]:
    yield from ({"Key": f"key-{i}", "Value": ""} for i in range(count))
