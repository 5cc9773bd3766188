"""The rules, one file per theme; importing this package registers them all.

========  ==========================  ===========================================================
ids       file                        theme
========  ==========================  ===========================================================
SEA1xx    ``archive_layout``          what lies where in the archive
SEA2xx    ``config_pbtxt``            what Triton refuses, or silently does otherwise
SEA3xx    ``signature``               config.pbtxt against what the model takes and returns
SEA4xx    ``freshness``               what was packaged against what the file says now
SEA5xx    ``instances``               models on instances
SEA52x    ``components``              inference components on the instances they share
SEA53x    ``component_memory``        what their copies are to hold
SEA6xx    ``container``               the container's image, and what it is told
SEA7xx    ``network``                 what the private network lets through
SEA8xx    ``elastic_inference``       what a template must not ask of AWS any more
SEA81x    ``component_templates``     inference components in any template, whoever wrote it
SEA82x    ``component_limits``        single values of components and their endpoints, likewise
SEA83x    ``component_relations``     what the resources of components say about each other, likewise
SEA9xx    ``acknowledgments``         acknowledgments that say nothing
========  ==========================  ===========================================================

A new rule is a function with ``@rule`` in the file of its theme; ids are never reused.
"""

from preflight.rules import (
    acknowledgments,
    archive_layout,
    component_limits,
    component_memory,
    component_relations,
    component_templates,
    components,
    config_pbtxt,
    container,
    elastic_inference,
    freshness,
    instances,
    network,
    signature,
)

__all__ = [
    "acknowledgments",
    "archive_layout",
    "component_limits",
    "component_memory",
    "component_relations",
    "component_templates",
    "components",
    "config_pbtxt",
    "container",
    "elastic_inference",
    "freshness",
    "instances",
    "network",
    "signature",
]
