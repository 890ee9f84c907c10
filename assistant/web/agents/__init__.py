"""Faces for programs: MCP, Gradio's client, plain texts, and the description of the public routes."""
