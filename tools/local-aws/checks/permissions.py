"""What IAM decides. Comes last by its name: it switches the checking of everybody on, and off again."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from checks.aws import ACCOUNT, Aws, check, refused, same
from checks.data import bucket_of, key_of, queue_of, table_of
from checks.delivery import pipeline_of, project_of
from checks.service import service_of

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
    for group in ("/mine", "/other"):
        aws("logs").create_log_group(logGroupName=group)
        aws("ssm").put_parameter(Name=group, Value="x", Type="String")
    for repository in ("own/mine", "own/other"):
        aws("ecr").create_repository(repositoryName=repository)
    role = role_with(
        aws,
        [
            ("dynamodb:GetItem", f"arn:aws:dynamodb:{ARN}:table/mine"),
            ("dynamodb:PutItem", f"arn:aws:dynamodb:{ARN}:table/mine"),
            ("events:PutEvents", f"arn:aws:events:{ARN}:event-bus/mine"),
            ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{ARN}:secret:mine-??????"),
            ("sqs:SendMessage", f"arn:aws:sqs:{ARN}:permitted"),
            ("kms:Encrypt", key["Arn"]),
            ("logs:CreateLogStream", f"arn:aws:logs:{ARN}:log-group:/mine:*"),
            ("logs:PutLogEvents", f"arn:aws:logs:{ARN}:log-group:/mine:*"),
            ("ssm:GetParameter*", f"arn:aws:ssm:{ARN}:parameter/mine"),
            ("ecr:GetAuthorizationToken", "*"),
            ("ecr:BatchGetImage", f"arn:aws:ecr:{ARN}:repository/own/mine"),
        ],
    )

    def entry(bus: str) -> list[dict]:
        return [{"EventBusName": bus, "Source": "cart", "DetailType": "t", "Detail": "{}"}]

    with checking(aws):
        services = ("dynamodb", "events", "secretsmanager", "sqs", "kms", "logs", "ssm", "ecr")
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
        logs, ssm, ecr = as_role["logs"], as_role["ssm"], as_role["ecr"]
        stream = {"logGroupName": "/mine", "logStreamName": "api/api/1"}
        logs.create_log_stream(**stream)
        logs.put_log_events(**stream, logEvents=[{"timestamp": int(time.time() * 1000), "message": "x"}])
        refused(denied, logs.create_log_stream, logGroupName="/other", logStreamName="api")
        ssm.get_parameter(Name="/mine")
        ssm.get_parameters(Names=["/mine"])
        refused(denied, ssm.get_parameters, Names=["/mine", "/other"])
        ecr.get_authorization_token()
        ecr.batch_get_image(repositoryName="own/mine", imageIds=[{"imageTag": "x"}])
        refused(denied, ecr.batch_get_image, repositoryName="own/other", imageIds=[{"imageTag": "x"}])
        elsewhere = {"registryId": "111111111111", "repositoryName": "own/mine"}
        refused(denied, ecr.batch_get_image, **elsewhere, imageIds=[{"imageTag": "x"}])
        refused(denied, ecr.initiate_layer_upload, repositoryName="own/mine")
    resources_of_delivery(aws)


def resources_of_delivery(aws: Aws) -> None:
    for name in ("own", "others"):
        aws("codebuild").create_project(**project_of(name))
        aws("codepipeline").create_pipeline(pipeline=pipeline_of(f"{name}-releases"))
        service_of(aws, name)
    scaling = aws("application-autoscaling")

    def target(cluster: str) -> dict:
        of_service = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
        return {**of_service, "ResourceId": f"service/{cluster}/app"}

    arns = [
        scaling.register_scalable_target(**target(name), MinCapacity=0, MaxCapacity=2)["ScalableTargetARN"]
        for name in ("own", "others")
    ]
    role = role_with(
        aws,
        [
            ("codebuild:*", f"arn:aws:codebuild:{ARN}:project/own"),
            ("codebuild:ListProjects", "*"),
            ("codepipeline:*", f"arn:aws:codepipeline:{ARN}:own-releases"),
            ("ecs:*", f"arn:aws:ecs:{ARN}:service/own/app"),
            ("ecs:*", f"arn:aws:ecs:{ARN}:cluster/own"),
            ("ecs:*TaskDefinition", "*"),
            ("ecs:TagResource", f"arn:aws:ecs:{ARN}:task-definition/own-family:2"),
            ("iam:PassRole", role_arn("passed")),
            ("application-autoscaling:*", arns[0]),
        ],
        "delivering",
    )

    def only(call: Callable[..., Any], own: dict, others: dict) -> None:
        """The one is permitted, the other not."""
        call(**own)
        refused("AccessDeniedException", call, **others)

    with checking(aws):
        builds, pipelines, ecs, scaling = (
            aws.client(name, role) for name in ("codebuild", "codepipeline", "ecs", "application-autoscaling")
        )
        build = builds.start_build(projectName="own")["build"]["id"]
        only(builds.start_build, {"projectName": "own"}, {"projectName": "others"})
        only(builds.batch_get_builds, {"ids": [build]}, {"ids": [build, "others:1"]})
        builds.list_projects()
        own, others = ({"pipelineName": f"{name}-releases"} for name in ("own", "others"))
        only(pipelines.list_action_executions, own, others)
        own, others = ({"cluster": name, "services": ["app"]} for name in ("own", "others"))
        only(ecs.describe_services, own, others)
        own, others = (
            {"cluster": f"arn:aws:ecs:{ARN}:cluster/{name}", "service": "app", "desiredCount": 1}
            for name in ("own", "others")
        )
        only(ecs.update_service, own, others)
        only(ecs.describe_clusters, {"clusters": ["own"]}, {"clusters": ["own", "others"]})
        ecs.describe_task_definition(taskDefinition="others-family")
        definition = {
            "family": "own-family",
            "containerDefinitions": [{"name": "app", "image": "app", "memory": 64}],
            "executionRoleArn": role_arn("passed"),
            "tags": [{"key": "Project", "value": "cart"}],
        }
        only(ecs.register_task_definition, definition, {**definition, "taskRoleArn": "kept"})
        other = {**definition, "family": "others-family"}
        refused("AccessDeniedException", ecs.register_task_definition, **other)
        own, others = ({**target(name), "MinCapacity": 1} for name in ("own", "others"))
        only(scaling.register_scalable_target, own, others)
    told = decided(aws, "denials", "delivering")
    same(told.get(("iam:PassRole", role_arn("kept"))), 1)
    same(told.get(("ecs:TagResource", f"arn:aws:ecs:{ARN}:task-definition/others-family:2")), 1)


@check("iam-refusals")
def refusals(aws: Aws) -> None:
    own, _ = queue_of(aws, "told")
    other, arn = queue_of(aws, "untold")
    aws("s3").put_object(Bucket=bucket_of(aws, "read"), Key="a/b", Body=b"x")
    allowed = [("sqs:*", arn.replace("untold", "told")), ("s3:GetObject", "arn:aws:s3:::read/a/*")]
    role = role_with(aws, allowed, "refused")
    gone = role_with(aws, [("sqs:*", "*")], "gone")
    aws("iam").delete_role_policy(RoleName="gone", PolicyName="own")
    aws("iam").delete_role(RoleName="gone")
    with checking(aws):
        refused("AccessDeniedException", aws.client("sqs", gone).send_message, QueueUrl=own, MessageBody="x")
        sqs, sts, dynamodb, s3 = (aws.client(name, role) for name in ("sqs", "sts", "dynamodb", "s3"))
        sqs.send_message(QueueUrl=own, MessageBody="x")
        for _ in range(2):
            refused("AccessDeniedException", sqs.send_message, QueueUrl=other, MessageBody="x")
        table = f"arn:aws:dynamodb:{ARN}:table/none"
        try:
            dynamodb.get_item(TableName="none", Key=key_of("1"))
            raise AssertionError("it was carried out")
        except ClientError as error:
            session = f"arn:aws:sts::{ACCOUNT}:assumed-role/refused/check"
            wanted = f"User: {session} is not authorized to perform: dynamodb:GetItem on resource: {table}"
            same(error.response["Error"]["Message"], wanted)
        refused("AccessDenied", sts.assume_role, RoleArn=role_arn("refused"), RoleSessionName="check")
        refused("AccessDenied", s3.get_object, Bucket="none", Key="x")
        s3.get_object(Bucket="read", Key="a/b")
    told = decided(aws, "denials", "refused")
    same(told.get(("sqs:SendMessage", arn)), 2)
    same(told.get(("dynamodb:GetItem", table)), 1)
    same(told.get(("sts:AssumeRole", role_arn("refused"))), 1)
    same(told.get(("s3:GetObject", "arn:aws:s3:::none/x")), 1)
    permitted = {("sqs:SendMessage", arn.replace("untold", "told")): 1, ("s3:GetObject", "arn:aws:s3:::read/a/b"): 1}
    same(decided(aws, "permissions", "refused"), permitted)


@check("iam-trust")
def trust(aws: Aws) -> None:
    role_with(aws, [("dynamodb:ListTables", "*")], "ran", trusted={"Service": "ecs-tasks.amazonaws.com"})
    account = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    role_with(aws, [], "shared", trusted=account)
    user = role_with(aws, [("sts:AssumeRole", "*")], "asking")
    keys = aws.post("enforce")
    try:
        same(aws.post("enforce"), keys)
        admin = {
            "aws_access_key_id": keys["accessKeyId"],
            "aws_secret_access_key": keys["secretAccessKey"],
        }
        taken = credentials(aws.client("sts", admin), role_arn("ran"))
        aws.client("dynamodb", taken).list_tables()
        refused("AccessDeniedException", aws.client("ecr", taken).describe_repositories)
        aws.client("ecr", admin).describe_repositories()
        asking = aws.client("sts", user)
        refused("AccessDenied", asking.assume_role, RoleArn=role_arn("ran"), RoleSessionName="check")
        credentials(asking, role_arn("shared"))
    finally:
        free(aws, "inf")


@check("iam-signatures")
def signatures(aws: Aws) -> None:
    arn = aws("backup").create_backup_vault(BackupVaultName="signed")["BackupVaultArn"]
    aws("s3").put_object(Bucket=bucket_of(aws, "signed"), Key="a b/ü+&=.json", Body=b"kept")
    keys = aws.post("enforce")
    admin = {"aws_access_key_id": keys["accessKeyId"], "aws_secret_access_key": keys["secretAccessKey"]}
    try:
        backup, s3 = aws.client("backup", admin), aws.client("s3", admin)
        backup.list_backup_vaults()
        # Its path holds an ARN, and its query a list.
        backup.list_tags(ResourceArn=arn)
        aws.client("route53", admin).list_hosted_zones(MaxItems="5")
        aws.client("cloudfront", admin).list_cache_policies(Type="custom")
        aws.client("scheduler", admin).list_schedules(NamePrefix="a b&+ü")
        s3.list_objects_v2(Bucket="signed", Prefix="env:/ü+&", Delimiter="/")
        same(s3.get_object(Bucket="signed", Key="a b/ü+&=.json")["Body"].read(), b"kept")
        aws.client("iam", admin).list_roles(PathPrefix="/a b+ü~*/")
        aws.client("sqs", admin).list_queues(QueueNamePrefix="ü")
        wrong = {**admin, "aws_secret_access_key": "wrong"}
        refused("SignatureDoesNotMatch", aws.client("sts", wrong).get_caller_identity)
        backup.delete_backup_vault(BackupVaultName="signed")
    finally:
        free(aws, "inf")


def decided(aws: Aws, what: str, role: str) -> dict[tuple[str, str], int]:
    """How often it was decided so about a role, by action and resource."""
    return {
        (one["action"], one["resource"]): one["count"]
        for one in aws.get(what)
        if one["principal"] == role_arn(role)
    }


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def role_with(
    aws: Aws,
    permissions: list[tuple[str, str]],
    name: str = "task",
    trusted: dict[str, str] | None = None,
) -> dict[str, str]:
    """Credentials of a role that may do this."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted or {"AWS": "*"}}
    aws("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in permissions
    ]
    if statements:
        aws("iam").put_role_policy(
            RoleName=name,
            PolicyName="own",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )
    return credentials(aws("sts"), role_arn(name))


def credentials(sts: Any, role: str) -> dict[str, str]:
    given = sts.assume_role(RoleArn=role, RoleSessionName="check")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


@contextmanager
def checking(aws: Aws) -> Iterator[None]:
    """Everybody is checked in here."""
    free(aws, "0")
    try:
        yield
    finally:
        free(aws, "inf")


def free(aws: Aws, requests: str) -> None:
    """So many requests are not checked."""
    # As a text: a form would be read as one, and be empty.
    request = urllib.request.Request(
        f"{aws.endpoint}/moto-api/reset-auth",
        data=requests.encode(),
        headers={"Content-Type": "text/plain"},
    )
    urllib.request.urlopen(request).close()
