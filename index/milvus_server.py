"""Where a Milvus is and how it is spoken to: plain values, out of the settings."""

from dataclasses import dataclass, field


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
