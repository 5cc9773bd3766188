"""From what AWS has retired to what takes its place: a deployment file rewritten, comments and all.

``plan_migration`` decides and writes nothing; what it can't decide, it leaves to the user, with the choices.
"""

from migration.errors import MigrationError
from migration.plan import Change, Migration, Undecided, plan_migration

__all__ = ["Change", "Migration", "MigrationError", "Undecided", "plan_migration"]
