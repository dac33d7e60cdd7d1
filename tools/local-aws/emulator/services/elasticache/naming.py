"""Names, tags and endpoints of what ElastiCache holds."""

from typing import Any


def arn(response: Any, kind: str, name: str) -> str:
    place = f"{response.region}:{response.current_account}"
    return f"arn:{response.partition}:elasticache:{place}:{kind}:{name}"


def tag(response: Any, resource: str) -> None:
    """Gives it the Tags of the request."""
    tags = response._get_param("Tags")
    if tags:
        response.elasticache_backend.tagging_service.tag_resource(resource, tags)


def untag(response: Any, resource: str) -> None:
    response.elasticache_backend.tagging_service.delete_all_tags_for_resource(resource)


def domain(response: Any, name: str) -> str:
    """AWS puts a random part and a short form of the region into it: `eu-west-1` is `euw1`."""
    direction = "".join(word[0] if word.isalpha() else word for word in response.region.split("-")[1:])
    return f"{name}.abc123.{response.region.split('-')[0]}{direction}.cache.amazonaws.com"
