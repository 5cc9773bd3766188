"""A model's layout, Triton's or that of SageMaker's PyTorch images, and the images that fit it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import catalogue
from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import get

__all__ = ["layout_complaints"]


class _Release(NamedTuple):
    """A key of the container that names a release of one of AWS's images."""

    key: str
    image: str
    releases: Callable[[str | None], tuple[str, ...]]


_TRITON = _Release("triton_release", "Triton image", catalogue.triton_releases)
_PYTORCH = _Release("pytorch_release", "image pytorch-inference", catalogue.pytorch_releases)
_ELASTIC_INFERENCE = _Release(
    "elastic_inference_release", "image pytorch-inference-eia", catalogue.elastic_inference_releases
)
_OF_LAYOUT = {"triton": (_TRITON,), "pytorch": (_PYTORCH, _ELASTIC_INFERENCE)}
_DEFAULTS = {
    "triton": (_TRITON, catalogue.DEFAULT_TRITON_RELEASE),
    "pytorch": (_PYTORCH, catalogue.DEFAULT_PYTORCH_RELEASE),
}


def layout_complaints(
    document: Document, path: DocumentPath, model: dict[str, object]
) -> Iterator[Complaint]:
    """Yield what is wrong between the layout of the model at ``path`` and its image."""
    given = [layout for layout in _OF_LAYOUT if model.get(layout) is not None]
    if not given and model.get("repository") is not None:
        given = ["triton"]
    if not given:
        if path in document.incomplete:
            return
        yield Complaint(
            path,
            "the model has neither `triton` nor `pytorch`",
            "exactly one of the two",
            "add `triton:` for a Triton image, or `pytorch:` for a SageMaker PyTorch image",
        )
        return
    if len(given) > 1:
        yield Complaint(
            (*path, "pytorch"),
            "the model has both `triton` and `pytorch`",
            "exactly one of the two",
            "remove `triton`, or `pytorch`",
            value=document.shown((*path, "pytorch")),
        )
        return
    yield from _entry_point(path, model)
    yield from _foreign_releases(path, model, given[0])
    yield from _image(document, path, model, given[0])


def _entry_point(path: DocumentPath, model: dict[str, object]) -> Iterator[Complaint]:
    entry_point = get(model, str, "pytorch", "entry_point")
    serving = get(model, dict, "pytorch") or {}
    if entry_point is not None and serving.get("default_handlers") is True:
        yield Complaint(
            (*path, "pytorch", "entry_point"),
            "both default_handlers and entry_point say what the entry point is",
            "one of the two",
            "remove default_handlers, or entry_point",
            value=entry_point,
        )


def _foreign_releases(path: DocumentPath, model: dict[str, object], layout: str) -> Iterator[Complaint]:
    for other, releases in _OF_LAYOUT.items():
        for release in releases if other != layout else ():
            value = get(model, str, "container", release.key)
            if value is not None:
                allowed = " or ".join(each.key for each in _OF_LAYOUT[layout])
                yield Complaint(
                    (*path, "container", release.key),
                    f"{release.key} is for models with `{other}`; this one has `{layout}`",
                    f"{allowed}, or image_uri",
                    f"remove {release.key}",
                    value=value,
                )


def _image(
    document: Document, path: DocumentPath, model: dict[str, object], layout: str
) -> Iterator[Complaint]:
    named = {each.key: each for each in _OF_LAYOUT[layout] if get(model, str, "container", each.key)}
    image = get(model, str, "container", "image_uri")
    keys = [*named, *(["image_uri"] if image is not None else [])]
    if len(keys) > 1:
        yield Complaint(
            (*path, "container", keys[-1]),
            f"both {' and '.join(keys)} name an image",
            "one of the two" if len(keys) == 2 else "one of these",  # noqa: PLR2004 - two words for two keys
            f"remove {', or '.join(keys)}",
            value=str(get(model, str, "container", keys[-1])),
        )
        return
    if image is None:
        release, default = _DEFAULTS[layout]
        release = next(iter(named.values()), release)
        yield from _publication(document, path, release, get(model, str, "container", release.key) or default)


def _publication(
    document: Document, path: DocumentPath, release: _Release, chosen: str
) -> Iterator[Complaint]:
    region = get(document.data, str, "environment", "region")
    if region not in {each.name for each in catalogue.regions()} or chosen not in release.releases(None):
        return
    published = release.releases(region)
    if chosen not in published:
        yield Complaint(
            (*path, "container", release.key),
            f"AWS publishes no {release.image} {chosen} for SageMaker in {region}",
            f"{', '.join(published)}, or image_uri" if published else "image_uri: AWS publishes none there",
            "mirror the image into a registry of your own in that region and name it with image_uri",
            value=chosen,
        )
