"""A connection to Milvus: one call at a time, each failure told as what it means. The only module that imports pymilvus.

It is imported when a Milvus is first asked and not before: that takes seconds, and an index in files needs none of it. What
it would log is left out: it repeats every failure with a stack, and may name addresses and credentials.
"""

import logging
import os
import threading
from functools import lru_cache
from typing import Any

from index.errors import StoreBusyError, StoreCallError, StoreNotLoadedError, StoreUnreachableError
from index.milvus_server import MilvusServer

INSTALL = "Run `pip install -r requirements-milvus.txt`."
CONNECT_SECONDS = 2.0
CALL_SECONDS = 30.0
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
LONGEST_REASON = 200  # characters
BUILD_AGAIN = "Run `python -m index build`."


class MilvusConnection:
    """One client for all threads; it connects when it is first used, and again after the connection was lost."""

    def __init__(self, server: MilvusServer, /) -> None:
        self.server = server
        self._client: Any = None
        self._connecting = threading.Lock()

    def call(self, method: str, /, *arguments: Any, seconds: float = CALL_SECONDS, **options: Any) -> Any:
        """What a method of `pymilvus.MilvusClient` returns. A lost connection is tried again for as long as `seconds`.

        Raises:
            StoreBusyError: Milvus asks for patience.
            StoreCallError: it refuses what is asked; the same call would be refused again.
            StoreUnreachableError: there is no answer.
        """
        client = self._connected()
        try:
            return getattr(client, method)(*arguments, timeout=seconds, retry_on_rate_limit=False, **options)
        except Exception as error:  # noqa: BLE001  told apart there
            raise self._told(error) from None

    def ask(self, method: str, collection: str, /, *, seconds: float = CALL_SECONDS, **options: Any) -> Any:
        """`call`, of a method that needs its collection loaded: a Milvus that was restarted may have to be told again."""
        try:
            return self.call(method, collection, seconds=seconds, **options)
        except StoreNotLoadedError:
            pass
        self.call("load_collection", collection)
        return self.call(method, collection, seconds=seconds, **options)

    def schema(self, dimension: int, /) -> Any:
        """Of a collection that holds row numbers and vectors and nothing else."""
        client = self._connected()
        from pymilvus import DataType  # noqa: PLC0415  see above

        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        return schema

    def index_parameters(self, kind: str, parameters: dict[str, int], /) -> Any:
        """Of the one index that a collection has: inner products, which are the cosines of vectors of unit length."""
        found = self._connected().prepare_index_params()
        found.add_index("vector", index_type=kind, metric_type="IP", params=parameters)
        return found

    def close(self) -> None:
        """Let go of the server, and of the file of Milvus Lite, which one process at a time can have."""
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
        client_type = _client_type()
        for noisy in ("pymilvus", "milvus_lite"):
            logging.getLogger(noisy).setLevel(logging.CRITICAL + 1)
        server = self.server
        tls = {"server_pem_path": server.ca_file} if server.ca_file else {}
        try:
            return client_type(
                server.uri,
                token=server.token,
                timeout=CONNECT_SECONDS,
                dedicated=True,  # else a connection to the same address with other certificates may be taken
                grpc_options=CHANNEL,
                **tls,
            )
        except OSError as error:
            raise StoreCallError(
                f"{server.ca_file} cannot be read: {error.strerror}.", remedy="Mend MILVUS_CA_FILE."
            ) from None
        except Exception as error:  # noqa: BLE001  told apart there
            raise self._told(error) from None

    def _told(self, error: Exception) -> Exception:
        """What pymilvus or gRPC raised, in our words; anything else as it is."""
        import grpc  # noqa: PLC0415  comes with pymilvus
        from pymilvus.exceptions import MilvusException, ParamError  # noqa: PLC0415  see above

        if isinstance(error, ParamError) or not isinstance(error, grpc.RpcError | MilvusException):
            return error
        cause = error if isinstance(error, grpc.RpcError) else error.__cause__
        status = cause.code() if isinstance(cause, grpc.RpcError) else None
        code = error.code if isinstance(error, MilvusException) else None
        reason = _reason(error)
        uri = self.server.uri
        if status in {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED} or "auth check failure" in reason:
            return StoreCallError(f"Milvus at {uri} refuses the credentials.", remedy="Set MILVUS_TOKEN.")
        if "milvus-lite is required" in reason:
            return StoreCallError("Milvus Lite, which opens MILVUS_URI, is not installed.", remedy=INSTALL)
        if "Open local milvus failed" in reason:
            return StoreUnreachableError(
                f"the file of Milvus Lite, {uri}, cannot be opened; one process at a time can.",
                remedy="End the other one. For several, run `milvus-lite server` and name its address in MILVUS_URI.",
            )
        if status is grpc.StatusCode.RESOURCE_EXHAUSTED or code in BUSY:
            return StoreBusyError(f"Milvus at {uri} asks for patience ({reason}).", remedy="Try again later.")
        if code == NOT_LOADED or any(words in reason for words in ("not loaded", "is in state 'released'")):
            return StoreNotLoadedError(f"Milvus at {uri} is not ready ({reason}).", remedy="Try again.")
        if code in NOT_FOUND:
            return StoreCallError(f"Milvus at {uri} does not have it ({reason}).", remedy=BUILD_AGAIN, is_missing=True)
        if code in BAD_INPUT:
            return StoreCallError(f"Milvus at {uri} refuses it ({reason}).", remedy="Ask whoever runs it.")
        return StoreUnreachableError(f"Milvus at {uri} gives no answer ({reason}).", remedy="Start it, or mend MILVUS_URI.")


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
        raise StoreCallError("what speaks with Milvus is not installed: pymilvus.", remedy=INSTALL) from None
    finally:
        if ours is not None:
            os.environ["MILVUS_URI"] = ours
    return MilvusClient


def _reason(error: Exception) -> str:
    details = getattr(error, "details", None)
    said = details() if callable(details) else getattr(error, "message", None)
    lines = str(said or type(error).__name__).splitlines()
    return lines[0][:LONGEST_REASON].rstrip(".") if lines else type(error).__name__
