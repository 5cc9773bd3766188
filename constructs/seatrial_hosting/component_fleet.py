"""Many inference components of one endpoint, in one go."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import cloudformation_include
from constructs import Construct, IConstruct

from seatrial_hosting._component_arguments import component_problems, scaling_problems
from seatrial_hosting._fleet_template import component_resources, logical_id, shared_template
from seatrial_hosting._template_json import Properties
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.component_declaration import ComponentDeclaration
from seatrial_hosting.endpoint import Endpoint

__all__ = ["ComponentFleet"]

_WITHOUT_CREATION_STACKS = "aws:cdk:disable-creation-stack-traces"
"""aws_cdk's context key; see aws-cdk-lib, cx-api/lib/app, DISABLE_CREATION_STACK_TRACES."""


class ComponentFleet(Construct):
    """All components of one endpoint that are in this stack.

    Creates, for each component: its log group, the alarm on its errors, its Model where one is declared, the
    component, and its scaling, down to zero where the minimum is 0. They become constructs as
    single resources would, with the same properties; they are handed to the CDK as one template, because its
    Python side takes more time for each call than for what the call does. Aspects, cdk-nag and the rules see
    every one of them. The CDK records no creation stack of theirs, unless ``CDK_DEBUG`` is set.

    Does not create roles, the endpoint or a dashboard.

    Grants nothing.

    Args:
        endpoint: what hosts the components; all of it is there before any of them, and goes after.
        components: at least one.
        log_key: encrypts the log groups. Default: CloudWatch Logs' own.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: Endpoint,
        components: Sequence[ComponentDeclaration],
        log_key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        raise_problems(self, _problems(components))
        # They would lead into the CDK's own code and nowhere else, and are a tenth of the work.
        self.node.set_context(_WITHOUT_CREATION_STACKS, value=True)
        key_arn = log_key.key_arn if log_key else None
        resources: dict[str, Properties] = {}
        for declared in components:
            resources |= component_resources(declared, endpoint, key_arn)
        self._included = self._include(resources)
        self._follow(endpoint)
        self._resource_count = len(resources)

    @property
    def resource_count(self) -> int:
        """How many resources the fleet has; a stack holds at most 500."""
        return self._resource_count

    def component(self, component_name: str) -> IConstruct:
        """Return the construct of a component, to acknowledge a finding about it.

        Raises:
            RuntimeError: the fleet has no such component.
        """
        return self._included.get_resource(logical_id(component_name))

    def _follow(self, endpoint: Endpoint) -> None:
        own, its = cdk.Stack.of(self), cdk.Stack.of(endpoint)
        if own.node.path == its.node.path:
            self._included.node.add_dependency(endpoint)
        else:
            own.add_stack_dependency(its)

    def _include(self, resources: Mapping[str, Properties]) -> cloudformation_include.CfnInclude:
        template, parameters = shared_template(resources)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "components.json"
            path.write_text(json.dumps(template), encoding="utf-8")
            # The parameters exist only here: the CDK puts each value in the place of its own.
            return cloudformation_include.CfnInclude(
                self, "Components", template_file=str(path), parameters=parameters
            )


def _problems(components: Sequence[ComponentDeclaration]) -> Iterator[str]:
    if not components:
        yield "there is no component; give one, or make no fleet."
    names = [each.component_name.casefold() for each in components]
    if len(set(names)) < len(names):
        yield "two components have one name, whatever the case; rename one."
    for each in components:
        yield from (f"{each.component_name}: {problem}" for problem in _declaration_problems(each))


def _declaration_problems(declared: ComponentDeclaration) -> Iterator[str]:
    declares_model = declared.model is not None
    if declares_model and any(each.model_name is not None for each in declared.specifications):
        yield "both model and model_name say what is served; leave model_name out."
    yield from component_problems(
        declared.component_name,
        declared.specifications,
        declared.copy_count,
        declared.rolling_update,
        declares_model=declares_model,
    )
    if declared.scaling is not None:
        yield from scaling_problems(declared.scaling, smallest=0)
    elif declared.copy_count is None:
        yield "neither scaling nor copy_count says how many copies there are; give one."
