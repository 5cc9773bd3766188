"""What the server runs, as JSON for ``GET /_seatrial/status``."""

import json
import os
from typing import Any

from local.aws.server.components.inference_components import InferenceComponents
from local.aws.server.endpoints import Endpoints
from local.aws.server.sagemaker_store import ENDPOINT, INFERENCE_COMPONENT, Record, SageMakerStore

__all__ = ["status_report"]


def status_report(
    store: SageMakerStore, endpoints: Endpoints, components: InferenceComponents, as_of: int | None
) -> bytes:
    """Return the process id, the year it stands for, and every endpoint with what answers."""
    hosted = [
        (record.scope, record.document["EndpointName"], _component(record, components))
        for record in store.all(INFERENCE_COMPONENT)
    ]
    listed = [
        {
            **_endpoint(record, endpoints),
            "components": [component for *place, component in hosted if place == [record.scope, record.name]],
        }
        for record in store.all(ENDPOINT)
    ]
    return json.dumps({"pid": os.getpid(), "as_of": as_of, "endpoints": listed}).encode()


def _component(record: Record, components: InferenceComponents) -> dict[str, Any]:
    return {
        "name": record.name,
        "status": record.document["InferenceComponentStatus"],
        "desired_copies": record.document["RuntimeConfig"]["DesiredCopyCount"],
        "failure_reason": record.document.get("FailureReason"),
        "copies": [
            {
                "copy_id": copy.copy_id,
                "model": copy.server.plan.default_model,
                "server_pid": copy.server.server.pid,
                "server_http_port": copy.server.server.http_port,
                "overlays": copy.server.overlays,
            }
            for copy in components.copies_of(record)
        ],
    }


def _endpoint(record: Record, endpoints: Endpoints) -> dict[str, Any]:
    fleet = endpoints.fleet_of(record)
    return {
        "name": record.name,
        "region": record.scope.region,
        "status": record.document["EndpointStatus"],
        "config_name": record.document["EndpointConfigName"],
        "failure_reason": record.document.get("FailureReason"),
        "variants": [
            {
                "name": variant.name,
                "model": variant.plan.default_model,
                "server_pid": variant.server.pid,
                "server_http_port": variant.server.http_port,
                "overlays": variant.overlays,
            }
            for variant in (fleet.variants if fleet else ())
        ],
    }
