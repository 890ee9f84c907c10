"""What is wrong with a deployment, one finding a check, each with what to do about it."""

from assistant.doctor.finding import Finding, Status
from assistant.doctor.machine import examine_machine
from assistant.doctor.public_address import examine_public_address

__all__ = ["Finding", "Status", "examine_machine", "examine_public_address"]
