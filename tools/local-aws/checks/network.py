"""What carries requests: networks, load balancers, names, certificates, distributions."""

from checks.aws import Aws, check, refused, same


def vpc_of(aws: Aws) -> str:
    return aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


@check("ec2-rule-descriptions")
def rule_descriptions(aws: Aws) -> None:
    ec2 = aws("ec2")
    vpc = vpc_of(aws)
    groups = [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("a", "b")
    ]
    prefix_list = ec2.create_managed_prefix_list(PrefixListName="p", MaxEntries=1, AddressFamily="IPv4")
    lists = [{"PrefixListId": prefix_list["PrefixList"]["PrefixListId"], "Description": "from the list"}]
    for rule in (
        {"UserIdGroupPairs": [{"GroupId": groups[1], "Description": "from the group"}]},
        {"PrefixListIds": lists},
    ):
        permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, **rule}
        ec2.authorize_security_group_ingress(GroupId=groups[0], IpPermissions=[permission])

    filters = [{"Name": "group-id", "Values": [groups[0]]}]
    rules = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    told = {rule.get("Description") for rule in rules if not rule["IsEgress"]}
    same(told, {"from the group", "from the list"})


@check("ec2-group-in-use")
def group_in_use(aws: Aws) -> None:
    ec2 = aws("ec2")
    vpc = vpc_of(aws)
    named, naming = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("named", "naming")
    )
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": named}]}
    ec2.authorize_security_group_ingress(GroupId=naming, IpPermissions=[rule])
    refused("DependencyViolation", ec2.delete_security_group, GroupId=named)
    ec2.delete_security_group(GroupId=naming)
    ec2.delete_security_group(GroupId=named)


@check("ec2-dhcp-options-tags")
def dhcp_options_tags(aws: Aws) -> None:
    tags = [{"Key": "Name", "Value": "here"}]
    options = aws("ec2").create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.internal"]}],
        TagSpecifications=[{"ResourceType": "dhcp-options", "Tags": tags}],
    )["DhcpOptions"]
    ids = [options["DhcpOptionsId"]]
    same(aws("ec2").describe_dhcp_options(DhcpOptionsIds=ids)["DhcpOptions"][0]["Tags"], tags)


@check("ec2-flow-log-options")
def flow_log_options(aws: Aws) -> None:
    aws("s3").create_bucket(
        Bucket="flow-logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    options = {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True}
    ids = aws("ec2").create_flow_logs(
        ResourceIds=[vpc_of(aws)],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flow-logs",
        DestinationOptions=options,
    )["FlowLogIds"]
    same(aws("ec2").describe_flow_logs(FlowLogIds=ids)["FlowLogs"][0].get("DestinationOptions"), options)


@check("elb-deletion-protection")
def deletion_protection(aws: Aws) -> None:
    elb = aws("elbv2")
    vpc = vpc_of(aws)
    subnets = [
        aws("ec2").create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}")
        for n, zone in enumerate("ab")
    ]
    ids = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    arn = elb.create_load_balancer(Name="protected", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]

    def protect(value: str) -> None:
        attribute = {"Key": "deletion_protection.enabled", "Value": value}
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[attribute])

    protect("true")
    refused("OperationNotPermitted", elb.delete_load_balancer, LoadBalancerArn=arn)
    protect("false")
    elb.delete_load_balancer(LoadBalancerArn=arn)


@check("route53-private-zone")
def private_zone(aws: Aws) -> None:
    zone = aws("route53").create_hosted_zone(
        Name="example.internal",
        CallerReference="1",
        VPC={"VPCRegion": "eu-west-1", "VPCId": vpc_of(aws)},
    )
    told = aws("route53").get_hosted_zone(Id=zone["HostedZone"]["Id"])
    same(told["HostedZone"]["Config"]["PrivateZone"], True)
    same(len(told["VPCs"]), 1)


@check("route53-zone-ids")
def zone_ids(aws: Aws) -> None:
    # One in 36 begins with Z by chance.
    for number in range(8):
        made = aws("route53").create_hosted_zone(Name=f"{number}.example", CallerReference=f"id-{number}")
        same(made["HostedZone"]["Id"].startswith("/hostedzone/Z"), True)


@check("route53-record-again")
def record_again(aws: Aws) -> None:
    route53 = aws("route53")
    zone = route53.create_hosted_zone(Name="example.org", CallerReference="2")["HostedZone"]["Id"]

    def change(action: str, name: str) -> None:
        record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)

    # A record of another name that comes after it in the zone is what makes moto take it for one that is there.
    for action, name in [("CREATE", "a"), ("CREATE", "b"), ("DELETE", "a"), ("CREATE", "a")]:
        change(action, f"{name}.example.org")
    refused(
        "InvalidChangeBatch",
        route53.change_resource_record_sets,
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": "b.example.org",
                        "Type": "A",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": "192.0.2.1"}],
                    },
                }
            ]
        },
    )


@check("acm-key-algorithm")
def key_algorithm(aws: Aws) -> None:
    arn = aws("acm").request_certificate(
        DomainName="api.example.org", ValidationMethod="DNS", KeyAlgorithm="EC_prime256v1"
    )["CertificateArn"]
    told = aws("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    same(told["KeyAlgorithm"], "EC_prime256v1")


@check("cloudfront-distribution")
def distribution(aws: Aws) -> None:
    config = {
        "CallerReference": "1",
        "Comment": "",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "o",
                    "DomainName": "origin.example.org",
                    "CustomOriginConfig": {
                        "HTTPPort": 80,
                        "HTTPSPort": 443,
                        "OriginProtocolPolicy": "https-only",
                    },
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "o",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        },
        "ViewerCertificate": {
            "ACMCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
            "SSLSupportMethod": "sni-only",
        },
    }
    distribution_id = aws("cloudfront").create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    told = aws("cloudfront").get_distribution(Id=distribution_id)["Distribution"]["DistributionConfig"]
    assert "ForwardedValues" not in told["DefaultCacheBehavior"], "it forwards values beside its policy"
    same(told["ViewerCertificate"].get("CloudFrontDefaultCertificate", False), False)


@check("cloudfront-policies")
def policies(aws: Aws) -> None:
    cloudfront = aws("cloudfront")
    managed = cloudfront.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]
    names = {item["CachePolicy"]["CachePolicyConfig"]["Name"] for item in managed}
    assert "Managed-CachingDisabled" in names, names
    config = {"Name": "none", "MinTTL": 0, "MaxTTL": 1, "DefaultTTL": 0}
    created = cloudfront.create_cache_policy(CachePolicyConfig=config)
    policy_id = created["CachePolicy"]["Id"]
    refused("CachePolicyAlreadyExists", cloudfront.create_cache_policy, CachePolicyConfig=config)
    told = cloudfront.get_cache_policy(Id=policy_id)
    same(told["CachePolicy"]["CachePolicyConfig"], config)
    refused("PreconditionFailed", cloudfront.delete_cache_policy, Id=policy_id, IfMatch="other")
    cloudfront.delete_cache_policy(Id=policy_id, IfMatch=told["ETag"])
    refused("NoSuchCachePolicy", cloudfront.get_cache_policy, Id=policy_id)


@check("servicediscovery-zone")
def zone_of_namespace(aws: Aws) -> None:
    discovery, route53 = aws("servicediscovery"), aws("route53")

    def zones() -> list[str]:
        return [zone["Id"] for zone in route53.list_hosted_zones()["HostedZones"]]

    before = zones()
    discovery.create_private_dns_namespace(Name="discovered.internal", Vpc=vpc_of(aws))
    listed = discovery.list_namespaces()["Namespaces"]
    namespace = next(one["Id"] for one in listed if one["Name"] == "discovered.internal")
    same(len(zones()), len(before) + 1)
    discovery.delete_namespace(Id=namespace)
    same(zones(), before)
