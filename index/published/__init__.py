"""Published versions: one folder a version, which never changes, and one pointer to what visitors see.

Not `versions`: `index/versions` is where the versions themselves lie by default.
"""
