"""Makes moto answer faster, in what it does anew for every request. No answer changes.

Seen in a profile of an environment's deploy and destroy: the folders of moto's package were listed twice a request, the
methods of a response class looked through once, five more backends of IAM filled with 1,500 policies each to look a key up.
"""

import functools
from typing import Any


def before_moto() -> None:
    """To be called before anything of moto is imported: some of it loads botocore's data when it is."""
    import botocore.loaders

    # Each session has a loader of its own, and each loader reads the same files again.
    botocore.loaders.create_loader = functools.cache(botocore.loaders.create_loader)


def quicken() -> None:
    """To be called before the first request, when all that changes moto's classes has done so."""
    from moto import backends
    from moto.core import responses, utils
    from moto.iam import models as iam
    from moto.moto_server import werkzeug_app

    # Only ever asked for what is in it, and walked through; a dictionary keeps the order.
    modules = dict.fromkeys(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    dispatcher = werkzeug_app.DomainDispatcherApplication
    dispatcher.get_backend_for_host = _remembered_for_host(dispatcher.get_backend_for_host)
    names = functools.cache(lambda clazz: frozenset(utils.method_names_from_class(clazz)))
    responses.method_names_from_class = names
    responses.camelcase_to_underscores = functools.cache(utils.camelcase_to_underscores)
    iam.get_account_id_from = functools.partial(_account_of, iam)


def _remembered_for_host(find: Any) -> Any:
    """The backend depends on nothing but the host; `find` only uses what every dispatcher has alike."""
    found: dict[str | None, Any] = {}

    def remembered(self: Any, host: str | None) -> Any:
        if host not in found:
            found[host] = find(self, host)
        return found[host]

    return remembered


def _account_of(iam: Any, access_key: str) -> str:
    """moto's own asks a backend for every partition, and so makes it."""
    for account_id, account in list(iam.iam_backends.items()):
        if any(access_key in backend.access_keys for backend in list(account.values())):
            return account_id
    return iam.DEFAULT_ACCOUNT_ID
