"""What takes the place of Elastic Inference: a GPU instance, where that is all there is to it."""

from collections.abc import Iterator

import catalogue
import spec
from migration.change import Change, Path, Undecided

__all__ = ["elastic_inference_changes"]

_RUNTIME = "elastic-inference.runtime"
_RULES = ("SEA750", "SEA751", "SEA752", "SEA753", "SEA754", "SEA755")
"""Acknowledgments that find nothing any more once the accelerators are gone."""
_PREFIXES = ("", "seatrial::")


def elastic_inference_changes(deployment: spec.Deployment) -> Iterator[Change | Undecided]:
    """Yield what is changed, and what can't be decided, in the order of the file's sections."""
    services = deployment.network.private_link
    if services == (_RUNTIME,):
        # Left out, the list would be the default one.
        yield Change(("network", "private_link"), "[]")
    elif _RUNTIME in services:
        yield Change(("network", "private_link", services.index(_RUNTIME)), None)
    endpoints = deployment.realtime_endpoints
    accelerated = {each.model for each in endpoints.values() if each.instances.accelerator}
    for name, model in deployment.models.items():
        if name in accelerated or _has_its_image(model.container):
            yield from _model(name, model)
    for key, endpoint in endpoints.items():
        yield from _endpoint(key, endpoint, deployment.models[endpoint.model])
    for key, client in deployment.clients.items():
        if client.elastic_inference is not None:
            yield from _client(key, client, client.elastic_inference)


def _model(name: str, model: spec.Model) -> Iterator[Change | Undecided]:
    """Take the model off the image of Elastic Inference."""
    container, place = model.container, ("models", name)
    if container.elastic_inference_release is not None:
        yield Change((*place, "container", "elastic_inference_release"), None)
    if model.pytorch is not None and model.pytorch.default_handlers:
        # The standard image is given a model_fn; the defaults were those of Elastic Inference's image.
        yield Change((*place, "pytorch", "default_handlers"), None)
    if _names_its_image(container):
        yield Undecided(
            (*place, "container", "image_uri"),
            f"{container.image_uri} is an image for Elastic Inference; which one takes its place?",
            ("remove image_uri, and AWS's own image is taken", "name an image of your own for GPU instances"),
        )


def _has_its_image(container: spec.Container) -> bool:
    return container.elastic_inference_release is not None or _names_its_image(container)


def _names_its_image(container: spec.Container) -> bool:
    image = catalogue.parse_ecr_image(container.image_uri) if container.image_uri else None
    return image is not None and image.repository.endswith(catalogue.ELASTIC_INFERENCE_REPOSITORY)


def _endpoint(key: str, endpoint: spec.RealtimeEndpoint, model: spec.Model) -> Iterator[Change | Undecided]:
    place = ("endpoints", key)
    if endpoint.instances.accelerator is not None:
        yield from _accelerated(place, endpoint, endpoint.instances.accelerator, model)
    elif "acknowledge_retired" in endpoint.model_fields_set:
        yield Change((*place, "acknowledge_retired"), None)


def _accelerated(
    place: Path, endpoint: spec.RealtimeEndpoint, accelerator: str, model: spec.Model
) -> Iterator[Change | Undecided]:
    """Take the GPU instance in place of the accelerator."""
    gpu, component, inferentia = catalogue.accelerator(accelerator).replacements
    groups = model.triton.instance_group if model.triton else ()
    if groups and all(group.kind == "KIND_CPU" for group in groups):
        yield Undecided(
            (*place, "instances", "accelerator"),
            f"the model {endpoint.model} runs on KIND_CPU alone: the GPU of {gpu.instance_type} would idle.",
            (
                f"set KIND_GPU in models.{endpoint.model}.triton.instance_group, and migrate to {gpu}",
                f"write an endpoint of type inference-components, with {component}",
                f"compile the model for Neuron, and take {inferentia}",
            ),
        )
        return
    yield Change((*place, "instances", "type"), gpu.instance_type)
    yield Change((*place, "instances", "accelerator"), None)
    yield from _acknowledgments(place, endpoint.acknowledge)
    if "acknowledge_retired" in endpoint.model_fields_set:
        yield Change((*place, "acknowledge_retired"), None)


def _client(key: str, client: spec.Client, attached: spec.ElasticInference) -> Iterator[Change | Undecided]:
    place, known = ("clients", key), catalogue.accelerator(attached.type)
    gpu = known.gpu_replacement.instance_type.removeprefix("ml.")
    if attached.count > 1:
        yield Undecided(
            (*place, "elastic_inference", "count"),
            f"{attached.count} accelerators of {known.memory_mib // 1024} GiB may be one GPU of {gpu}, or as "
            "many as they are.",
            (
                f"set count to 1, and migrate to {gpu}",
                "take g4dn.12xlarge with 4 GPUs, without elastic_inference",
            ),
        )
        return
    yield Change((*place, "instance_type"), gpu)
    if client.image != "deep-learning-pytorch":
        image = "deep-learning-pytorch"
        yield Undecided(
            (*place, "image"),
            f"{client.image} may lack the driver that {gpu} needs.",
            (
                f"set image to {image}, and migrate",
                "take elastic_inference out, and name an image with a driver",
            ),
        )
    yield Change((*place, "elastic_inference"), None)
    yield from _acknowledgments(place, client.acknowledge)


def _acknowledgments(place: Path, acknowledged: spec.Acknowledgments) -> Iterator[Change]:
    written = [prefix + rule for rule in _RULES for prefix in _PREFIXES]
    for rule in written:
        if rule in acknowledged:
            yield Change((*place, "acknowledge", rule), None)
