"""Where a bare artifact is to be served, as far as whoever checks it says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from pydantic import ValidationError

import catalogue
from preflight.bare.errors import ContextError
from spec import Container

__all__ = ["DEFAULT_REGION", "ServingContext"]

DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class ServingContext:
    """What the artifact is to be served on and with.

    Attributes:
        instance_type: of SageMaker, with its ``ml.`` prefix; None where it isn't known.
        image_tag: a release of AWS's sagemaker-tritonserver image, such as ``24.09``, or for the PyTorch
            layout of its pytorch-inference image, such as ``2.6.0``; None where it isn't known.
        region: of AWS.
        environment: of the container.

    Raises:
        ContextError: one of them can't be; the message names all that can't.
    """

    instance_type: str | None = None
    image_tag: str | None = None
    region: str = DEFAULT_REGION
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise ContextError("\n".join(problems))

    def _problems(self) -> Iterator[str]:
        types = [each.name for each in catalogue.instance_types()]
        if self.instance_type is not None and self.instance_type not in types:
            yield _unknown("instance type", self.instance_type, types)
        tags = (*catalogue.triton_releases(), *catalogue.pytorch_releases())
        if self.image_tag is not None and self.image_tag not in tags:
            yield _unknown("image tag", self.image_tag, tags)
        regions = [each.name for each in catalogue.regions()]
        if self.region not in regions:
            yield _unknown("region", self.region, regions)
        try:
            Container(environment=dict(self.environment))
        except ValidationError as error:
            for each in error.errors():
                place = ".".join(str(part) for part in each["loc"] if part != "[key]")
                yield f"{place}: {each['msg']}"


def _unknown(what: str, name: str, known: list[str] | tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    allowed = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(known)}"
    return f"the catalogue has no {what} {name!r}; {allowed}"
