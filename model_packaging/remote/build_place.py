"""Where a deployment builds: what its stack ``<deployment>-build`` says."""

from dataclasses import dataclass
from typing import Any, Self

from model_packaging.remote.errors import BuildStackError

__all__ = ["BuildPlace"]

_OUTPUTS = ("BucketName", "Prefix", "JobRoleArn", "ProjectName", "VolumeKeyArn")


@dataclass(frozen=True, slots=True)
class BuildPlace:
    """What a build in the account works with.

    Attributes:
        bucket: where inputs and results lie.
        prefix: of their keys; ends with ``/``.
        job_role_arn: what a processing job assumes.
        project_name: the CodeBuild project's.
        volume_key_arn: encrypts a job's volume where its instance type takes a key.
    """

    bucket: str
    prefix: str
    job_role_arn: str
    project_name: str
    volume_key_arn: str

    @classmethod
    def of_stack(cls, cloudformation: Any, deployment: str) -> Self:  # noqa: ANN401 - boto3's clients have no static type
        """Return what the stack's outputs say.

        Args:
            cloudformation: boto3's client.
            deployment: the deployment's name.

        Raises:
            BuildStackError: there is no such stack, or not one of this Seatrial's.
        """
        stack = f"{deployment}-build"
        try:
            (described,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        except cloudformation.exceptions.ClientError as error:
            raise BuildStackError(
                f"the stack {stack} can't be read ({error}).",
                "add `build: {type: account}` to the deployment file where it is missing, and run "
                f"`cdk deploy {stack} -c only=build`.",
            ) from error
        outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
        missing = [each for each in _OUTPUTS if each not in outputs]
        if missing:
            raise BuildStackError(
                f"the stack {stack} has no output {', '.join(missing)}; it is {described['StackStatus']}.",
                f"run `cdk deploy {stack}`.",
            )
        return cls(*(outputs[each] for each in _OUTPUTS))
