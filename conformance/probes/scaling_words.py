"""Application Auto Scaling and processing jobs without anything that runs: A56, A111."""

from conformance.laboratory import INSTANCE_TYPE, Laboratory
from conformance.probe import probe
from conformance.sagemaker_kinds import PROCESSING_JOB

_COPIES = "sagemaker:inference-component:DesiredCopyCount"


@probe("A56")
def target_that_is_not_registered(lab: Laboratory) -> None:
    """Deregistering it is refused with `No scalable target registered for service namespace: ...`."""
    scaling = lab.account.client("application-autoscaling")
    lab.evidence.refused(
        lambda: scaling.deregister_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId=f"inference-component/{lab.new_name('missing')}",
            ScalableDimension=_COPIES,
        ),
        "ObjectNotFoundException",
        r"^No scalable target registered for service namespace: ",
    )


@probe("A56")
def target_of_a_missing_component(lab: Laboratory) -> None:
    """A target for a component that doesn't exist is refused."""
    lab.evidence.refused(lambda: lab.register_target(lab.new_name("missing"), 1, 2), "ValidationException")


@probe("A111")
def missing_job(lab: Laboratory) -> None:
    """A processing job that isn't there is described with ValidationException."""
    name = lab.new_name("missing")
    lab.evidence.refused(
        lambda: lab.sagemaker.describe_processing_job(ProcessingJobName=name), "ValidationException"
    )


@probe("A111", creates="a role")
def job_whose_role_cant_be_assumed(lab: Laboratory) -> None:
    """A processing job whose role SageMaker can't assume is refused with ValidationException."""
    role = lab.new_role(service="ec2.amazonaws.com", statements=())
    name = lab.registry.enter(PROCESSING_JOB, lab.new_name("job"))
    lab.evidence.refused(
        lambda: lab.sagemaker.create_processing_job(
            ProcessingJobName=name,
            RoleArn=role,
            AppSpecification={"ImageUri": lab.image, "ContainerEntrypoint": ["true"]},
            ProcessingResources={
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": INSTANCE_TYPE, "VolumeSizeInGB": 1}
            },
            StoppingCondition={"MaxRuntimeInSeconds": 300},
        ),
        "ValidationException",
    )
