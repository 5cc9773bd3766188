"""The endpoints that several probes share: brought up when the first one asks, deleted after the last one."""

from collections.abc import Callable

from conformance.archives import STEERED, python_model, unloadable
from conformance.laboratory import INSTANCE_TYPE, SMALL, Laboratory
from conformance.probe import Bench

__all__ = [
    "BENCH_INSTANCES",
    "BENCH_MINUTES",
    "bring_up",
    "component_of",
    "components",
    "multi_model",
    "ordinary",
    "pipeline",
    "specification",
    "unloadable_specification",
]

BENCH_MINUTES = {
    Bench.API: 0.0,
    Bench.ORDINARY: 12.0,
    Bench.COMPONENTS: 20.0,
    Bench.MULTI_MODEL: 12.0,
    Bench.PIPELINE: 12.0,
    Bench.OWN: 0.0,
}
"""How long a bench's instances run for its start and end alone; chosen, AWS says "minutes"."""
BENCH_INSTANCES = {Bench.COMPONENTS: 2}
"""The most that a bench has, where that is more than one."""


def ordinary(lab: Laboratory) -> str:
    """Return an endpoint of one model that does what its input says (archives.STEERED)."""
    return _once(lab, Bench.ORDINARY, lambda: lab.endpoint_of(python_model(execute=STEERED)))


def components(lab: Laboratory) -> str:
    """Return an endpoint that hosts components on one to two instances that SageMaker scales."""
    return _once(lab, Bench.COMPONENTS, lambda: lab.create_endpoint(_component_config(lab)))


def component_of(lab: Laboratory, factor: float = 2.0, copies: int = 1) -> str:
    """Return a new component on the shared endpoint, in service."""
    name = lab.create_component(
        components(lab), Specification=specification(lab, factor), RuntimeConfig={"CopyCount": copies}
    )
    lab.settled_component(name)
    return name


def specification(lab: Laboratory, factor: float = 2.0) -> dict[str, object]:
    """Return a component's specification of a new model."""
    return {"ModelName": lab.model_of(python_model(factor)), "ComputeResourceRequirements": SMALL}


def unloadable_specification(lab: Laboratory) -> dict[str, object]:
    """Return a component's specification of a model that can't be loaded."""
    return {"ModelName": lab.model_of(unloadable()), "ComputeResourceRequirements": SMALL}


def multi_model(lab: Laboratory) -> str:
    """Return an endpoint of many models; ``double.tar.gz`` is one of them."""

    def create() -> str:
        lab.upload(python_model(2.0), "many/double.tar.gz")
        container = {"Image": lab.image, "Mode": "MultiModel", "ModelDataUrl": f"s3://{lab.bucket()}/many/"}
        return lab.create_endpoint(
            lab.create_config(lab.variant(lab.create_model(PrimaryContainer=lab.with_variables(container))))
        )

    return _once(lab, Bench.MULTI_MODEL, create)


def pipeline(lab: Laboratory) -> str:
    """Return an endpoint of two containers, each asked by its name."""

    def create() -> str:
        containers = [
            lab.container_of(python_model(execute=STEERED), ContainerHostname=host)
            for host in ("first", "second")
        ]
        model = lab.create_model(Containers=containers, InferenceExecutionConfig={"Mode": "Direct"})
        return lab.create_endpoint(lab.create_config(lab.variant(model)))

    return _once(lab, Bench.PIPELINE, create)


def bring_up(lab: Laboratory, bench: Bench) -> None:
    """Bring a bench up before its first probe, so that its failure is told apart from the probe's."""
    benches: dict[Bench, Callable[[Laboratory], str]] = {
        Bench.ORDINARY: ordinary,
        Bench.COMPONENTS: components,
        Bench.MULTI_MODEL: multi_model,
        Bench.PIPELINE: pipeline,
    }
    if bench in benches:
        benches[bench](lab)


def _component_config(lab: Laboratory) -> str:
    scaling = {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 2}
    return lab.create_config(
        lab.variant(
            None,
            InstanceType=INSTANCE_TYPE,
            ManagedInstanceScaling=scaling,
            RoutingConfig={"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
        ),
        ExecutionRoleArn=lab.role_arn(),
    )


def _once(lab: Laboratory, bench: Bench, create: Callable[[], str]) -> str:
    if bench not in lab.found:
        lab.found[bench] = lab.in_service(create())
    return lab.found[bench]
