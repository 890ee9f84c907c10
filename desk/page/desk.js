// A message that has just come is brought into view, and told to who does not see it. Run by Gradio once the page is there.
() => {
  const said = document.createElement("p");
  said.id = "desk-said";
  said.setAttribute("role", "status");
  document.body.append(said);
  let last = 0;
  const look = () => {
    const fresh = [...document.querySelectorAll("[data-said]")].filter(
      (one) => Number(one.dataset.said) > last && one.offsetParent,
    );
    const newest = fresh.sort((a, b) => a.dataset.said - b.dataset.said).at(-1);
    if (!newest) return;
    last = Number(newest.dataset.said);
    if (newest.getAttribute("role") !== "alert") said.textContent = (newest.querySelector("p") ?? newest).textContent;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    setTimeout(() => newest.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" }), 100);
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}
