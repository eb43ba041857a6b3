// Beside the choice of a playbook stands a link that opens the one that is chosen.

document.getElementById("panel").addEventListener("change", ({ target }) => {
  const link = target.name === "playbook" && target.closest("form").querySelector("[data-playbook-at]");
  if (!link) return;
  link.hidden = !target.value;
  link.href = link.dataset.playbookAt.replace("00000000-0000-0000-0000-000000000000", target.value);
  link.textContent = `Open ${target.selectedOptions[0].textContent}`;
});
