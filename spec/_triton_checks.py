"""What one part of a model's ``triton`` section says about another, and about the chosen release.

Unless a check names another source, Triton 2.51 refuses to load what is refused here.
"""

from collections.abc import Iterator

import catalogue
from spec._document import Complaint, Document, DocumentPath
from spec._packed_names import packed_name_complaints
from spec._plain_data import entries, get
from spec._triton_scheduling_checks import scheduling_complaints

__all__ = ["triton_complaints"]

_ONLY_VERSION = "1"
_ONLY_PROFILE = "0"
"""Of a plan that is built here: its shapes are one profile (model_packaging, plan_request)."""
_CONFIG_FILE = "config.pbtxt"


def triton_complaints(
    document: Document, path: DocumentPath, model: dict[str, object]
) -> Iterator[Complaint]:
    """Yield what is wrong within the ``triton`` section of the model at ``path``."""
    triton = get(model, dict, "triton")
    if triton is None:
        return
    yield from scheduling_complaints((*path, "triton"), triton)
    yield from _instance_groups(document, path, model)
    yield from _warmups((*path, "triton"), triton)
    versions = tuple(map(str, get(model, dict, "export", "versions") or ())) or (_ONLY_VERSION,)
    yield from _versions((*path, "triton"), triton, versions)
    yield from _cache((*path, "triton"), triton)
    yield from _labels((*path, "triton"), triton, versions)
    yield from _release(path, model)


def _instance_groups(document: Document, path: DocumentPath, model: dict[str, object]) -> Iterator[Complaint]:
    groups = [each for each in get(model, list, "triton", "instance_group") or () if isinstance(each, dict)]
    is_built = get(model, str, "export", "to") == "tensorrt"
    is_plan = is_built or (get(model, str, "file", "from") or "").endswith(".plan")
    for index, group in enumerate(groups):
        at: DocumentPath = (*path, "triton", "instance_group", index)
        kind, gpus = get(group, str, "kind"), get(group, list, "gpus")
        if kind in ("KIND_CPU", "KIND_MODEL") and gpus:
            yield Complaint(
                (*at, "gpus"),
                f"GPUs are named for a group of {kind}",
                "gpus only with KIND_GPU or KIND_AUTO",
                "remove gpus, or change kind",
                value=document.shown((*at, "gpus")),
            )
        if get(group, list, "profile") and not is_plan:
            yield Complaint(
                (*at, "profile"),
                "an optimization profile is named for a model that is no TensorRT plan",
                "profile only with a TensorRT plan",
                "remove profile",
                value=document.shown((*at, "profile")),
            )
        for place, profile in enumerate(get(group, list, "profile") or () if is_built else ()):
            if isinstance(profile, str) and profile != _ONLY_PROFILE:
                yield Complaint(
                    (*at, "profile", place),
                    "an optimization profile is named that the plan lacks: it is built with one",
                    f'"{_ONLY_PROFILE}"',
                    "remove profile",
                    value=document.shown((*at, "profile", place)),
                )
    if groups and all(group.get("passive") is True for group in groups):
        yield Complaint(
            (*path, "triton", "instance_group"),
            "every group is passive, so that no instance answers",
            "at least one group that is not passive",
            "remove passive from one of them",
        )


def _warmups(path: DocumentPath, triton: dict[str, object]) -> Iterator[Complaint]:
    maximum = get(triton, int, "max_batch_size")
    for index, warmup in enumerate(get(triton, list, "model_warmup") or ()):
        at: DocumentPath = (*path, "model_warmup", index)
        size = get(warmup, int, "batch_size")
        largest = max(maximum or 0, 1)  # of a model without a batch dimension, too
        if size is not None and maximum is not None and size > largest:
            yield Complaint(
                (*at, "batch_size"),
                f"a warm-up of batch size {size}, and max_batch_size is {maximum}",
                f"from 1 to {largest}" if largest > 1 else "1",
                "correct it, or remove it",
                value=str(size),
            )
        for name, data in entries(warmup, "inputs"):
            if data.get("zero_data") is True and data.get("random_data") is True:
                yield Complaint(
                    (*at, "inputs", name, "random_data"),
                    "both zero_data and random_data say what the input holds",
                    "one of the two",
                    "remove zero_data, or random_data",
                    value="true",
                )


def _versions(path: DocumentPath, triton: dict[str, object], packed: tuple[str, ...]) -> Iterator[Complaint]:
    policy = get(triton, dict, "version_policy")
    if policy is None:
        return
    given = [key for key in ("latest", "all", "specific") if policy.get(key) is not None]
    if len(given) != 1:
        yield Complaint(
            (*path, "version_policy"),
            f"{' and '.join(given)} say which versions are served" if given else "no policy is named",
            "exactly one of latest, all and specific",
            f"keep one of {', '.join(given)}" if given else "add `all: {}`, or remove version_policy",
        )
    for index, version in enumerate(get(policy, list, "specific", "versions") or ()):
        if isinstance(version, int) and version > 0 and str(version) not in packed:
            yield Complaint(
                (*path, "version_policy", "specific", "versions", index),
                f"there is no version {version}: an artifact holds version {', '.join(packed)}",
                ", ".join(packed),
                "remove it, or declare it under export.versions",
                value=str(version),
            )


def _cache(path: DocumentPath, triton: dict[str, object]) -> Iterator[Complaint]:
    cache = get(triton, dict, "response_cache") or {}
    if cache.get("enable") is not True:
        return
    transactions = get(triton, dict, "model_transaction_policy") or {}
    others = {
        "sequence_batching": isinstance(triton.get("sequence_batching"), dict),
        "decoupled": transactions.get("decoupled") is True,
    }
    for other in (name for name, is_on in others.items() if is_on):
        yield Complaint(
            (*path, "response_cache"),
            f"Triton keeps no answers of a model with {other}",
            f"response_cache without {other}",
            f"remove response_cache, or {other}",
        )


def _labels(path: DocumentPath, triton: dict[str, object], packed: tuple[str, ...]) -> Iterator[Complaint]:
    taken = {_CONFIG_FILE: _CONFIG_FILE, **{each: f"the folder of version {each}" for each in packed}}
    labels: dict[str, object] = get(triton, dict, "label_filename") or {}
    files = [((*path, "label_filename", output), file) for output, file in labels.items()]
    yield from packed_name_complaints(files, taken, "in the model's folder")


def _release(path: DocumentPath, model: dict[str, object]) -> Iterator[Complaint]:
    """Source: catalogue, triton_config_fields; of an image of one's own nothing is known."""
    container = get(model, dict, "container") or {}
    release = get(container, str, "triton_release") or catalogue.DEFAULT_TRITON_RELEASE
    if container.get("image_uri") is not None or release not in catalogue.triton_releases():
        return
    for field in get(model, dict, "triton") or {}:
        known = catalogue.releases_with_config_field("ModelConfig", field)
        if model["triton"][field] is not None and release not in known:  # type: ignore[index]  # a mapping, as above
            yield Complaint(
                (*path, "triton", field),
                f"Triton {release} does not know {field}",
                f"{field} with triton_release {' or '.join(known)}",
                f"remove {field}, or take one of these releases",
            )
