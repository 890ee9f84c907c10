"""The desk as a Gradio application: a module a tab, `application` puts them together, `parts` is what they share.

The second application of the project that Gradio draws, and the only other place that imports it. Each tab hands what the
editor wants to the functions beside this folder, and shows what they give; nothing here writes a file.
"""
