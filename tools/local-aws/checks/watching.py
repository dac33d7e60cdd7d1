"""Logs, metrics, traces, trails, money."""


from checks.aws import ACCOUNT, Aws, check, refused, same


@check("logs-class")
def log_class(aws: Aws) -> None:
    aws("logs").create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")
    told = aws("logs").describe_log_groups(logGroupNamePrefix="rare")["logGroups"][0]
    same(told.get("logGroupClass"), "INFREQUENT_ACCESS")


@check("logs-query-definitions")
def query_definitions(aws: Aws) -> None:
    logs = aws("logs")
    made = logs.put_query_definition(name="errors", queryString="fields @message", logGroupNames=["app"])
    told = logs.describe_query_definitions(queryDefinitionNamePrefix="err")["queryDefinitions"]
    same([(one["name"], one["logGroupNames"]) for one in told], [("errors", ["app"])])
    same(logs.delete_query_definition(queryDefinitionId=made["queryDefinitionId"])["success"], True)
    same(logs.describe_query_definitions()["queryDefinitions"], [])


@check("logs-data-protection")
def data_protection(aws: Aws) -> None:
    logs = aws("logs")
    logs.create_log_group(logGroupName="private")
    arn = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:private"
    logs.put_data_protection_policy(logGroupIdentifier=arn, policyDocument='{"Name": "pii"}')
    same(logs.get_data_protection_policy(logGroupIdentifier="private")["policyDocument"], '{"Name": "pii"}')
    logs.delete_data_protection_policy(logGroupIdentifier="private")
    same("policyDocument" in logs.get_data_protection_policy(logGroupIdentifier="private"), False)


@check("cloudwatch-alarm-filters")
def alarm_filters(aws: Aws) -> None:
    cloudwatch, names = aws("cloudwatch"), ["shop-errors", "shop-slowness"]
    metric = {"Namespace": "Cart", "MetricName": "Errors", "Statistic": "Sum", "Period": 60}
    for name in [*names, "other"]:
        cloudwatch.put_metric_alarm(
            AlarmName=name, **metric, Threshold=1, EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold"
        )
    for name in ("shop-errors", "other"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="tried")

    def told(**asked: object) -> list[str]:
        return [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms(**asked)["MetricAlarms"]]

    same(told(AlarmNames=names, StateValue="ALARM"), ["shop-errors"])
    same(told(AlarmNamePrefix="shop", StateValue="OK"), ["shop-slowness"])
    same(sorted(told(StateValue="ALARM")), ["other", "shop-errors"])
    same((told(AlarmNames=names), told(AlarmNames=names, AlarmTypes=["CompositeAlarm"])), (names, []))
    [alarm] = cloudwatch.describe_alarms(AlarmNames=["shop-errors"])["MetricAlarms"]
    same((alarm["StateValue"], alarm["StateReason"]), ("ALARM", "tried"))
    cloudwatch.set_alarm_state(AlarmName="shop-errors", StateValue="OK", StateReason="over")
    same(told(AlarmNames=names, StateValue="ALARM"), [])


@check("cloudwatch-composite-alarms")
def composite_alarms(aws: Aws) -> None:
    cloudwatch = aws("cloudwatch")
    tags = [{"Key": "Project", "Value": "cart"}]
    cloudwatch.put_composite_alarm(AlarmName="worst", AlarmRule='ALARM("a") AND ALARM("b")', Tags=tags)
    asked = {"AlarmNames": ["worst"], "AlarmTypes": ["CompositeAlarm"]}
    told = cloudwatch.describe_alarms(**asked)["CompositeAlarms"][0]
    same((told["AlarmRule"], told["ActionsEnabled"]), ('ALARM("a") AND ALARM("b")', True))
    same(cloudwatch.list_tags_for_resource(ResourceARN=told["AlarmArn"])["Tags"], tags)
    same(cloudwatch.describe_alarms(AlarmNames=["worst"]).get("CompositeAlarms", []), [])
    cloudwatch.delete_alarms(AlarmNames=["worst"])
    same(cloudwatch.describe_alarms(**asked)["CompositeAlarms"], [])


@check("xray")
def xray(aws: Aws) -> None:
    xray = aws("xray")
    group = xray.create_group(GroupName="cart", FilterExpression="fault")["Group"]
    xray.update_group(GroupARN=group["GroupARN"], InsightsConfiguration={"InsightsEnabled": True})
    told = xray.get_group(GroupName="cart")["Group"]
    same((told["FilterExpression"], told["InsightsConfiguration"]["InsightsEnabled"]), ("fault", True))
    xray.delete_group(GroupName="cart")
    refused("InvalidRequestException", xray.get_group, GroupName="cart")

    rule = {
        **dict.fromkeys(["ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath", "ResourceARN"], "*"),
        **{"RuleName": "some", "Priority": 1, "FixedRate": 0.05, "ReservoirSize": 1, "Version": 1},
    }
    xray.create_sampling_rule(SamplingRule=rule)
    xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "some", "FixedRate": 0.5})
    rules = xray.get_sampling_rules()["SamplingRuleRecords"]
    same([one["SamplingRule"]["FixedRate"] for one in rules], [0.5])
    xray.delete_sampling_rule(RuleName="some")

    same(xray.get_encryption_config()["EncryptionConfig"]["Type"], "NONE")
    xray.put_encryption_config(Type="KMS", KeyId="alias/x")
    same(xray.get_encryption_config()["EncryptionConfig"]["KeyId"], "alias/x")


@check("cloudtrail-arn")
def trail_by_arn(aws: Aws) -> None:
    aws("s3").create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    trail = aws("cloudtrail")
    arn = trail.create_trail(Name="all", S3BucketName="trail")["TrailARN"]
    trail.start_logging(Name=arn)
    same(trail.get_trail_status(Name=arn)["IsLogging"], True)
    trail.delete_trail(Name=arn)
    same(trail.list_trails()["Trails"], [])


@check("budgets")
def budgets(aws: Aws) -> None:
    budgets = aws("budgets")
    account = {"AccountId": ACCOUNT}
    name = {**account, "BudgetName": "monthly"}
    budget = {
        "BudgetName": "monthly",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "100.0", "Unit": "USD"},
    }
    limit = {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 80.0,
        "ThresholdType": "PERCENTAGE",
    }
    mail = [{"SubscriptionType": "EMAIL", "Address": "ops@example.com"}]
    budgets.create_budget(
        **account,
        Budget=budget,
        NotificationsWithSubscribers=[{"Notification": limit, "Subscribers": mail}],
        ResourceTags=[{"Key": "Project", "Value": "cart"}],
    )
    refused("DuplicateRecordException", budgets.create_budget, **account, Budget=budget)
    told = budgets.describe_budget(**name)["Budget"]
    same((told["CostTypes"]["IncludeTax"], told["TimePeriod"]["Start"].day), (True, 1))
    told = budgets.describe_subscribers_for_notification(**name, Notification=limit)["Subscribers"]
    same(told, mail)
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/monthly"
    same(budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"], [{"Key": "Project", "Value": "cart"}])
    changed = {**budget, "BudgetLimit": {"Amount": "200.0", "Unit": "USD"}}
    budgets.update_budget(**account, NewBudget=changed)
    same(budgets.describe_budget(**name)["Budget"]["BudgetLimit"]["Amount"], "200.0")
    budgets.delete_notification(**name, Notification=limit)
    same(budgets.describe_notifications_for_budget(**name)["Notifications"], [])
    budgets.delete_budget(**name)
    refused("NotFoundException", budgets.describe_budget, **name)
