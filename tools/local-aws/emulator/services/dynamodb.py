"""Amazon DynamoDB."""

import copy
import json
import threading
import time

from moto.core.responses import ActionResult

from emulator.gaps import closes
from emulator.kit import Shelf, graft, problem, wrap

#: For how long a ClientRequestToken is known, in seconds (TransactWriteItems: 10 minutes).
_TOKEN_LIFE = 600

#: One request at a time: moto reads and writes its tables without any lock, and conditions need one.
_one_at_a_time = threading.RLock()


@closes("dynamodb-contributor-insights")
def add_contributor_insights() -> None:
    from moto.dynamodb.responses import DynamoHandler

    insights = Shelf("dynamodb contributor insights settings")

    def name_of(table):
        return table.split("/")[-1]

    class Operations:
        def update_contributor_insights(self):
            """UpdateContributorInsights"""
            table, index = name_of(self._get_param("TableName")), self._get_param("IndexName")
            enabled = self._get_param("ContributorInsightsAction") == "ENABLE"
            insights.of(self)[table, index] = "ENABLED" if enabled else "DISABLED"
            return DynamoHandler.describe_contributor_insights(self)

        def describe_contributor_insights(self):
            """DescribeContributorInsights"""
            table, index = name_of(self._get_param("TableName")), self._get_param("IndexName")
            self.dynamodb_backend.get_table(table)
            return ActionResult(
                {
                    "TableName": table,
                    "IndexName": index,
                    "ContributorInsightsStatus": insights.of(self).get((table, index), "DISABLED"),
                }
            )

    graft(DynamoHandler, Operations)


@closes("dynamodb-on-demand-limits")
def keep_on_demand_limits() -> None:
    """OnDemandThroughput of CreateTable, UpdateTable and DescribeTable."""
    from moto.dynamodb.models.table import Table
    from moto.dynamodb.responses import DynamoHandler

    for operation in ("create_table", "update_table"):

        @wrap(DynamoHandler, operation)
        def keep(original, self):
            answer = original(self)
            limits = self._get_param("OnDemandThroughput")
            if limits:
                self.dynamodb_backend.get_table(self._get_param("TableName")).on_demand_limits = limits
            return answer

    @wrap(Table, "describe")
    def describe(original, self, *args, **kwargs):
        description = original(self, *args, **kwargs)
        limits = getattr(self, "on_demand_limits", None)
        if limits:
            table = description.get("Table") or description.get("TableDescription") or description
            table["OnDemandThroughput"] = limits
        return description


@closes("dynamodb-transactions")
def isolate_transactions() -> None:
    """TransactWriteItems: a cancelled one changes nothing, nor what others write; a token has one effect."""
    from moto.dynamodb import models
    from moto.dynamodb.responses import DynamoHandler

    done = Shelf("dynamodb tokens")

    @wrap(DynamoHandler, "call_action")
    def call_action(original, self):
        with _one_at_a_time:
            return original(self)

    @wrap(DynamoHandler, "transact_write_items")
    def transact_write_items(original, self):
        token = self._get_param("ClientRequestToken")
        if not token:
            return original(self)
        asked = json.dumps(self._get_param("TransactItems"), sort_keys=True, default=str)
        known, now = done.of(self), time.monotonic()
        for old in [key for key, (since, _) in known.items() if now - since > _TOKEN_LIFE]:
            del known[old]
        if token in known:
            if known[token][1] == asked:
                return ActionResult({})
            raise problem(
                "IdempotentParameterMismatchException",
                "The request uses the same client token as a previous, but non-identical request.",
            )
        answer = original(self)
        known[token] = (now, asked)
        return answer

    # moto undoes a transaction by bringing back deep copies of whole tables, which takes 200 ms and undoes what
    # others have written. Here it gets the tables themselves for copies, and items are put back one by one.
    models.copy = _CopyAllButTables()

    @wrap(models.DynamoDBBackend, "transact_write_items")
    def undo_when_cancelled(original, self, transact_items):
        undo = [step for item in transact_items for step in _undo(self, item)]
        try:
            return original(self, transact_items)
        except Exception:
            for step in reversed(undo):
                step()
            raise


class _CopyAllButTables:
    def __getattr__(self, name):
        return getattr(copy, name)

    @staticmethod
    def deepcopy(value, memo=None):
        from moto.dynamodb.models.table import Table

        return value if isinstance(value, Table) else copy.deepcopy(value, memo)


def _undo(backend, transact_item):
    """Steps that bring the item of one write, and its table's stream, to where they are now."""
    from moto.dynamodb.models.dynamo_type import DynamoType, Item

    kind, write = next(iter(transact_item.items()))
    try:
        table = backend.get_table(write["TableName"])
        key = write["Item"] if kind == "Put" else write["Key"]
        hash_key = DynamoType(key[table.hash_key_attr])
        range_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
    except Exception:
        return []  # moto refuses this write, and with it the transaction, before it changes anything
    holder = table.items.get(hash_key, {}) if range_key is not None else table.items
    own_key = range_key if range_key is not None else hash_key
    before = holder.get(own_key)
    before = copy.deepcopy(before) if isinstance(before, Item) else None

    def put_back():
        now = table.items.setdefault(hash_key, {}) if range_key is not None else table.items
        if before is None:
            now.pop(own_key, None)
        else:
            now[own_key] = before

    shard = table.stream_shard
    if shard is None:
        return [put_back]
    length = len(shard.items)
    return [put_back, lambda: shard.items.__delitem__(slice(length, None))]


@closes("dynamodb-speed")
def leave_out_needless_work() -> None:
    """Query looks at one partition instead of sorting the table; nothing keeps every object that ever was."""
    from moto.core import common_models
    from moto.dynamodb.models.table import Table

    common_models.BaseModel.__new__ = lambda cls, *_args, **_kwargs: object.__new__(cls)

    @wrap(Table, "all_items")
    def all_items(original, self):
        wanted = getattr(self, "partition_of_query", None)
        if wanted is None:
            return original(self)
        index, hash_key = wanted
        if index:  # moto sorts what it has found by the keys of the index
            partitions = self.items.values()
        else:
            partition = self.items.get(hash_key)
            partitions = [partition] if partition else []
        if not self.range_key_attr:
            return list(partitions)
        items = [item for partition in partitions for item in partition.values()]
        return items if index else sorted(items, key=lambda item: item.range_key)

    @wrap(Table, "query")
    def query(original, self, hash_key, *args, **kwargs):
        index = kwargs.get("index_name", args[6] if len(args) > 6 else None)
        with _one_at_a_time:
            self.partition_of_query = (index, hash_key)
            try:
                return original(self, hash_key, *args, **kwargs)
            finally:
                self.partition_of_query = None
