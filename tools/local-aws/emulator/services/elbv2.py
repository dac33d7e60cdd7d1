"""Elastic Load Balancing."""

from emulator.gaps import closes
from emulator.kit import problem, wrap


@closes("elb-deletion-protection")
def enforce_deletion_protection() -> None:
    """DeleteLoadBalancer: "You can't delete a load balancer if deletion protection is enabled." """
    from moto.elbv2.models import ELBv2Backend

    @wrap(ELBv2Backend, "delete_load_balancer")
    def delete_load_balancer(original, self, arn):
        balancer = self.load_balancers.get(arn)
        if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
            raise problem(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        return original(self, arn)
