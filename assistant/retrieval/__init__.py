"""From a question to scored sentences, a decision, and how much to quote."""
