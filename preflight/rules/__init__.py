"""The rules, one file per theme; importing this package registers them all.

========  ==========================  ===========================================================
ids       file                        theme
========  ==========================  ===========================================================
SEA1xx    ``archive_layout``          what lies where in the archive
SEA107    ``bare_layout``             a folder or an archive that no deployment file describes
SEA15x    ``pytorch_layout``          the archive of SageMaker's PyTorch images, and what can serve it
SEA16x    ``pytorch_layout``          the same, on instances and in its environment
SEA161    ``archive_safety``          archives that nobody unpacks, and files that are not what they seem
SEA201    ``config_texts``            the text of a config.pbtxt
SEA202    ``config_pbtxt``            what Triton refuses, or silently does otherwise
SEA211    ``triton_features``         warm-up, labels, versions, sequences and cache of a config.pbtxt
SEA220    ``warmup_data``             the data of warm-up requests
SEA221    ``model_files``             whether a model's file is what its backend reads
SEA222    ``onnx_files``              config.pbtxt against an ONNX model's own graph, whoever wrote it
SEA228    ``config_scheduling``       versions that are served
SEA229    ``warmup_data``             the data of warm-up requests, continued
SEA231    ``torchscript_files``       config.pbtxt against forward of a TorchScript file, whoever wrote it
SEA236    ``ensemble_config``         an ensemble as a whole
SEA241    ``ensemble_steps``          the steps of an ensemble against the models that they execute
SEA247    ``ensemble_tensors``        the tensors between them
SEA253    ``python_models``           Python-backend models: their text, what they call, how they answer
SEA260    ``config_tensors``          inputs and outputs of a config.pbtxt by themselves
SEA270    ``config_scheduling``       queues, priorities, batches and versions of a config.pbtxt
SEA274    ``config_sequences``        controls, strategies and states of its sequence batcher
SEA280    ``config_instances``        its instances, its platform and its backend
SEA287    ``config_runtimes``         the library that executes it
SEA290    ``backend_parameters``      what config.pbtxt tells the backend
SEA295    ``accelerators``            its execution accelerators
SEA3xx    ``signature``               config.pbtxt against what the model takes and returns
SEA307    ``python_uses``             what a Python-backend model asks of Triton, its files and its image
SEA314    ``libtorch_configs``        what LibTorch's backend asks of a config.pbtxt
SEA351    ``trial_loading``           trial run: whether a packed model comes up on a real server
SEA360    ``trial_requests``          trial run: whether it answers, and as expected
SEA365    ``trial_answers``           trial run: what is odd about its answers
SEA375    ``trial_batching``          trial run: what a batch does to answers
SEA380    ``trial_concurrency``       trial run: several requests at once, warm-up and cache
SEA388    ``golden_files``            the files of golden requests that a deployment file names
SEA4xx    ``freshness``               what was packaged against what the file says now
SEA411    ``publishing``              what was published against what the file says now
SEA421    ``model_data_templates``    model data that are not packed, in any template
SEA43x    ``tensorrt_plans``          TensorRT plans, their version and their GPU
SEA438    ``image_contents``          what models ask of their image, against the chosen release
SEA443    ``sequence_routing``        sequences of requests, and instances that don't share them
SEA444    ``image_contents``          what models ask of their image, continued
SEA5xx    ``instances``               models on instances
SEA506    ``gpu_generations``         GPUs against CUDA, and against all that they hold
SEA508    ``quotas``                  instances against the quotas that the file knows
SEA511    ``request_sizes``           requests and answers against what an endpoint takes
SEA514    ``instance_hardware``       processors and accelerators that AWS's image was not made for
SEA52x    ``components``              inference components on the instances they share
SEA528    ``component_devices``       the accelerators that their models ask for
SEA53x    ``component_memory``        what their copies are to hold
SEA54x    ``component_shards``        over how many stacks they are spread
SEA560    ``account_usage``           whose account it is, and what its quotas leave
SEA564    ``account_place``           what a deployment finds in its account and region
SEA568    ``account_named``           images, roles, keys and buckets, as the account has them
SEA573    ``account_network``         parts of a network that are there already, likewise
SEA576    ``account_artifacts``       published archives, likewise
SEA6xx    ``container``               the container's image, and what it is told
SEA609    ``multi_model``             what one container of a multi-model endpoint can load, and where
SEA613    ``pipelines``               what containers in a row hand to each other, and room for all
SEA617    ``model_templates``         multi-model and multi-container models in any template
SEA620    ``image_templates``         the images and variables of their containers, likewise
SEA625    ``name_templates``          names of models, configurations and endpoints, likewise
SEA626    ``container_templates``     what their containers can't fetch, and their names
SEA7xx    ``network``                 the network's section of the file: what it lacks or has twice
SEA705    ``network_reach``           whether what runs in a network reaches what it needs, in any template
SEA712    ``vpc_endpoints``           VPC endpoints and their policies, in any template
SEA717    ``private_dns``             private DNS of VPC endpoints, likewise
SEA720    ``vpc_endpoints``           VPC endpoints and their policies, continued
SEA721    ``hosting_roles``           flow logs, roles and keys that endpoints need, in any template
SEA728    ``hosting_links``           links between resources that endpoints need, in any template
SEA73x    ``security``                keys and buckets of the user's own
SEA733    ``subnet_addresses``        addresses of the subnets that are created
SEA750    ``declared_accelerators``   Elastic Inference in the deployment file
SEA756    ``clients``                 clients in the deployment file
SEA8xx    ``elastic_inference``       what a template must not ask of AWS any more
SEA802    ``client_templates``        EC2 instances in any template, whoever wrote it
SEA81x    ``component_templates``     inference components in any template, whoever wrote it
SEA84x    ``operation_templates``     logs, alarms, services and drivers in any template
SEA845    ``alarm_templates``         alarms, their periods and what they look for
SEA85x    ``hosting_templates``       isolation, network and encryption in any template
SEA861    ``permission_templates``    what any template permits
SEA866    ``role_templates``          what roles and boundaries of the user's own must allow
SEA868    ``permission_templates``    what any template permits, continued
SEA870    ``deployment_guardrails``   how endpoints replace their instances, in any template
SEA877    ``stack_templates``         templates as a whole, names and tags
SEA880    ``variant_templates``       the variants of endpoint configurations
SEA887    ``serverless_templates``    serverless variants
SEA889    ``scaling_templates``       scalable targets of endpoints and components
SEA893    ``scaling_policies``        their policies
SEA897    ``metric_templates``        metrics that an endpoint never publishes
SEA899    ``dependency_templates``    what is created before the endpoint that it needs
SEA82x    ``component_limits``        single values of components and their endpoints, likewise
SEA83x    ``component_relations``     what the resources of components say about each other, likewise
SEA9xx    ``acknowledgments``         acknowledgments that say nothing
========  ==========================  ===========================================================

A new rule is a function with ``@rule`` in the file of its theme; ids are never reused.
"""

from preflight.rules import (
    accelerators,
    account_artifacts,
    account_named,
    account_network,
    account_place,
    account_usage,
    acknowledgments,
    alarm_templates,
    archive_layout,
    archive_safety,
    backend_parameters,
    bare_layout,
    client_templates,
    clients,
    component_devices,
    component_limits,
    component_memory,
    component_relations,
    component_shards,
    component_templates,
    components,
    config_instances,
    config_pbtxt,
    config_runtimes,
    config_scheduling,
    config_sequences,
    config_tensors,
    config_texts,
    container,
    container_templates,
    declared_accelerators,
    dependency_templates,
    deployment_guardrails,
    elastic_inference,
    ensemble_config,
    ensemble_steps,
    ensemble_tensors,
    freshness,
    golden_files,
    gpu_generations,
    hosting_links,
    hosting_roles,
    hosting_templates,
    image_contents,
    image_templates,
    instance_hardware,
    instances,
    libtorch_configs,
    metric_templates,
    model_data_templates,
    model_files,
    model_templates,
    multi_model,
    name_templates,
    network,
    network_reach,
    onnx_files,
    operation_templates,
    permission_templates,
    pipelines,
    private_dns,
    publishing,
    python_models,
    python_uses,
    pytorch_layout,
    quotas,
    request_sizes,
    role_templates,
    scaling_policies,
    scaling_templates,
    security,
    sequence_routing,
    serverless_templates,
    signature,
    stack_templates,
    subnet_addresses,
    tensorrt_plans,
    torchscript_files,
    trial_answers,
    trial_batching,
    trial_concurrency,
    trial_loading,
    trial_requests,
    triton_features,
    variant_templates,
    vpc_endpoints,
    warmup_data,
)

__all__ = [
    "accelerators",
    "account_artifacts",
    "account_named",
    "account_network",
    "account_place",
    "account_usage",
    "acknowledgments",
    "alarm_templates",
    "archive_layout",
    "archive_safety",
    "backend_parameters",
    "bare_layout",
    "client_templates",
    "clients",
    "component_devices",
    "component_limits",
    "component_memory",
    "component_relations",
    "component_shards",
    "component_templates",
    "components",
    "config_instances",
    "config_pbtxt",
    "config_runtimes",
    "config_scheduling",
    "config_sequences",
    "config_tensors",
    "config_texts",
    "container",
    "container_templates",
    "declared_accelerators",
    "dependency_templates",
    "deployment_guardrails",
    "elastic_inference",
    "ensemble_config",
    "ensemble_steps",
    "ensemble_tensors",
    "freshness",
    "golden_files",
    "gpu_generations",
    "hosting_links",
    "hosting_roles",
    "hosting_templates",
    "image_contents",
    "image_templates",
    "instance_hardware",
    "instances",
    "libtorch_configs",
    "metric_templates",
    "model_data_templates",
    "model_files",
    "model_templates",
    "multi_model",
    "name_templates",
    "network",
    "network_reach",
    "onnx_files",
    "operation_templates",
    "permission_templates",
    "pipelines",
    "private_dns",
    "publishing",
    "python_models",
    "python_uses",
    "pytorch_layout",
    "quotas",
    "request_sizes",
    "role_templates",
    "scaling_policies",
    "scaling_templates",
    "security",
    "sequence_routing",
    "serverless_templates",
    "signature",
    "stack_templates",
    "subnet_addresses",
    "tensorrt_plans",
    "torchscript_files",
    "trial_answers",
    "trial_batching",
    "trial_concurrency",
    "trial_loading",
    "trial_requests",
    "triton_features",
    "variant_templates",
    "vpc_endpoints",
    "warmup_data",
]
