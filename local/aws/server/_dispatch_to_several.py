"""Who answers a request to a variant of several models or containers."""

from local.aws.server._exchange import Exchange, Refusal
from local.aws.server._invocation import Invocation
from local.aws.server._pipeline_request import PipelineRequest
from local.aws.server._runtime_call import Call
from local.aws.server._target_model_request import TargetModelRequest
from local.aws.server.fleet import DirectInvocation, SharedServing
from local.aws.server.invocation_mapping import server_request
from local.aws.server.routes import Backend
from local.aws.server.runtime_answers import Answer, Origin, model_error
from local.aws.server.target_answers import (
    container_required,
    containers_not_direct,
    not_multi_model,
    target_model_required,
    unknown_container,
)
from local.aws.server.target_models import TargetModels
from local.triton.sagemaker_contract import RefusedInvocation

__all__ = ["open_shared", "refusal_of_targets"]

_TARGET_MODEL = b"x-amzn-sagemaker-target-model"
_TARGET_CONTAINER = b"x-amzn-sagemaker-target-container-hostname"
_HTTP_CHARSET = "latin-1"  # what HTTP/1.1 header bytes stand for, one to one


def refusal_of_targets(call: Call, origin: Origin, plan: SharedServing | None) -> Answer | None:
    """Return why a request may not name the target that it names, or must name one; None if all is well.

    Args:
        call: the request.
        origin: whose model is asked.
        plan: of the variant, where it is more than one container with one model.
    """
    if _TARGET_MODEL in call.headers and not isinstance(plan, TargetModels):
        return not_multi_model(origin.endpoint)
    if _TARGET_CONTAINER in call.headers and not isinstance(plan, DirectInvocation):
        return containers_not_direct(origin.endpoint)
    if isinstance(plan, TargetModels) and not call.headers.get(_TARGET_MODEL):
        return target_model_required()
    if isinstance(plan, DirectInvocation):
        hostnames = [container.name for container in plan.containers]
        hostname = call.headers.get(_TARGET_CONTAINER, b"").decode(_HTTP_CHARSET)
        if not hostname:
            return container_required(origin.endpoint, hostnames)
        if hostname not in hostnames:
            return unknown_container(origin.endpoint, hostname, hostnames)
    return None


def open_shared(call: Call, origin: Origin, backend: Backend) -> Exchange:
    """Begin the exchange that answers a request to a variant whose plan is a ``SharedServing``.

    Args:
        call: the request, whose targets are not refused.
        origin: whose model is asked.
        backend: the variant.
    """
    plan = backend.variant.plan
    if isinstance(plan, TargetModels):
        target = call.headers[_TARGET_MODEL].decode(_HTTP_CHARSET)
        return TargetModelRequest(call, origin, backend, plan, target)
    if isinstance(plan, DirectInvocation):
        hostname = call.headers[_TARGET_CONTAINER].decode(_HTTP_CHARSET)
        member = next(each for each in backend.members if each.variant.name == hostname)
        return _open_container(call, origin.of_container(hostname), backend, member)
    return PipelineRequest(call, origin, backend)


def _open_container(call: Call, origin: Origin, backend: Backend, member: Backend) -> Exchange:
    plan = member.variant.plan
    if isinstance(plan, SharedServing):
        raise TypeError(f"container {member.variant.name} is no single container")
    request = server_request(plan, call.headers)
    if isinstance(request, RefusedInvocation):
        return Refusal(call.client, model_error(origin, request.status, request.body))
    return Invocation(
        call.client,
        origin,
        member,
        request,
        call.content_length,
        timeout_seconds=call.way.timeout_seconds,
        relay=lambda client, _: call.way.relay(client, backend.variant.name),
    )
