"""The sources of the widget, and what builds them."""
