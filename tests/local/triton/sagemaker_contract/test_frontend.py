import pytest

from local.triton.sagemaker_contract import (
    BINARY_CONTENT_TYPE,
    KserveRequest,
    RefusedInvocation,
    ServingPlan,
    answer_content_type,
    map_invocation,
    map_ping,
)

PLAN = ServingPlan(default_model="m", load_models=("m",), arguments=())


def test_ping_asks_what_the_plan_says() -> None:
    """Ready, or live."""
    assert map_ping(PLAN) == KserveRequest("/v2/health/ready", ())
    live = ServingPlan(default_model="m", load_models=("m",), arguments=(), ping_mode="live")
    assert map_ping(live) == KserveRequest("/v2/health/live", ())


@pytest.mark.parametrize("content_type", [None, "application/json", "text/csv", "application/octet-stream"])
def test_any_other_content_type_is_json(content_type: str | None) -> None:
    """The frontend looks for the binary type alone."""
    assert map_invocation(PLAN, content_type) == KserveRequest(
        "/v2/models/m/infer", (("Content-Type", "application/json"),)
    )


def test_the_binary_types_size_becomes_kserves_header() -> None:
    """As it is: Triton reads the number, and says what is wrong with it."""
    assert map_invocation(PLAN, f"{BINARY_CONTENT_TYPE}12x") == KserveRequest(
        "/v2/models/m/infer",
        (("Content-Type", "application/octet-stream"), ("Inference-Header-Content-Length", "12x")),
    )


def test_the_binary_type_after_something_else_is_refused() -> None:
    """As the frontend refuses it, byte for byte."""
    refused = map_invocation(PLAN, f'a"é {BINARY_CONTENT_TYPE}3')
    assert refused == RefusedInvocation(
        400,
        "text/plain",
        (
            '{"error":"expect MIME type for binary data starts with '
            "'application/vnd.sagemaker-triton.binary+json;json-header-size=', got: "
            'a\\"é application/vnd.sagemaker-triton.binary+json;json-header-size=3"}'
        ).encode(),
    )


def test_generating_knows_no_binary_type() -> None:
    """Its body is JSON."""
    plan = ServingPlan(default_model="m", load_models=("m",), arguments=(), inference_type="generate_stream")
    assert map_invocation(plan, f"{BINARY_CONTENT_TYPE}3") == KserveRequest(
        "/v2/models/m/generate_stream", (("Content-Type", "application/json"),)
    )


def test_a_models_name_stays_one_part_of_the_path() -> None:
    """Whatever it contains."""
    plan = ServingPlan(default_model="a/b ?", load_models=(), arguments=())
    mapped = map_invocation(plan, None)
    assert isinstance(mapped, KserveRequest)
    assert mapped.path == "/v2/models/a%2Fb%20%3F/infer"


@pytest.mark.parametrize(
    ("content_type", "header_length", "answered"),
    [
        ("application/json", None, "application/json"),
        ("application/octet-stream", "229", f"{BINARY_CONTENT_TYPE}229"),
        ("text/plain", None, "text/plain"),
        (None, None, "application/json"),
    ],
)
def test_the_answers_content_type(content_type: str | None, header_length: str | None, answered: str) -> None:
    """Binary where KServe says where its JSON ends."""
    assert answer_content_type(content_type, header_length) == answered
