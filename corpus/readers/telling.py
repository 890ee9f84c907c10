def told(place: str, sentence: str, reason: str) -> str:
    return f"{place}: “{sentence}”: {reason}"
