"""What an endpoint with a model of its own leaves to look at."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from seatrial_hosting._dashboard_body import DASHBOARD_TYPE, endpoint_body
from seatrial_hosting._place import Place
from seatrial_hosting.endpoint import Endpoint

__all__ = ["EndpointDashboard"]


class EndpointDashboard(Construct):
    """A dashboard of one endpoint's variant.

    Creates the dashboard: requests, all and per instance; percentiles of the container's latency; what
    SageMaker adds to it; failed requests; and the use of CPU, GPU, memory and disk. Of a multi-model endpoint
    also how its models are loaded, and of several containers the latency and the failures of each.

    Does not create anything else; for inference components there is ``ComponentDashboard``.

    Grants nothing.

    Args:
        dashboard_name: unique in the account, whatever the region.
        endpoint: what is shown.
        loads_models: whether its model is a ``MultiModel``. Default: False.
        container_names: the containers of its ``PipelineModel``. Default: none, it has another model.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        dashboard_name: str,
        endpoint: Endpoint,
        loads_models: bool = False,
        container_names: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        body = endpoint_body(
            Place.of(self).region,
            endpoint.endpoint_name,
            endpoint.variant_name,
            loads_models=loads_models,
            container_names=container_names,
        )
        properties = {"DashboardName": dashboard_name, "DashboardBody": body}
        cdk.CfnResource(self, "Resource", type=DASHBOARD_TYPE, properties=properties)
