"""Where every installed package comes from: locks with hashes, bill of materials, audit. Nothing that serves uses it."""
