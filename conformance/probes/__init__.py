"""The probes, a file per theme; importing this folder registers them."""

from conformance.probes import (
    component_life,
    component_words,
    configs,
    endpoints,
    images,
    jobs,
    keys,
    models,
    names,
    networks,
    requests,
    scaling_words,
    several,
    stacks,
    targets,
)

__all__ = [
    "component_life",
    "component_words",
    "configs",
    "endpoints",
    "images",
    "jobs",
    "keys",
    "models",
    "names",
    "networks",
    "requests",
    "scaling_words",
    "several",
    "stacks",
    "targets",
]
