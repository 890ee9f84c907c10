"""Visitors for Locust: they open the page, read an article, ask in the page and through the API, and pause to read."""

import random

from locust import HttpUser, between, task

from tests.stress.questions import QUESTIONS

ARTICLE = "/articles/causes-of-restless-legs-syndrome"
SCRIPTS = ("chat/main", "chat/conversation", "chat/article", "conversation/conversation", "conversation/reply")


class Visitor(HttpUser):
    """One of them."""

    wait_time = between(1, 5)

    def on_start(self) -> None:
        self.open_page()

    @task(1)
    def open_page(self) -> None:
        self.client.get("/")
        self.client.get("/theme.css")
        for script in SCRIPTS:
            self.client.get(f"/site/{script}.js")

    @task(1)
    def read_article(self) -> None:
        self.client.get(ARTICLE)

    @task(5)
    def ask_in_the_page(self) -> None:
        self.client.post("/api/ask", json={"turns": random.choice(QUESTIONS), "language": "en"}, name="page")

    @task(4)
    def ask_through_the_api(self) -> None:
        self.client.post("/api/ask", json={"turns": random.choice(QUESTIONS)})
