"""What a user would pick instead: the same weights and article, retrieval only. Each module has `load(passages, model)`."""
