"""What the server runs, as JSON for ``GET /_seatrial/status``."""

import json
import os
from typing import Any

from local.aws.server.endpoints import Endpoints
from local.aws.server.sagemaker_store import ENDPOINT, Record, SageMakerStore

__all__ = ["status_report"]


def status_report(store: SageMakerStore, endpoints: Endpoints) -> bytes:
    """Return the process id and every endpoint with its variants' Tritons."""
    listed = [_endpoint(record, endpoints) for record in store.all(ENDPOINT)]
    return json.dumps({"pid": os.getpid(), "endpoints": listed}).encode()


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
                "triton_pid": variant.server.pid,
                "triton_http_port": variant.server.http_port,
                "overlays": variant.overlays,
            }
            for variant in (fleet.variants if fleet else ())
        ],
    }
