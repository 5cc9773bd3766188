"""The rules, one file per theme; importing this package registers them all.

========  ==========================  ===========================================================
ids       file                        theme
========  ==========================  ===========================================================
SEA1xx    ``archive_layout``          what lies where in the archive
SEA15x    ``pytorch_layout``          the archive of SageMaker's PyTorch images, and what can serve it
SEA16x    ``pytorch_layout``          the same, on instances and in its environment
SEA2xx    ``config_pbtxt``            what Triton refuses, or silently does otherwise
SEA211    ``triton_features``         warm-up, labels, versions, sequences and cache of a config.pbtxt
SEA221    ``model_files``             whether a model's file is what its backend reads
SEA222    ``onnx_files``              config.pbtxt against an ONNX model's own graph, whoever wrote it
SEA231    ``torchscript_files``       config.pbtxt against forward of a TorchScript file, whoever wrote it
SEA241    ``ensemble_steps``          the steps of an ensemble against the models that they execute
SEA247    ``ensemble_tensors``        the tensors between them
SEA253    ``python_models``           Python-backend models: their text, what they call, how they answer
SEA3xx    ``signature``               config.pbtxt against what the model takes and returns
SEA4xx    ``freshness``               what was packaged against what the file says now
SEA411    ``publishing``              what was published against what the file says now
SEA421    ``model_data_templates``    model data that are not packed, in any template
SEA43x    ``tensorrt_plans``          TensorRT plans, their version and their GPU
SEA5xx    ``instances``               models on instances
SEA52x    ``components``              inference components on the instances they share
SEA528    ``component_devices``       the accelerators that their models ask for
SEA53x    ``component_memory``        what their copies are to hold
SEA54x    ``component_shards``        over how many stacks they are spread
SEA6xx    ``container``               the container's image, and what it is told
SEA609    ``multi_model``             what one container of a multi-model endpoint can load, and where
SEA613    ``pipelines``               what containers in a row hand to each other, and room for all
SEA617    ``model_templates``         multi-model and multi-container models in any template
SEA7xx    ``network``                 the network's section of the file: what it lacks or has twice
SEA705    ``network_reach``           whether what runs in a network reaches what it needs, in any template
SEA712    ``vpc_endpoints``           VPC endpoints and their policies, in any template
SEA721    ``hosting_roles``           flow logs, roles and keys that endpoints need, in any template
SEA728    ``hosting_links``           links between resources that endpoints need, in any template
SEA73x    ``security``                keys and buckets of the user's own
SEA750    ``declared_accelerators``   Elastic Inference in the deployment file
SEA756    ``clients``                 clients in the deployment file
SEA8xx    ``elastic_inference``       what a template must not ask of AWS any more
SEA802    ``client_templates``        EC2 instances in any template, whoever wrote it
SEA81x    ``component_templates``     inference components in any template, whoever wrote it
SEA84x    ``operation_templates``     logs, alarms, services and drivers in any template
SEA85x    ``hosting_templates``       isolation, network and encryption in any template
SEA861    ``permission_templates``    what any template permits
SEA866    ``role_templates``          what roles and boundaries of the user's own must allow
SEA868    ``permission_templates``    what any template permits, continued
SEA82x    ``component_limits``        single values of components and their endpoints, likewise
SEA83x    ``component_relations``     what the resources of components say about each other, likewise
SEA9xx    ``acknowledgments``         acknowledgments that say nothing
========  ==========================  ===========================================================

A new rule is a function with ``@rule`` in the file of its theme; ids are never reused.
"""

from preflight.rules import (
    acknowledgments,
    archive_layout,
    client_templates,
    clients,
    component_devices,
    component_limits,
    component_memory,
    component_relations,
    component_shards,
    component_templates,
    components,
    config_pbtxt,
    container,
    declared_accelerators,
    elastic_inference,
    ensemble_steps,
    ensemble_tensors,
    freshness,
    hosting_links,
    hosting_roles,
    hosting_templates,
    instances,
    model_data_templates,
    model_files,
    model_templates,
    multi_model,
    network,
    network_reach,
    onnx_files,
    operation_templates,
    permission_templates,
    pipelines,
    publishing,
    python_models,
    pytorch_layout,
    role_templates,
    security,
    signature,
    tensorrt_plans,
    torchscript_files,
    triton_features,
    vpc_endpoints,
)

__all__ = [
    "acknowledgments",
    "archive_layout",
    "client_templates",
    "clients",
    "component_devices",
    "component_limits",
    "component_memory",
    "component_relations",
    "component_shards",
    "component_templates",
    "components",
    "config_pbtxt",
    "container",
    "declared_accelerators",
    "elastic_inference",
    "ensemble_steps",
    "ensemble_tensors",
    "freshness",
    "hosting_links",
    "hosting_roles",
    "hosting_templates",
    "instances",
    "model_data_templates",
    "model_files",
    "model_templates",
    "multi_model",
    "network",
    "network_reach",
    "onnx_files",
    "operation_templates",
    "permission_templates",
    "pipelines",
    "publishing",
    "python_models",
    "pytorch_layout",
    "role_templates",
    "security",
    "signature",
    "tensorrt_plans",
    "torchscript_files",
    "triton_features",
    "vpc_endpoints",
]
