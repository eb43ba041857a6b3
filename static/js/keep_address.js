// A list that follows its filters has an address that does so too: it can be kept, passed on, and come back to.

const form = document.querySelector("[data-keep-address]");

const follow = () => {
  const chosen = [...new FormData(form)].filter(([, value]) => value);
  const query = new URLSearchParams(chosen).toString();
  history.replaceState(history.state, "", form.getAttribute("action") + (query && `?${query}`));
};

form?.addEventListener("input", follow);
form?.addEventListener("htmx:error", () => {
  const notice = Object.assign(document.createElement("p"), { className: "notice notice--error", textContent: "No connection. What is below is what it was." });
  document.querySelector(".notices").replaceChildren(notice);
});
