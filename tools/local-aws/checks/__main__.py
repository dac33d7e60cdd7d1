"""python3 -m checks <endpoint>: prints what became of each check, as JSON: null, or what went wrong."""

import importlib
import json
import pkgutil
import sys

import checks
from checks.aws import CHECKS, Aws

for module in pkgutil.iter_modules(checks.__path__):
    if not module.name.startswith("_"):
        importlib.import_module(f"{checks.__name__}.{module.name}")

aws = Aws(sys.argv[1])
outcomes: dict[str, str | None] = {}
for key, function in CHECKS.items():
    try:
        function(aws)
        outcomes[key] = None
    except Exception as error:
        outcomes[key] = f"{type(error).__name__}: {error}"[:600]
print(json.dumps(outcomes))
