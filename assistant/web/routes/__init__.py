"""The addresses that visitors and programs ask for."""
