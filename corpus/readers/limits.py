"""What reading one file may cost."""

MEMORY_BYTES = 2**30  # address space of the child
PROCESSOR_SECONDS = 50
WALL_SECONDS = 60.0
MOST_CHARACTERS = 1_000_000  # of a canonical text, about 150,000 words
MOST_SECTIONS = 5_000
MOST_OUTPUT = 12 * MOST_CHARACTERS  # bytes of JSON that the parent takes: every character may be an escape
LARGEST_FILE = 32_000_000  # bytes, on disk or from the network
