"""An index folder that follows an object store."""
