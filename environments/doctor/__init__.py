"""Is this machine able to run everything, and what to do if not: `seatrial doctor`.

``python3 environments/doctor`` asks the same of a machine that has no environment yet. Standard library only.
"""

from environments.doctor._probing import probe_machine
from environments.doctor.diagnosis import Diagnosis, diagnose
from environments.doctor.machine import Machine
from environments.doctor.result import Result, Status

__all__ = ["Diagnosis", "Machine", "Result", "Status", "diagnose", "probe_machine"]
