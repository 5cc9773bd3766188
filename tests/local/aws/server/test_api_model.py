from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.aws.server._api_model import answer_of, coerce_strings, operation, validate_request
from local.aws.server.errors import AwsError

_VARIANT = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


def _config(**variant: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    return {"EndpointConfigName": "c", "ProductionVariants": [{**_VARIANT, **variant}]}


def test_a_request_that_botocore_declares_is_accepted() -> None:
    """A request with the members of the input shape, of the right types, passes."""
    validate_request("CreateEndpointConfig", _config())


@pytest.mark.parametrize(
    ("request_", "violation"),
    [
        ({}, "Value null at 'endpointConfigName' failed to satisfy constraint: Member must not be null"),
        (
            {**_config(), "Colour": "red"},
            "Unknown member 'colour'; known are EndpointConfigName, ProductionVariants",
        ),
        (
            {**_config(), "EndpointConfigName": "a_b"},
            "Value 'a_b' at 'endpointConfigName' failed to satisfy constraint: Member must satisfy regular",
        ),
        (
            {**_config(), "EndpointConfigName": "a" * 64},
            "Member must have length less than or equal to 63",
        ),
        ({**_config(), "ProductionVariants": []}, "Member must have length greater than or equal to 1"),
        (_config(InstanceType="ml.z9.huge"), "Member must satisfy enum value set: ["),
        (_config(InitialInstanceCount=0), "Member must have value greater than or equal to 1"),
        (
            _config(InitialInstanceCount="one"),
            "Value 'one' at 'productionVariants.1.member.initialInstanceCount' is str, not a number",
        ),
        (_config(InitialInstanceCount=1.5), "is float, not an integer"),
        (_config(VariantName=7), "is int, not a string"),
        ({**_config(), "ProductionVariants": "v"}, "is str, not a list"),
        ({**_config(), "VpcConfig": "v"}, "is str, not a structure"),
        ({**_config(), "EnableNetworkIsolation": "yes"}, "is str, not a boolean"),
    ],
)
def test_each_violation_is_told_in_words_of_its_own(request_: dict[str, Any], violation: str) -> None:
    """What the model forbids is refused with the place, the value and the constraint."""
    with pytest.raises(AwsError) as refused:
        validate_request("CreateEndpointConfig", request_)
    assert refused.value.code == "ValidationException"
    assert refused.value.status == 400
    assert violation in refused.value.message


def test_violations_are_collected() -> None:
    """Every violation stands in one message, counted."""
    with pytest.raises(AwsError) as refused:
        validate_request("CreateEndpointConfig", _config(InitialInstanceCount=0, VariantName="a_b"))
    assert refused.value.message.startswith("2 validation errors detected: ")


def test_a_map_is_checked_by_key_and_value() -> None:
    """An environment variable's name and value are checked like any other member."""
    container = {"Image": "i", "Environment": {"1A": "v", "B": 2}}
    with pytest.raises(AwsError) as refused:
        validate_request("CreateModel", {"ModelName": "m", "PrimaryContainer": container})
    assert "'1A' at 'primaryContainer.environment.key'" in refused.value.message
    assert "'2' at 'primaryContainer.environment.B.member' is int, not a string" in refused.value.message


def test_a_time_is_a_number() -> None:
    """A filter by time that is no number is refused."""
    with pytest.raises(AwsError, match="is str, not a time in seconds since the epoch"):
        validate_request("ListModels", {"CreationTimeAfter": "yesterday"})


def test_tag_keys_of_other_alphabets_are_accepted() -> None:
    """The pattern of tag keys is understood, though Python's regular expressions lack its classes."""
    validate_request(
        "AddTags",
        {
            "ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/m",
            "Tags": [{"Key": "größe", "Value": "ü"}],
        },
    )


def test_an_unknown_operation_is_refused() -> None:
    """An operation that SageMaker doesn't have gives its own error."""
    with pytest.raises(AwsError) as refused:
        operation("MakeCoffee")
    assert (refused.value.code, refused.value.status) == ("UnknownOperationException", 404)


def test_an_answer_keeps_only_what_the_shape_declares() -> None:
    """Members that the output shape lacks, and absent ones, are left out, at every depth."""
    variants = [{"VariantName": "v", "Secret": 1, "RoutingConfig": None}]
    answer = answer_of("DescribeEndpoint", {"EndpointName": "e", "Ours": 1, "ProductionVariants": variants})
    assert answer == {"EndpointName": "e", "ProductionVariants": [{"VariantName": "v"}]}


def test_an_operation_without_output_answers_nothing() -> None:
    """A delete call's answer is empty."""
    assert answer_of("DeleteModel", {"ModelName": "m"}) == {}


def test_cloudformations_strings_take_the_declared_types() -> None:
    """Numbers, booleans and a map's values arrive as the input shape has them."""
    coerced = coerce_strings(
        "CreateEndpointConfig",
        {**_config(InitialInstanceCount="2", InitialVariantWeight="0.5"), "EnableNetworkIsolation": "true"},
    )
    variant = coerced["ProductionVariants"][0]
    assert (variant["InitialInstanceCount"], variant["InitialVariantWeight"]) == (2, 0.5)
    assert coerced["EnableNetworkIsolation"] is True


def test_a_maps_scalars_become_strings() -> None:
    """An environment variable that a template gives as number or boolean becomes a string."""
    container = {"Image": "i", "Environment": {"A": 1, "B": True}}
    coerced = coerce_strings("CreateModel", {"ModelName": "m", "PrimaryContainer": container})
    assert coerced["PrimaryContainer"]["Environment"] == {"A": "1", "B": "true"}


@given(st.text())
def test_coercion_never_hides_what_is_no_number(text: str) -> None:
    """A string either becomes the number that it spells, or stays for the validation to refuse."""
    count = coerce_strings("CreateEndpointConfig", _config(InitialInstanceCount=text))
    value = count["ProductionVariants"][0]["InitialInstanceCount"]
    assert value == text or value == int(text)


def test_coercion_leaves_unknown_properties_for_the_validation() -> None:
    """A property that the API lacks is neither dropped nor changed."""
    assert coerce_strings("CreateModel", {"Colour": "1"}) == {"Colour": "1"}
