"""Requests to multi-model endpoints and pipelines: A89, A91, A93, A96 to A98."""

import json

from conformance.archives import python_model, unloadable
from conformance.benches import multi_model, pipeline
from conformance.laboratory import Laboratory
from conformance.policies import serving_statements
from conformance.probe import Bench, probe


@probe("A91", bench=Bench.MULTI_MODEL, minutes=2)
def model_that_nobody_names(lab: Laboratory) -> None:
    """What lies below the prefix is loaded, whoever put it there, and stays loadable."""
    endpoint = multi_model(lab)
    lab.upload(python_model(7.0), "many/unlisted.tar.gz")
    answer = lab.invoke(endpoint, 1.0, TargetModel="unlisted.tar.gz")
    lab.evidence.holds("answer", found=answer, believed=[7.0])


@probe("A93", bench=Bench.MULTI_MODEL, minutes=2)
def target_models_that_there_are_not(lab: Laboratory) -> None:
    """Without TargetModel, and with one that isn't there, a request is a ValidationError."""
    endpoint = multi_model(lab)
    lab.evidence.refused(
        lambda: lab.invoke(endpoint, 1.0), "ValidationError", r"is missing a target model header\.$"
    )
    lab.evidence.refused(
        lambda: lab.invoke(endpoint, 1.0, TargetModel="missing.tar.gz"),
        "ValidationError",
        rf"^Failed to download model data\s?\(bucket: {lab.bucket()}, key: many/missing\.tar\.gz\)\.",
    )


@probe("A93", bench=Bench.ORDINARY, minutes=1)
def target_model_elsewhere(lab: Laboratory) -> None:
    """On an ordinary endpoint TargetModel is a ValidationError in the believed words."""
    endpoint = lab.found[Bench.ORDINARY]
    lab.evidence.refused(
        lambda: lab.invoke(endpoint, 1.0, TargetModel="double.tar.gz"),
        "ValidationError",
        rf"^Endpoint {endpoint} is not a multi-model endpoint and does not support target model header\.$",
    )


@probe("A96", bench=Bench.MULTI_MODEL, minutes=2)
def target_model_that_cant_load(lab: Laboratory) -> None:
    """It is a ModelError each time, and other models answer on."""
    endpoint = multi_model(lab)
    lab.upload(unloadable(), "many/broken.tar.gz")
    for _ in range(2):
        lab.evidence.refused(lambda: lab.invoke(endpoint, 1.0, TargetModel="broken.tar.gz"), "ModelError")
    answer = lab.invoke(endpoint, 1.0, TargetModel="double.tar.gz")
    lab.evidence.holds("answer of another", found=answer, believed=[2.0])


@probe("A89", bench=Bench.MULTI_MODEL, minutes=12, own_minutes=15, creates="a role, a model, an endpoint")
def loading_takes_reading_alone(lab: Laboratory) -> None:
    """A multi-model endpoint whose role may read and not list loads its models."""
    statements = [each for each in serving_statements(lab.bucket()) if each["Action"] != "s3:ListBucket"]
    lab.upload(python_model(2.0), "many/double.tar.gz")
    container = {"Image": lab.image, "Mode": "MultiModel", "ModelDataUrl": f"s3://{lab.bucket()}/many/"}
    model = lab.create_model(
        ExecutionRoleArn=lab.new_role(statements=statements), PrimaryContainer=lab.with_variables(container)
    )
    endpoint = lab.in_service(lab.create_endpoint(lab.create_config(lab.variant(model))))
    answer = lab.invoke(endpoint, 1.0, TargetModel="double.tar.gz")
    lab.evidence.holds("answer", found=answer, believed=[2.0])


@probe("A97", bench=Bench.PIPELINE, minutes=1)
def error_of_a_container(lab: Laboratory) -> None:
    """A ModelError of one of several containers says `from NAME`."""
    endpoint = pipeline(lab)
    lab.evidence.refused(
        lambda: lab.invoke(endpoint, -1.0, TargetContainerHostname="second"),
        "ModelError",
        r"^Received server error \(500\) from second with message ",
    )


@probe("A98", bench=Bench.PIPELINE, minutes=1)
def containers_that_are_asked_wrongly(lab: Laboratory) -> None:
    """A missing and an unknown TargetContainerHostname are ValidationErrors."""
    endpoint = pipeline(lab)
    lab.evidence.refused(lambda: lab.invoke(endpoint, 1.0), "ValidationError")
    lab.evidence.refused(
        lambda: lab.invoke(endpoint, 1.0, TargetContainerHostname="third"), "ValidationError"
    )


@probe("A98", bench=Bench.ORDINARY, minutes=1)
def container_of_an_ordinary_endpoint(lab: Laboratory) -> None:
    """A TargetContainerHostname that an ordinary endpoint doesn't want is a ValidationError."""
    endpoint = lab.found[Bench.ORDINARY]
    lab.evidence.refused(
        lambda: lab.invoke(endpoint, 1.0, TargetContainerHostname="first"), "ValidationError"
    )


@probe("A100", bench=Bench.PIPELINE, minutes=1)
def stream_of_one_container(lab: Laboratory) -> None:
    """A container of several that doesn't stream is answered in parts, too."""
    endpoint = pipeline(lab)
    body = {"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [4.0]}]}
    answer = lab.evidence.accepted(
        "streaming",
        lambda: lab.runtime.invoke_endpoint_with_response_stream(
            EndpointName=endpoint,
            ContentType="application/json",
            Body=json.dumps(body),
            TargetContainerHostname="first",
        ),
    )
    parts = b"".join(part["PayloadPart"]["Bytes"] for part in answer["Body"])
    lab.evidence.holds("answer", found=json.loads(parts)["outputs"][0]["data"], believed=[8.0])
