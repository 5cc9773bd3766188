"""VPC endpoints of services that AWS no longer has: EC2 refuses them, unless the server stands for then."""

from html import escape
from typing import Any

from local.aws.server import ministack_instances, ministack_tables
from local.aws.server.elastic_inference import ElasticInference
from local.aws.server.errors import AwsError, ServerError
from local.aws.server.ministack_instances import HttpAnswer

__all__ = ["refuse_retired_services"]

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


class _RefusedError(ServerError):
    """EC2 would refuse this; the message is the stack event's reason."""


def refuse_retired_services(elastic_inference: ElasticInference) -> None:
    """Refuse them of CloudFormation and of CreateVpcEndpoint; once per process."""
    handlers = ministack_tables.resource_handlers("AWS::EC2::VPCEndpoint")
    create, answer = handlers["create"], ministack_instances.ec2_action("CreateVpcEndpoint")

    def create_checked(logical_id: str, properties: Properties, stack: str) -> Created:
        try:
            elastic_inference.check_service(properties["ServiceName"])
        except AwsError as error:
            raise _RefusedError(
                f'Resource handler returned message: "{error.message} (Service: Ec2, Status Code: '
                f'{error.status})" (HandlerErrorCode: InvalidRequest)'
            ) from error
        created: Created = create(logical_id, properties, stack)
        return created

    def answer_checked(parameters: Properties) -> HttpAnswer:
        name = parameters.get("ServiceName", "")
        try:
            elastic_inference.check_service(name[0] if isinstance(name, list) else name)
        except AwsError as error:
            return ministack_instances.ec2_error(error.code, escape(error.message), error.status)
        return answer(parameters)

    handlers["create"] = create_checked
    ministack_instances.replace_ec2_action("CreateVpcEndpoint", answer_checked)
