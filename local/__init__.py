"""What stands on the laptop for AWS: a real Triton, the AWS around it, the rehearsal of a deployment."""
