"""What IAM decides. Comes last by its name: it switches the checking of everybody on, and off again."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from checks.aws import ACCOUNT, Aws, check, refused, same
from checks.data import bucket_of, key_of, queue_of, table_of

ARN = f"eu-west-1:{ACCOUNT}"


@check("iam-conditions")
def conditions(aws: Aws) -> None:
    bucket = bucket_of(aws, "tls-only")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    aws("s3").put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    aws("s3").put_object(Bucket=bucket, Key="state", Body=b"kept")
    same(aws("s3").get_object(Bucket=bucket, Key="state")["Body"].read(), b"kept")


@check("iam-resources")
def resources(aws: Aws) -> None:
    for table in ("mine", "other"):
        table_of(aws, table)
        aws("dynamodb").put_item(TableName=table, Item=key_of("1"))
    for name in ("mine", "other"):
        aws("events").create_event_bus(Name=name)
        aws("secretsmanager").create_secret(Name=name, SecretString="x")
    key = aws("kms").create_key()["KeyMetadata"]
    aws("kms").create_alias(AliasName="alias/own", TargetKeyId=key["KeyId"])
    queue, _ = queue_of(aws, "permitted")
    role = role_with(
        aws,
        [
            ("dynamodb:GetItem", f"arn:aws:dynamodb:{ARN}:table/mine"),
            ("dynamodb:PutItem", f"arn:aws:dynamodb:{ARN}:table/mine"),
            ("events:PutEvents", f"arn:aws:events:{ARN}:event-bus/mine"),
            ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{ARN}:secret:mine-??????"),
            ("sqs:SendMessage", f"arn:aws:sqs:{ARN}:permitted"),
            ("kms:Encrypt", key["Arn"]),
        ],
    )

    def entry(bus: str) -> list[dict]:
        return [{"EventBusName": bus, "Source": "cart", "DetailType": "t", "Detail": "{}"}]

    with checking(aws):
        services = ("dynamodb", "events", "secretsmanager", "sqs", "kms")
        as_role = {service: aws.client(service, role) for service in services}
        dynamodb, events = as_role["dynamodb"], as_role["events"]
        denied = "AccessDeniedException"
        dynamodb.get_item(TableName="mine", Key=key_of("1"))
        refused(denied, dynamodb.get_item, TableName="other", Key=key_of("1"))
        put = {"Put": {"TableName": "mine", "Item": key_of("2")}}
        dynamodb.transact_write_items(TransactItems=[put])
        delete = {"Delete": {"TableName": "mine", "Key": key_of("2")}}
        refused(denied, dynamodb.transact_write_items, TransactItems=[put, delete])
        events.put_events(Entries=entry("mine"))
        refused(denied, events.put_events, Entries=entry("mine") + entry("other"))
        as_role["secretsmanager"].get_secret_value(SecretId="mine")
        refused(denied, as_role["secretsmanager"].get_secret_value, SecretId="other")
        as_role["sqs"].send_message(QueueUrl=queue, MessageBody="x")
        for name in (key["KeyId"], key["Arn"], "alias/own", f"arn:aws:kms:{ARN}:alias/own"):
            as_role["kms"].encrypt(KeyId=name, Plaintext=b"x")


def role_with(aws: Aws, permissions: list[tuple[str, str]]) -> dict[str, str]:
    """Credentials of a role that may do this."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    arn = aws("iam").create_role(
        RoleName="task",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in permissions
    ]
    aws("iam").put_role_policy(
        RoleName="task",
        PolicyName="own",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    given = aws("sts").assume_role(RoleArn=arn, RoleSessionName="check")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


@contextmanager
def checking(aws: Aws) -> Iterator[None]:
    """Everybody is checked in here."""

    def free(requests: str) -> None:
        # As a text: a form would be read as one, and be empty.
        request = urllib.request.Request(
            f"{aws.endpoint}/moto-api/reset-auth",
            data=requests.encode(),
            headers={"Content-Type": "text/plain"},
        )
        urllib.request.urlopen(request).close()

    free("0")
    try:
        yield
    finally:
        free("inf")
