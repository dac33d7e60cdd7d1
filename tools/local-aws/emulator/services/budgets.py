"""AWS Budgets."""

from datetime import datetime, timezone
from decimal import Decimal

from moto.core.responses import ActionResult, EmptyResult

from emulator.gaps import closes
from emulator.kit import AddedService, Shelf, Tags, add_service, found, problem

#: What AWS takes for a budget without an end.
_NO_END = datetime(2087, 6, 15, tzinfo=timezone.utc)

_COST_TYPES = {
    **dict.fromkeys(
        [
            "IncludeTax",
            "IncludeSubscription",
            "IncludeRefund",
            "IncludeCredit",
            "IncludeUpfront",
            "IncludeRecurring",
            "IncludeOtherSubscription",
            "IncludeSupport",
            "IncludeDiscount",
        ],
        True,
    ),
    "UseBlended": False,
    "UseAmortized": False,
}


@closes("budgets")
def add_budgets() -> None:
    add_service(Budgets)


class Budgets(AddedService):
    service = "budgets"
    _budgets = Shelf("budgets")
    _tags = Tags("budgets")

    def create_budget(self):
        """CreateBudget"""
        budget = self._complete(self._get_param("Budget"))
        budgets = self._budgets.everywhere(self)
        name = budget["BudgetName"]
        if name in budgets:
            raise problem(
                "DuplicateRecordException",
                f"Error creating budget: {name} - the budget already exists.",
            )
        notifications = [
            (entry["Notification"], list(entry.get("Subscribers") or []))
            for entry in self._get_param("NotificationsWithSubscribers") or []
        ]
        budgets[name] = {"budget": budget, "notifications": notifications}
        self._tags.put(self, self._arn_of(name), self._get_param("ResourceTags"))
        return EmptyResult()

    def describe_budget(self):
        """DescribeBudget"""
        return ActionResult({"Budget": self._kept()["budget"]})

    def describe_budgets(self):
        """DescribeBudgets"""
        return ActionResult({"Budgets": [kept["budget"] for kept in self._budgets.everywhere(self).values()]})

    def update_budget(self):
        """UpdateBudget"""
        budget = self._complete(self._get_param("NewBudget"))
        self._kept(budget["BudgetName"])["budget"] = budget
        return EmptyResult()

    def delete_budget(self):
        """DeleteBudget"""
        self._kept()
        name = self._get_param("BudgetName")
        del self._budgets.everywhere(self)[name]
        self._tags.drop(self, self._arn_of(name))
        return EmptyResult()

    def create_notification(self):
        """CreateNotification"""
        notification = self._get_param("Notification")
        notifications = self._kept()["notifications"]
        if any(_same(other, notification) for other, _ in notifications):
            raise problem("DuplicateRecordException", "the notification already exists.")
        notifications.append((notification, list(self._get_param("Subscribers") or [])))
        return EmptyResult()

    def delete_notification(self):
        """DeleteNotification"""
        kept = self._kept()
        kept["notifications"].remove(self._notification(self._get_param("Notification")))
        return EmptyResult()

    def describe_notifications_for_budget(self):
        """DescribeNotificationsForBudget"""
        told = [notification for notification, _ in self._kept()["notifications"]]
        return ActionResult({"Notifications": told})

    def describe_subscribers_for_notification(self):
        """DescribeSubscribersForNotification"""
        _, subscribers = self._notification(self._get_param("Notification"))
        return ActionResult({"Subscribers": subscribers})

    def list_tags_for_resource(self):
        """ListTagsForResource"""
        return ActionResult({"ResourceTags": self._tags.of(self, self._get_param("ResourceARN"))})

    def tag_resource(self):
        """TagResource"""
        self._tags.put(self, self._get_param("ResourceARN"), self._get_param("ResourceTags"))
        return EmptyResult()

    def untag_resource(self):
        """UntagResource"""
        self._tags.remove(self, self._get_param("ResourceARN"), self._get_param("ResourceTagKeys"))
        return EmptyResult()

    def _kept(self, name=None):
        name = name or self._get_param("BudgetName")
        return found(
            self._budgets.everywhere(self),
            name,
            "NotFoundException",
            f"Unable to get budget: {name} - the budget doesn't exist.",
        )

    def _notification(self, wanted):
        for entry in self._kept()["notifications"]:
            if _same(entry[0], wanted):
                return entry
        raise problem("NotFoundException", "Unable to find the notification.")

    def _arn_of(self, name):
        return self.arn(f"budget/{name}", region="")

    @staticmethod
    def _complete(budget):
        """A budget as DescribeBudget tells it: with AWS's defaults for what was left out."""
        period = dict(budget.get("TimePeriod") or {})
        first_of_month = datetime.now(timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        period.setdefault("Start", first_of_month)
        period.setdefault("End", _NO_END)
        return {
            "CostTypes": dict(_COST_TYPES),
            "CalculatedSpend": {"ActualSpend": {"Amount": "0.0", "Unit": "USD"}},
            "LastUpdatedTime": datetime.now(timezone.utc),
            **{key: value for key, value in budget.items() if value is not None},
            "TimePeriod": period,
        }


def _same(one, other):
    """Notifications have no id: they are the same when they say the same."""

    def identity(notification):
        return (
            notification["NotificationType"],
            notification["ComparisonOperator"],
            Decimal(str(notification["Threshold"])),
            notification.get("ThresholdType") or "PERCENTAGE",
        )

    return identity(one) == identity(other)
