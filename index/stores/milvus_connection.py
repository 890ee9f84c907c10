"""A connection to Milvus: one call at a time, each failure in our own words. The only module that imports pymilvus.

pymilvus is imported when a Milvus is first asked: that takes seconds, and an index in files does not need it. Its logs are
switched off: they repeat every failure with a stack, and may name addresses and credentials.
"""

import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from index.errors import BUILD_COMMAND, StoreBusyError, StoreCallError, StoreNotLoadedError, StoreUnreachableError

INSTALL = "Run `pip install '.[milvus]'` in the project's folder."
CONNECT_SECONDS = 2.0
CALL_SECONDS = 30.0
PATIENCE_SECONDS = 120.0  # while building; a server that is restarted takes less
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 10.0
# A channel that lost its server tries again within a second; gRPC's own limit is two minutes.
# Pings are left to deadlines: a server of gRPC hangs up on whoever pings it more often than every five minutes.
CHANNEL = {
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
    "grpc.keepalive_time_ms": 300_000,
    "grpc.keepalive_permit_without_calls": 0,
}
# Codes of the server: milvus-io/milvus, pkg/util/merr/errors.go.
BUSY = {8, 9}  # its rate limit; a quota, of memory or disk, that is used up
NOT_FOUND = {4, 100}  # a collection; 4 until 2.2
NOT_LOADED = 101
BAD_INPUT = range(1_000, 2_000)
LONGEST_TEXT = 65_535  # bytes of a field, by the server's limits
LONGEST_REASON = 200  # characters


@dataclass(frozen=True, slots=True)
class MilvusServer:
    """A Milvus to be connected to. The token never stands in a representation, a message or a log."""

    uri: str  # http(s)://host:port, or the path of a local file, which is Milvus Lite in this process
    token: str = field(default="", repr=False)
    ca_file: str = ""  # PEM; empty: the authorities that gRPC comes with
    alias: str = "rls_passages"  # points at the published collection; the names of collections begin with it
    index: str = "auto"

    @property
    def is_local_file(self) -> bool:
        """Whether it is Milvus Lite, which lives in this process and knows one file."""
        return not self.uri.startswith(("http://", "https://"))


class MilvusConnection:
    """One client for all threads; it connects when it is first used, and again after the connection was lost."""

    def __init__(self, server: MilvusServer, /) -> None:
        self.server = server
        self._client: Any = None
        self._connecting = threading.Lock()

    def call(self, method: str, /, *arguments: Any, seconds: float = CALL_SECONDS, **options: Any) -> Any:
        """What a method of `pymilvus.MilvusClient` returns; pymilvus tries a lost connection again for `seconds`.

        Raises:
            StoreBusyError: Milvus is busy.
            StoreCallError: it refuses the call, and would again.
            StoreUnreachableError: there is no answer.
        """
        client = self._connected()
        try:
            return getattr(client, method)(*arguments, timeout=seconds, retry_on_rate_limit=False, **options)
        except Exception as error:  # noqa: BLE001  told apart there
            raise _told(error, self.server.uri) from None

    def ask(self, method: str, collection: str, /, *arguments: Any, **options: Any) -> Any:
        """`call`, of a method that needs its collection loaded: a Milvus that was restarted may have to load it again."""
        try:
            return self.call(method, collection, *arguments, **options)
        except StoreNotLoadedError:
            self.call("load_collection", collection)
            return self.call(method, collection, *arguments, **options)

    def patiently(self, method: str, collection: str, /, *arguments: Any, **options: Any) -> Any:
        """`ask`, repeated for PATIENCE_SECONDS while there is no answer; so what is sent may arrive twice.

        pymilvus alone gives up on a server that is being restarted.
        """
        wait, give_up_at = FIRST_WAIT_SECONDS, time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self.ask(method, collection, *arguments, **options)
            except StoreUnreachableError:
                if time.monotonic() >= give_up_at:
                    raise
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    def create(
        self, collection: str, dimension: int, kind: str, parameters: dict[str, int], /, *, texts: Sequence[str]
    ) -> None:
        """Make a collection that holds row numbers, vectors and `texts`, fields by name, with one index, and load it.

        The index compares by inner products, which are the cosines of vectors of unit length.
        """
        client = self._connected()
        from pymilvus import DataType  # noqa: PLC0415  see above

        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        for name in texts:
            schema.add_field(name, DataType.VARCHAR, max_length=LONGEST_TEXT)
        index = client.prepare_index_params()
        index.add_index("vector", index_type=kind, metric_type="IP", params=parameters)
        self.call("create_collection", collection, schema=schema, consistency_level="Bounded")
        self.call("create_index", collection, index, sync=False)  # else it sleeps half a second
        self.call("load_collection", collection)

    def close(self) -> None:
        """Disconnect, and release the file of Milvus Lite, which only one process at a time can hold."""
        with self._connecting:
            client, self._client = self._client, None
            if client is not None:
                client.close()
            if client is not None and self.server.is_local_file:
                from milvus_lite.server_manager import server_manager_instance  # noqa: PLC0415  see above

                server_manager_instance.release_server(self.server.uri)

    def _connected(self) -> Any:
        with self._connecting:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Any:
        client_type, server = _client_type(), self.server
        for noisy in ("pymilvus", "milvus_lite"):
            logging.getLogger(noisy).setLevel(logging.CRITICAL + 1)
        # Dedicated: else a connection to the same address with other certificates may be taken.
        options = {"token": server.token, "timeout": CONNECT_SECONDS, "dedicated": True, "grpc_options": CHANNEL}
        try:
            return client_type(server.uri, **options, **({"server_pem_path": server.ca_file} if server.ca_file else {}))
        except OSError as error:
            raise StoreCallError(
                f"{server.ca_file} cannot be read: {error.strerror}.", remedy="Correct MILVUS_CA_FILE."
            ) from None
        except Exception as error:  # noqa: BLE001  told apart there
            raise _told(error, server.uri) from None


@lru_cache
def connection_to(server: MilvusServer, /) -> MilvusConnection:
    """The connection to a server: one a process, for all who ask it."""
    return MilvusConnection(server)


def _client_type() -> Any:
    """`pymilvus.MilvusClient`. On import pymilvus reads a variable that is called MILVUS_URI as well, and refuses a file."""
    ours = os.environ.pop("MILVUS_URI", None)
    try:
        from pymilvus import MilvusClient  # noqa: PLC0415  see above
    except ModuleNotFoundError:
        raise StoreCallError("pymilvus, which connects to Milvus, is not installed.", remedy=INSTALL) from None
    finally:
        if ours is not None:
            os.environ["MILVUS_URI"] = ours
    return MilvusClient


def _told(error: Exception, uri: str) -> Exception:
    """What pymilvus or gRPC raised, in our words; anything else as it is."""
    import grpc  # noqa: PLC0415  comes with pymilvus
    from pymilvus.exceptions import MilvusException, ParamError  # noqa: PLC0415  see above

    if isinstance(error, ParamError) or not isinstance(error, grpc.RpcError | MilvusException):
        return error
    cause = error if isinstance(error, grpc.RpcError) else error.__cause__
    status = cause.code() if isinstance(cause, grpc.RpcError) else None
    code = error.code if isinstance(error, MilvusException) else None
    details = getattr(error, "details", None)
    lines = str((details() if callable(details) else getattr(error, "message", "")) or "").splitlines()
    reason = lines[0][:LONGEST_REASON].rstrip(".") if lines else type(error).__name__
    if status in {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED} or "auth check failure" in reason:
        return StoreCallError(f"Milvus at {uri} refuses the credentials.", remedy="Set MILVUS_TOKEN.")
    if "milvus-lite is required" in reason:
        return StoreCallError("Milvus Lite, which opens MILVUS_URI, is not installed.", remedy=INSTALL)
    if "Open local milvus failed" in reason:
        return StoreUnreachableError(
            f"the file of Milvus Lite, {uri}, cannot be opened; only one process at a time can open it.",
            remedy="End the other process. For several, run `milvus-lite server` and name its address in MILVUS_URI.",
        )
    if status is grpc.StatusCode.RESOURCE_EXHAUSTED or code in BUSY:
        return StoreBusyError(f"Milvus at {uri} is busy ({reason}).", remedy="Try again later.")
    if code == NOT_LOADED or any(words in reason for words in ("not loaded", "is in state 'released'")):
        return StoreNotLoadedError(f"Milvus at {uri} is not ready ({reason}).", remedy="Try again.")
    if code in NOT_FOUND:
        return StoreCallError(f"Milvus at {uri} has no such collection ({reason}).", remedy=BUILD_COMMAND, is_missing=True)
    if code in BAD_INPUT:
        return StoreCallError(f"Milvus at {uri} refuses the call ({reason}).", remedy="Ask whoever runs it.")
    return StoreUnreachableError(f"Milvus at {uri} gives no answer ({reason}).", remedy="Start it, or correct MILVUS_URI.")
