"""What builds models in the account: a role for processing jobs, and a CodeBuild project."""

import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalogue.limits import LOG_RETENTION_DAYS
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.build_role import BuildObjects, create_job_role, create_project_role
from seatrial_hosting.image import ContainerImage

__all__ = ["BUILD_COMMANDS", "INSTALL_COMMANDS", "RemoteBuild"]

_IMAGE = "aws/codebuild/standard:7.0"
"""Ubuntu 22.04 with Python 3.11 (CodeBuild user guide, "Available runtimes")."""

INSTALL_COMMANDS = (
    "python -m venv .venv",
    ".venv/bin/python -m pip install --quiet --requirement $SEATRIAL_REQUIREMENTS",
)
"""Make the environment that the sources pin."""

BUILD_COMMANDS = (
    ".venv/bin/python -m cli package $SEATRIAL_DEPLOYMENT --model $SEATRIAL_MODEL",
    ".venv/bin/python -m model_packaging.remote.job.send_package $SEATRIAL_PACKAGE $SEATRIAL_DESTINATION",
)
"""Package one model, and send what came of it; the build's own variables say which and where."""

_MINIMUM_TIMEOUT_MINUTES, _MAXIMUM_TIMEOUT_MINUTES = 5, 480


class RemoteBuild(Construct):
    """Builds models in the account, when somebody starts a job.

    Creates a role for SageMaker processing jobs, which build TensorRT plans; a CodeBuild project with a role
    and a log group, which packages models that are too large for a laptop; and, unless one is given, a KMS
    key with rotation, which encrypts the volumes of processing jobs and what CodeBuild stores.

    Does not create a bucket: jobs read and write below one prefix of one that is there. Nor a network:
    processing jobs run without any (``EnableNetworkIsolation``), and the project needs the way to its package
    index that CodeBuild's own network has. Nor the log group of processing jobs, which is SageMaker's, one
    for the account.

    Grants the jobs' role to read and write ``plans/`` below the prefix, to pull ``images``, to log and to use
    the keys; the project's role to read ``sources/`` and write ``packages/`` there, and to log.

    Args:
        project_name: of the CodeBuild project.
        objects: where builds read and write.
        images: what plans are built in.
        compute_type: of the project's machine, in CodeBuild's words.
        timeout: of the project's builds.
        log_retention_days: one of ``catalogue.limits.LOG_RETENTION_DAYS``.
        package_index: the Python package index, without credentials: it is a variable in plain text.
            Default: pip's own.
        key: a KMS key of one's own. Default: one is created.

    Raises:
        HostingError: a value that CodeBuild or CloudWatch Logs would refuse, or an index with credentials.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        project_name: str,
        objects: BuildObjects,
        images: Sequence[ContainerImage],
        compute_type: str,
        timeout: cdk.Duration,
        log_retention_days: int,
        package_index: str | None = None,
        key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._check(timeout, log_retention_days, package_index)
        self.key: kms.IKey = key or kms.Key(
            self,
            "Key",
            description=f"Volumes and sources of {project_name}",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        group = logs.CfnLogGroup(self, "LogGroup", retention_in_days=log_retention_days)
        group.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        # Ref of a log group is its name; its ARN ends with ":*" (CloudFormation, AWS::Logs::LogGroup).
        log_group_arn = cdk.Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=group.ref,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        self.job_role: iam.Role = create_job_role(self, objects, images, self.key.key_arn)
        project_role = create_project_role(
            self, objects, project_name, log_group_arn=log_group_arn, key_arn=self.key.key_arn
        )
        self.project = codebuild.CfnProject(
            self,
            "Project",
            name=project_name,
            description="Packages models that are too large for a laptop",
            service_role=project_role.role_arn,
            encryption_key=self.key.key_arn,
            timeout_in_minutes=timeout.to_minutes(),
            source=codebuild.CfnProject.SourceProperty(
                type="S3",
                # Each build names its own: the sources' key is their content's.
                location=f"{objects.bucket_name}/{objects.prefix}sources/none.zip",
                build_spec=_build_spec(),
            ),
            artifacts=codebuild.CfnProject.ArtifactsProperty(type="NO_ARTIFACTS"),
            environment=codebuild.CfnProject.EnvironmentProperty(
                type="LINUX_CONTAINER",
                image=_IMAGE,
                compute_type=compute_type,
                privileged_mode=False,
                environment_variables=_variables(package_index),
            ),
            logs_config=codebuild.CfnProject.LogsConfigProperty(
                cloud_watch_logs=codebuild.CfnProject.CloudWatchLogsConfigProperty(
                    status="ENABLED", group_name=group.ref
                )
            ),
        )
        # Not the role, which the service role names already: a build needs what it may do.
        self.project.node.add_dependency(project_role.node.find_child("Policy"))

    def _check(self, timeout: cdk.Duration, log_retention_days: int, package_index: str | None) -> None:
        problems = []
        minutes = timeout.to_minutes()
        if not _MINIMUM_TIMEOUT_MINUTES <= minutes <= _MAXIMUM_TIMEOUT_MINUTES:
            problems.append(
                f"timeout is {minutes:g} minutes; CodeBuild takes {_MINIMUM_TIMEOUT_MINUTES} to "
                f"{_MAXIMUM_TIMEOUT_MINUTES}."
            )
        if log_retention_days not in LOG_RETENTION_DAYS:
            problems.append(
                f"log_retention_days is {log_retention_days}; CloudWatch Logs keeps logs for one of "
                f"{', '.join(map(str, LOG_RETENTION_DAYS))} days."
            )
        if package_index is not None and "@" in package_index:
            # Not shown: what may be a password has no place in a message.
            problems.append(
                "package_index has a user's name or a password, which the template and the console would "
                "show. Take an index that needs none."
            )
        raise_problems(self, problems)


def _build_spec() -> str:
    """Return the build specification; JSON is YAML, and reads the same everywhere."""
    phases = {
        "install": {"runtime-versions": {"python": "3.11"}, "commands": list(INSTALL_COMMANDS)},
        "build": {"commands": list(BUILD_COMMANDS)},
    }
    return json.dumps({"version": 0.2, "phases": phases}, indent=1)


def _variables(package_index: str | None) -> list[codebuild.CfnProject.EnvironmentVariableProperty]:
    variables = {"SEATRIAL_REQUIREMENTS": "environments/packaging.txt"}
    if package_index is not None:
        variables["PIP_INDEX_URL"] = package_index
    return [
        codebuild.CfnProject.EnvironmentVariableProperty(name=name, value=value, type="PLAINTEXT")
        for name, value in variables.items()
    ]
