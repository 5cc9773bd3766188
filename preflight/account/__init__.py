"""What the account itself says, on request (`seatrial check --aws`): quotas, zones, images, roles, networks.

``check_account`` reads, never writes, and judges by the rules of scope ACCOUNT in ``preflight.rules``. What
it may not read is told as not checked, with the action that is missing. boto3 is imported when the account is
asked.
"""

from preflight.account.check import AccountReport, check_account
from preflight.account.clients import UserClients
from preflight.account.errors import AccountError
from preflight.account.evidence import AccountEvidence, NotChecked

__all__ = [
    "AccountError",
    "AccountEvidence",
    "AccountReport",
    "NotChecked",
    "UserClients",
    "check_account",
]
