"""The life of an endpoint: A15 to A21, A24, and with A42 what an ordinary one says to components."""

import time
from concurrent.futures import ThreadPoolExecutor

from conformance.archives import archive, python_model, unloadable
from conformance.benches import ordinary, specification
from conformance.laboratory import Laboratory
from conformance.probe import Bench, probe

_UNHEALTHY = (
    r"^The primary container for production variant \S+ did not pass the ping health check\. "
    r"Please check CloudWatch logs for this endpoint\."
)
_IN_PROGRESS = r"^Cannot update in-progress endpoint "
_SLOW_START = "time.sleep({seconds})"


@probe("A15", bench=Bench.ORDINARY, minutes=45, own_minutes=45, creates="a model, an endpoint configuration")
def update_that_fails(lab: Laboratory) -> None:
    """After an update to a model that can't load: InService, the old configuration, a FailureReason."""
    endpoint = ordinary(lab)
    before = _config_of(lab, endpoint)
    config = lab.create_config(lab.variant(lab.model_of(unloadable())))
    lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config)
    described = lab.settled(endpoint)
    lab.evidence.holds("EndpointStatus", found=described["EndpointStatus"], believed="InService")
    lab.evidence.holds(
        "EndpointConfigName is the old one", found=described["EndpointConfigName"] == before, believed=True
    )
    lab.evidence.says("FailureReason", described.get("FailureReason"), r"\S")
    lab.evidence.holds("answer of the old fleet", found=lab.invoke(endpoint, 2.0), believed=[4.0])


@probe("A16", "A21", bench=Bench.OWN, own_minutes=45, creates="an endpoint that fails")
def model_that_cant_load(lab: Laboratory) -> None:
    """An endpoint whose model can't load is Failed in the believed words, and can't be updated."""
    endpoint = lab.endpoint_of(unloadable())
    described = lab.settled(endpoint)
    lab.evidence.holds("EndpointStatus", found=described["EndpointStatus"], believed="Failed")
    with lab.evidence.about("A21"):
        lab.evidence.says("FailureReason", described.get("FailureReason"), _UNHEALTHY)
    config = described["EndpointConfigName"]
    with lab.evidence.about("A16"):
        lab.evidence.refused(
            lambda: lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config),
            "ValidationException",
        )


@probe("A21", bench=Bench.OWN, own_minutes=20, creates="an endpoint that fails")
def artifact_that_is_no_archive(lab: Laboratory) -> None:
    """An endpoint whose artifact is no archive is Failed: `Failed to extract model data archive ...`."""
    described = lab.settled(lab.endpoint_of(b"not an archive"))
    lab.evidence.holds("EndpointStatus", found=described["EndpointStatus"], believed="Failed")
    lab.evidence.says(
        "FailureReason",
        described.get("FailureReason"),
        r'^Failed to extract model data archive for container "container_1" from URL "s3://.+"\. Please ',
    )


@probe("A21", bench=Bench.OWN, own_minutes=45, creates="an endpoint that fails")
def archive_without_a_model(lab: Laboratory) -> None:
    """An endpoint whose archive has no model folder is Failed for the ping health check."""
    described = lab.settled(lab.endpoint_of(archive({"README": "no model"})))
    lab.evidence.holds("EndpointStatus", found=described["EndpointStatus"], believed="Failed")
    lab.evidence.says("FailureReason", described.get("FailureReason"), _UNHEALTHY)


@probe("A17", "A24", bench=Bench.OWN, own_minutes=12, creates="an endpoint")
def endpoint_that_is_creating(lab: Laboratory) -> None:
    """While it is Creating, an endpoint can't be updated or deleted, and isn't found when it is invoked."""
    model = python_model(initialize=_SLOW_START.format(seconds=lab.account.pace.request_seconds))
    endpoint = lab.endpoint_of(model)
    config = _config_of(lab, endpoint)
    with lab.evidence.about("A17"):
        _refuses_changes(lab, endpoint, config)
    with lab.evidence.about("A24"):
        lab.evidence.refused(
            lambda: lab.invoke(endpoint, 1.0),
            "ValidationError",
            rf"^Endpoint {endpoint} of account {lab.account.account_id} not found\.$",
        )
    lab.in_service(endpoint)


@probe("A17", "A18", bench=Bench.ORDINARY, minutes=8, own_minutes=8)
def update_to_the_same_configuration(lab: Laboratory) -> None:
    """An update to the configuration in use is accepted, and nothing interrupts it."""
    endpoint = ordinary(lab)
    config = _config_of(lab, endpoint)
    lab.evidence.accepted(
        "UpdateEndpoint",
        lambda: lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config),
    )
    with lab.evidence.about("A17"):
        _refuses_changes(lab, endpoint, config)
    lab.evidence.holds("EndpointStatus", found=lab.settled(endpoint)["EndpointStatus"], believed="InService")


@probe("A19", bench=Bench.ORDINARY, minutes=16, own_minutes=16, creates="an endpoint configuration")
def update_that_misses_its_configuration(lab: Laboratory) -> None:
    """An update is refused once the configuration in use is deleted."""
    endpoint = ordinary(lab)
    before = _config_of(lab, endpoint)
    model = lab.sagemaker.describe_endpoint_config(EndpointConfigName=before)["ProductionVariants"][0][
        "ModelName"
    ]
    config = lab.create_config(lab.variant(model))
    lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config)
    lab.in_service(endpoint)
    lab.sagemaker.delete_endpoint_config(EndpointConfigName=config)
    try:
        lab.evidence.refused(
            lambda: lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=before),
            "ValidationException",
            r"Could not find",
        )
    finally:
        lab.settled(endpoint)
        if _config_of(lab, endpoint) != before:
            lab.create_config(lab.variant(model), name=config)
            lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=before)
            lab.in_service(endpoint)


@probe("A20", bench=Bench.ORDINARY, minutes=10, own_minutes=8)
def update_during_a_request(lab: Laboratory) -> None:
    """A request that is under way when an update's traffic switches is still answered by the old fleet."""
    endpoint = ordinary(lab)
    config = _config_of(lab, endpoint)
    seconds = lab.account.pace.request_seconds
    with ThreadPoolExecutor(1) as pool:
        lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config)
        answers = []
        while lab.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointStatus"] == "Updating":
            # One after the other, so that one is under way whenever traffic switches.
            answers.append(pool.submit(lab.invoke, endpoint, -2.0, seconds))
            answers[-1].result()
        time.sleep(lab.account.pace.poll_seconds)
    lab.evidence.holds(
        "answers of requests during the update",
        found=[answer.result() for answer in answers],
        believed=[[-4.0, 2 * seconds]] * len(answers),
    )
    lab.in_service(endpoint)


@probe("A42", bench=Bench.ORDINARY, minutes=1, creates="a model")
def component_on_an_ordinary_endpoint(lab: Laboratory) -> None:
    """It is refused, `Inference Components are not supported in this Endpoint. ...`."""
    endpoint = ordinary(lab)
    what = specification(lab)
    lab.evidence.refused(
        lambda: lab.create_component(endpoint, Specification=what),
        "ValidationException",
        r"^Inference Components are not supported in this Endpoint\. ",
    )


def _refuses_changes(lab: Laboratory, endpoint: str, config: str) -> None:
    lab.evidence.refused(
        lambda: lab.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=config),
        "ValidationException",
        _IN_PROGRESS,
    )
    lab.evidence.refused(
        lambda: lab.sagemaker.delete_endpoint(EndpointName=endpoint), "ValidationException", _IN_PROGRESS
    )


def _config_of(lab: Laboratory, endpoint: str) -> str:
    return str(lab.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"])
