"""The process that serves: starting, waiting, changing versions, stopping."""
