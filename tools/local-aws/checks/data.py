"""What keeps data, and what carries events."""

import json
import threading
from datetime import datetime, timezone

from checks.aws import ACCOUNT, Aws, check, refused, same


def table_of(aws: Aws, name: str, **more: object) -> None:
    aws("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


def key_of(pk: str, sk: str = "a") -> dict:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@check("dynamodb-contributor-insights")
def contributor_insights(aws: Aws) -> None:
    table_of(aws, "insights")
    dynamodb = aws("dynamodb")
    same(dynamodb.describe_contributor_insights(TableName="insights")["ContributorInsightsStatus"], "DISABLED")
    dynamodb.update_contributor_insights(TableName="insights", ContributorInsightsAction="ENABLE")
    same(dynamodb.describe_contributor_insights(TableName="insights")["ContributorInsightsStatus"], "ENABLED")


@check("dynamodb-on-demand-limits")
def on_demand_limits(aws: Aws) -> None:
    limits = {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50}
    table_of(aws, "limits", OnDemandThroughput=limits)
    same(aws("dynamodb").describe_table(TableName="limits")["Table"].get("OnDemandThroughput"), limits)


@check("dynamodb-transactions")
def transactions(aws: Aws) -> None:
    table_of(aws, "carts")
    dynamodb = aws("dynamodb")
    add = {
        "Update": {
            "TableName": "carts",
            "Key": key_of("counter"),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=[add], ClientRequestToken="token-1")
    counter = dynamodb.get_item(TableName="carts", Key=key_of("counter"))["Item"]
    same(counter["n"], {"N": "1"})
    other = {"Put": {"TableName": "carts", "Item": key_of("other")}}
    refused(
        "IdempotentParameterMismatchException",
        dynamodb.transact_write_items,
        TransactItems=[other],
        ClientRequestToken="token-1",
    )

    dynamodb.put_item(TableName="carts", Item=key_of("here"))
    never = {
        "ConditionCheck": {
            "TableName": "carts",
            "Key": key_of("here"),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }
    refused("TransactionCanceledException", dynamodb.transact_write_items, TransactItems=[add, other, never])
    same(dynamodb.get_item(TableName="carts", Key=key_of("counter"))["Item"], counter)
    same("Item" in dynamodb.get_item(TableName="carts", Key=key_of("other")), False)

    # What others write while transactions are cancelled stays.
    def cancel() -> None:
        for _ in range(20):
            refused("TransactionCanceledException", dynamodb.transact_write_items, TransactItems=[other, never])

    cancelling = threading.Thread(target=cancel)
    cancelling.start()
    for number in range(40):
        dynamodb.put_item(TableName="carts", Item=key_of("written", f"{number:03d}"))
    cancelling.join()
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "written"}}}
    same(dynamodb.query(TableName="carts", **query)["Count"], 40)


@check("dynamodb-speed")
def queries(aws: Aws) -> None:
    """That queries are right is held here, and that objects are not kept; how fast they are is not asserted."""
    table_of(aws, "partitions")
    dynamodb = aws("dynamodb")
    for pk in "ab":
        for sk in "3142":
            dynamodb.put_item(TableName="partitions", Item=key_of(pk, sk))
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "a"}}}
    first = dynamodb.query(TableName="partitions", **query, Limit=3)
    same([item["sk"]["S"] for item in first["Items"]], ["1", "2", "3"])
    rest = dynamodb.query(TableName="partitions", **query, ExclusiveStartKey=first["LastEvaluatedKey"])
    same([item["sk"]["S"] for item in rest["Items"]], ["4"])
    backwards = dynamodb.query(TableName="partitions", **query, ScanIndexForward=False)
    same([item["sk"]["S"] for item in backwards["Items"]], ["4", "3", "2", "1"])
    same(dynamodb.scan(TableName="partitions")["Count"], 8)

    import urllib.request

    with urllib.request.urlopen(f"{aws.endpoint}/moto-api/data.json") as answer:
        same(json.load(answer).get("dynamodb", {}).get("Table", []), [])


@check("backup-tags")
def backup_tags(aws: Aws) -> None:
    arn = aws("backup").create_backup_vault(BackupVaultName="kept", BackupVaultTags={"Project": "cart"})[
        "BackupVaultArn"
    ]
    # As the SDK for Go writes it: without a slash at the end.
    client = aws.client("backup", {"aws_access_key_id": "local", "aws_secret_access_key": "local"})
    client.meta.events.register(
        "before-sign.backup.ListTags", lambda request, **_: setattr(request, "url", request.url.rstrip("/"))
    )
    same(client.list_tags(ResourceArn=arn)["Tags"], {"Project": "cart"})


@check("backup-selections")
def backup_selections(aws: Aws) -> None:
    backup = aws("backup")
    plan = backup.create_backup_plan(
        BackupPlan={
            "BackupPlanName": "daily",
            "Rules": [{"RuleName": "daily", "TargetBackupVaultName": "Default"}],
        }
    )["BackupPlanId"]
    role = f"arn:aws:iam::{ACCOUNT}:role/backup"
    selection = {"SelectionName": "tables", "IamRoleArn": role, "Resources": ["*"]}
    made = backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)["SelectionId"]
    told = backup.get_backup_selection(BackupPlanId=plan, SelectionId=made)["BackupSelection"]
    same({key: told[key] for key in selection}, selection)
    listed = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    same([entry["SelectionName"] for entry in listed], ["tables"])
    backup.delete_backup_selection(BackupPlanId=plan, SelectionId=made)
    refused("ResourceNotFoundException", backup.get_backup_selection, BackupPlanId=plan, SelectionId=made)


def queue_of(aws: Aws, name: str) -> tuple[str, str]:
    url = aws("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}"


def attributes_of(aws: Aws, url: str) -> dict:
    return aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


@check("sqs-redrive-policy")
def redrive_policy(aws: Aws) -> None:
    url, _ = queue_of(aws, "redriven")
    _, dead = queue_of(aws, "dead")
    text = f'{{"deadLetterTargetArn":"{dead}","maxReceiveCount":5}}'
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": text})
    same(attributes_of(aws, url).get("RedrivePolicy"), text)
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    same(attributes_of(aws, url).get("RedrivePolicy"), None)


@check("sqs-redrive-allow-policy")
def redrive_allow_policy(aws: Aws) -> None:
    url, _ = queue_of(aws, "allowing")
    same(attributes_of(aws, url).get("RedriveAllowPolicy"), None)
    text = '{"redrivePermission":"denyAll"}'
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": text})
    same(attributes_of(aws, url).get("RedriveAllowPolicy"), text)


@check("sqs-policy-stays")
def policy_stays(aws: Aws) -> None:
    url, arn = queue_of(aws, "private")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    same(attributes_of(aws, url).get("Policy"), policy)


@check("sns-topic-attributes")
def topic_attributes(aws: Aws) -> None:
    arn = aws("sns").create_topic(Name="traced", Attributes={"TracingConfig": "Active"})["TopicArn"]
    same(aws("sns").get_topic_attributes(TopicArn=arn)["Attributes"].get("TracingConfig"), "Active")


def rule_of(aws: Aws, bus: str, name: str, **more: object) -> str:
    pattern = '{"source": ["cart"]}'
    return aws("events").put_rule(Name=name, EventBusName=bus, EventPattern=pattern, **more)["RuleArn"]


@check("events-tags")
def tags_of_rules(aws: Aws) -> None:
    events = aws("events")

    def tags_of(arn: str) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in events.list_tags_for_resource(ResourceARN=arn)["Tags"]}

    buses, rules = {}, {}
    for name in ("first", "second"):
        buses[name] = events.create_event_bus(Name=name, Tags=[{"Key": "Bus", "Value": name}])["EventBusArn"]
        rules[name] = rule_of(aws, name, "all", Tags=[{"Key": "On", "Value": name}])
        # A rule may have the name of a bus.
        rule_of(aws, name, "second")
    same([tags_of(arn) for arn in buses.values()], [{"Bus": "first"}, {"Bus": "second"}])
    same([tags_of(arn) for arn in rules.values()], [{"On": "first"}, {"On": "second"}])
    events.tag_resource(ResourceARN=rules["second"], Tags=[{"Key": "More", "Value": "1"}])
    events.untag_resource(ResourceARN=rules["second"], TagKeys=["On"])
    # The tags of a rule that is there are not PutRule's.
    rule_of(aws, "second", "all", Tags=[{"Key": "Late", "Value": "1"}])
    same([tags_of(arn) for arn in rules.values()], [{"On": "first"}, {"More": "1"}])
    missing = rules["first"].replace("/first/", "/third/")
    refused("ResourceNotFoundException", events.list_tags_for_resource, ResourceARN=missing)


@check("events-bus-in-use")
def bus_in_use(aws: Aws) -> None:
    events = aws("events")
    events.create_event_bus(Name="ruled")
    rule_of(aws, "ruled", "all")
    refused("ValidationException", events.delete_event_bus, Name="ruled")
    events.delete_rule(Name="all", EventBusName="ruled")
    events.delete_event_bus(Name="ruled")
    refused("ResourceNotFoundException", events.describe_event_bus, Name="ruled")


def message_of(aws: Aws, url: str) -> dict | None:
    """What lies in the queue, if something does."""
    messages = aws("sqs").receive_message(QueueUrl=url).get("Messages", [])
    return json.loads(messages[0]["Body"]) if messages else None


@check("events-delivery")
def delivery(aws: Aws) -> None:
    events = aws("events")
    events.create_event_bus(Name="delivering")
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    url, arn = queue_of(aws, "delivered")
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": key})
    pattern = '{"source": ["cart"], "detail-type": [{"prefix": "Cart"}]}'
    place = {"Name": "orders", "EventBusName": "delivering"}
    events.put_rule(**place, EventPattern=pattern)
    events.put_targets(EventBusName="delivering", Rule="orders", Targets=[{"Id": "queue", "Arn": arn}])

    def put(detail_type: str) -> None:
        entry = {"EventBusName": "delivering", "Source": "cart", "DetailType": detail_type, "Detail": '{"n": 1}'}
        answer = events.put_events(Entries=[{**entry, "Time": datetime(2026, 1, 2, tzinfo=timezone.utc)}])
        same(answer["FailedEntryCount"], 0)

    put("Order")
    same(message_of(aws, url), None)
    put("CartCheckedOut")
    event = message_of(aws, url) or {}
    wanted = {"version": "0", "source": "cart", "detail-type": "CartCheckedOut", "account": ACCOUNT}
    wanted |= {"time": "2026-01-02T00:00:00Z", "region": "eu-west-1", "resources": [], "detail": {"n": 1}}
    same({name: value for name, value in event.items() if name != "id"}, wanted)
    events.disable_rule(**place)
    put("CartCheckedOut")
    same(message_of(aws, url), None)


def bucket_of(aws: Aws, name: str) -> str:
    aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return name


@check("s3-eventbridge")
def eventbridge(aws: Aws) -> None:
    bucket = bucket_of(aws, "telling")
    configuration = {"EventBridgeConfiguration": {}}
    aws("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
    told = aws("s3").get_bucket_notification_configuration(Bucket=bucket)
    same(told.get("EventBridgeConfiguration"), {})


@check("s3-newer-versions")
def newer_versions(aws: Aws) -> None:
    bucket = bucket_of(aws, "versions")
    expiration = {"NoncurrentDays": 30, "NewerNoncurrentVersions": 5}
    rule = {"ID": "old", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": expiration}
    aws("s3").put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    told = aws("s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]
    same(told["NoncurrentVersionExpiration"], expiration)


@check("kms-rotation-period")
def rotation_period(aws: Aws) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    aws("kms").enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    same(aws("kms").get_key_rotation_status(KeyId=key).get("RotationPeriodInDays"), 180)


@check("secretsmanager-name-taken")
def name_taken(aws: Aws) -> None:
    secrets = aws("secretsmanager")
    secrets.create_secret(Name="waiting", SecretString="x")
    refused("ResourceExistsException", secrets.create_secret, Name="waiting", SecretString="y")
    secrets.delete_secret(SecretId="waiting", RecoveryWindowInDays=7)
    refused("InvalidRequestException", secrets.create_secret, Name="waiting", SecretString="y")


@check("secretsmanager-stages")
def stages(aws: Aws) -> None:
    secrets = aws("secretsmanager")
    first, second, third = (letter * 32 for letter in "abc")
    secret = {"SecretId": secrets.create_secret(Name="staged", SecretString="1", ClientRequestToken=first)["ARN"]}

    def put(version: str, text: str, label: str) -> None:
        secrets.put_secret_value(
            **secret, ClientRequestToken=version, SecretString=text, VersionStages=[label]
        )

    def move(label: str, to: str | None, origin: str | None) -> None:
        places = {"MoveToVersionId": to, "RemoveFromVersionId": origin}
        given = {key: value for key, value in places.items() if value}
        secrets.update_secret_version_stage(**secret, VersionStage=label, **given)

    def labels() -> dict[str, set[str]]:
        told = secrets.describe_secret(**secret)["VersionIdsToStages"]
        return {version: set(stages) for version, stages in told.items()}

    put(second, "2", "AWSPENDING")
    put(second, "2", "AWSPENDING")
    refused("ResourceExistsException", put, version=second, text="other", label="AWSPENDING")
    same(secrets.get_secret_value(**secret)["SecretString"], "1")

    refused("InvalidParameterException", move, label="AWSCURRENT", to=second, origin=None)
    refused("InvalidParameterException", move, label="AWSCURRENT", to=second, origin=second)
    move("AWSCURRENT", second, first)
    same(labels(), {first: {"AWSPREVIOUS"}, second: {"AWSCURRENT", "AWSPENDING"}})
    same(secrets.get_secret_value(**secret)["SecretString"], "2")

    move("OWN", first, None)
    refused("InvalidParameterException", move, label="OWN", to=second, origin=None)
    put(third, "3", "AWSCURRENT")
    same(labels(), {first: {"OWN"}, second: {"AWSPREVIOUS", "AWSPENDING"}, third: {"AWSCURRENT"}})
    refused("InvalidParameterException", move, label="AWSCURRENT", to=None, origin=third)

    move("OWN", None, first)
    refused("ResourceNotFoundException", secrets.get_secret_value, **secret, VersionId=first)
