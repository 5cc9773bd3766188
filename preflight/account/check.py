"""Asks an account about a deployment, and lets the rules of scope ACCOUNT judge its answers."""

from dataclasses import dataclass

from preflight.account._artifacts import ask_artifacts, published_archives
from preflight.account._named import ask_buckets, ask_images, ask_keys, ask_roles
from preflight.account._network import ask_groups, ask_subnets, ask_vpc
from preflight.account._place import ask_bootstrap, ask_services, ask_stacks, ask_zones
from preflight.account._usage import ask_caller, ask_endpoints, ask_quotas
from preflight.account.asking import Asking
from preflight.account.clients import Clients, UserClients
from preflight.account.evidence import AccountEvidence, NotChecked
from preflight.finding import Finding
from preflight.named_resources import named_buckets, named_images, named_keys, named_roles
from preflight.rule import ACCOUNT
from preflight.running import findings_of, in_deployment_file
from spec import DeploymentFile

__all__ = ["AccountReport", "check_account", "gather_account"]


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What an account has to say.

    Attributes:
        findings: for ``preflight.check_evidence``, under the scope ACCOUNT.
        not_checked: what could not be asked; no failure, but no assurance either.
    """

    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]


def check_account(file: DeploymentFile, shown_file: str, clients: Clients | None = None) -> AccountReport:
    """Check a deployment against the account that it goes to; nothing is written there.

    Args:
        file: the deployment.
        shown_file: its path as reports print it.
        clients: of the account. Default: with the credentials that the AWS CLI would use.

    Raises:
        AccountError: the account can't be asked at all, as without credentials.
        RuleFailedError: a rule raised.
    """
    region = file.deployment.environment.region
    evidence = gather_account(file, clients or UserClients(region))
    return AccountReport(
        findings_of(ACCOUNT, evidence, in_deployment_file(file, shown_file)), evidence.not_checked
    )


def gather_account(file: DeploymentFile, clients: Clients) -> AccountEvidence:
    """Ask the account for everything that the rules look at.

    Of another account than the deployment's nothing more is asked than whose it is.

    Raises:
        AccountError: as ``check_account``.
    """
    deployment = file.deployment
    asking = Asking(clients)
    account = ask_caller(asking)
    if account is not None and account != deployment.environment.account:
        return AccountEvidence(file, account, not_checked=tuple(asking.not_checked))
    network = deployment.network.existing
    publications = published_archives(file)
    return AccountEvidence(
        file=file,
        account=account,
        quotas=ask_quotas(asking) if deployment.endpoints else None,
        endpoints=ask_endpoints(asking) if deployment.endpoints else None,
        stacks=ask_stacks(asking, deployment),
        bootstrap=ask_bootstrap(asking),
        zones=ask_zones(asking),
        services=ask_services(asking, deployment.environment.region, deployment.network.created_services),
        images=ask_images(asking, named_images(deployment)),
        roles=ask_roles(asking, named_roles(deployment)),
        keys=ask_keys(asking, named_keys(deployment)),
        buckets=ask_buckets(asking, named_buckets(deployment)),
        publications=publications,
        artifacts=ask_artifacts(asking, publications),
        vpcs=ask_vpc(asking, network) if network else {},
        subnets=ask_subnets(asking, network) if network else {},
        groups=ask_groups(asking, network) if network else {},
        # Last of all: the answers above may add to it.
        not_checked=tuple(asking.not_checked),
    )
